//! `/settings/clusters/new`: connect a cluster.

use leptos::prelude::*;

use super::fields::{AccessFields, KeepAnyway, SettingsFields};
use super::functions::{ConnectCluster, connect_facts};
use super::manifest::Manifest;
use super::view::ConnectView;
use crate::settings::{crumbs_to, failed};
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(ConnectClusterPage in settings, view);

fn view() -> AnyView {
    let facts = Resource::new(|| (), |()| connect_facts());
    view! {
        <Page title="Connect a cluster" icon=Glyph::Server crumbs=crumbs_to("Clusters", "/settings/clusters") facts=|| view! { <span>"Slipway calls it before anything is saved, and says what is wrong or missing."</span> }>
            <Transition fallback=|| view! { <Skeleton lines=8 rows=true /> }>
                {move || Suspend::new(async move {
                    match facts.await {
                        Ok(facts) => form(facts),
                        Err(error) => {
                            failed("A cluster cannot be connected", &error, "/settings/clusters", "All clusters")
                        }
                    }
                })}
            </Transition>
        </Page>
    }
    .into_any()
}

fn form(facts: ConnectView) -> AnyView {
    let (manifest, in_cluster) = (facts.manifest.clone(), facts.in_cluster);
    view! {
        <div class="settings-columns">
            <div class="beside">
                <Manifest text=manifest />
            </div>
            <Form action=ConnectCluster::PATH class="stack">
                <Card title="Connection">
                    <div class="form-grid">
                        <TextField name="name" label="Name" wide=true placeholder="Production" help="People choose the cluster by it." />
                        <AccessFields in_cluster=in_cluster before=None />
                    </div>
                </Card>
                <SettingsFields facts=facts />
                <KeepAnyway />
                <FormFoot cancel="/settings/clusters">
                    <SubmitButton icon=Glyph::Plug>"Connect and test"</SubmitButton>
                </FormFoot>
            </Form>
        </div>
    }
    .into_any()
}
