//! `/settings/clusters/:id`: whether it works, its test, its settings.

use domain::clusters::Standing;
use domain::ids::ClusterId;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::fields::{AccessFields, KeepAnyway, SettingsFields};
use super::functions::{ChangeCluster, TestCluster, cluster};
use super::manifest::{Manifest, manifest_again};
use super::verdict::{Verdict, token_warning, wrong};
use super::view::ClusterPageView;
use crate::settings::{crumbs_to, failed};
use crate::shell::lazy::lazy_page;
use crate::shell::not_found::NotFound;
use crate::ui::prelude::*;

lazy_page!(ClusterPage in settings, view);

fn view() -> AnyView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let page = Resource::new(move || (id(), changes().get()), |(id, _)| cluster(id));
    view! {
        <Transition fallback=|| view! { <Skeleton lines=8 rows=true /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(Some(page)) => shown(page),
                    Ok(None) => view! { <NotFound what="this cluster" section=super::section() /> }.into_any(),
                    Err(error) => view! {
                        <Page title="Cluster" icon=Glyph::Server crumbs=crumbs_to("Clusters", "/settings/clusters")>
                            {failed("This cluster cannot be shown", &error, "/settings/clusters", "All clusters")}
                        </Page>
                    }
                    .into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

fn shown(page: ClusterPageView) -> AnyView {
    let ClusterPageView { cluster, facts, end, twins, .. } = page;
    let (id, name) = (cluster.id.to_string(), cluster.name.clone());
    let (state, word) = cluster.state();
    let (wrong, tests) = (wrong(&cluster, end.as_ref()), RwSignal::new(false));
    let (in_cluster, typed) = (facts.in_cluster, facts.form.name.clone());
    let version = facts.form.version;
    let before = cluster.how.clone();
    let registries = facts.form.registries.clone();
    // The whole of it matters while something is wrong.
    let account = if cluster.standing == Standing::Works {
        manifest_again()
    } else {
        view! { <Manifest text=facts.manifest.clone() /> }.into_any()
    };
    let warning = token_warning(cluster.token_end).map(|title| {
        let text =
            "Slipway cannot sign in after that. Make a new token, and give Slipway another kubeconfig below.";
        view! { <Banner state=State::Warn title=title text=text /> }
    });
    let removal = format!("/settings/clusters/{id}/remove");
    let tested = id.clone();
    let actions = move || {
        view! {
            <Form action=TestCluster::PATH of=("id", tested)>
                <Tells whether=tests />
                <SubmitButton kind=ButtonKind::Plain icon=Glyph::Plug>"Test"</SubmitButton>
            </Form>
            <LinkButton href=removal kind=ButtonKind::Danger icon=Glyph::Trash>"Remove"</LinkButton>
        }
    };
    view! {
        <Page
            title=name
            icon=Glyph::Server
            crumbs=crumbs_to("Clusters", "/settings/clusters")
            badges=move || view! { <Status state=state text=word /> }
            actions=actions
        >
            {move || match (tests.get(), &wrong) {
                (true, _) => Some(view! { <p class="dim" role="status">"Slipway tests it now."</p> }.into_any()),
                (false, Some((state, title, text))) => {
                    let (state, title, text) = (*state, title.clone(), text.clone());
                    Some(view! { <Banner state=state title=title text=text /> }.into_any())
                }
                (false, None) => None,
            }}
            {warning}
            {twins.into_iter().map(twin).collect_view()}
            <div class="settings-columns">
                <div class="beside">
                    <Verdict cluster=cluster registries=registries />
                </div>
                <Form action=ChangeCluster::PATH of=("id", id) class="stack">
                    <Version of=version />
                    <Card title="Connection">
                        <div class="form-grid">
                            <TextField name="name" label="Name" value=typed wide=true />
                            <AccessFields in_cluster=in_cluster before=Some(before) />
                        </div>
                    </Card>
                    <SettingsFields facts=facts />
                    <KeepAnyway />
                    <FormFoot>
                        <SubmitButton icon=Glyph::Check>"Save and test"</SubmitButton>
                    </FormFoot>
                </Form>
                <div class="beside">
                    {account}
                </div>
            </div>
        </Page>
    }
    .into_any()
}

/// Another connection to the same cluster, and the way to it: whoever looks decides which of the two stays.
fn twin((id, name): (ClusterId, String)) -> AnyView {
    let title = format!("Also connected as {name}.");
    let text = "Both connections lead to the same cluster. Keep one: destroy what lives on the other, then remove it.";
    let action = (format!("/settings/clusters/{id}"), format!("See {name}"));
    view! { <Banner title=title text=text action=action /> }.into_any()
}

/// Tells the page whether a test runs: from when it is asked for until what it found is shown, or it could not be made.
#[component]
fn Tells(whether: RwSignal<bool>) -> impl IntoView {
    let form = expect_context::<FormState>();
    let (pending, refused) = (form.pending(), form.summary());
    Effect::new(move |before: Option<bool>| {
        // Once it is done, the page is made anew with what it found.
        let runs = pending.get() || before == Some(true) && refused.with(Option::is_none);
        whether.try_set(runs);
        runs
    });
}
