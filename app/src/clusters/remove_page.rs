//! `/settings/clusters/:id/remove`: says what will be lost, and asks for the name; where environments live, why it cannot be done.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::functions::{RemoveCluster, cluster};
use super::view::ClusterPageView;
use crate::settings::{crumbs_to, failed};
use crate::shell::lazy::lazy_page;
use crate::shell::not_found::NotFound;
use crate::ui::prelude::*;

lazy_page!(RemoveClusterPage in settings, view);

fn view() -> AnyView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let page = Resource::new(id, cluster);
    view! {
        <Transition fallback=|| view! { <Skeleton lines=4 rows=true /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(Some(page)) => shown(page),
                    Ok(None) => view! { <NotFound what="this cluster" /> }.into_any(),
                    Err(error) => view! {
                        <Page title="Remove a cluster" icon=Glyph::Trash crumbs=crumbs_to("Clusters", "/settings/clusters")>
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
    let ClusterPageView { cluster, obstacle, .. } = page;
    let (id, name) = (cluster.id.to_string(), cluster.name);
    let own = format!("/settings/clusters/{id}");
    let mut crumbs = crumbs_to("Clusters", "/settings/clusters");
    crumbs.push(Crumb::to(name.clone(), own.clone()));
    let title = format!("Remove {name}");
    if let Some((why, then)) = obstacle {
        return view! { <Page title=title icon=Glyph::Trash crumbs=crumbs>{not_yet(why, then, own)}</Page> }
            .into_any();
    }
    let footer = move || {
        view! {
            <SubmitButton kind=ButtonKind::FilledDanger icon=Glyph::Trash>"Remove"</SubmitButton>
            <LinkButton href=own kind=ButtonKind::Quiet>"Cancel"</LinkButton>
        }
    };
    let help = format!("Type {name} to remove it");
    view! {
        <Page title=title icon=Glyph::Trash crumbs=crumbs>
            <Form action=RemoveCluster::PATH of=("id", id) class="narrow">
                <Card footer=footer>
                    <div class="stack">
                        <p>
                            "Slipway deletes its settings and stored credentials for this cluster. This cannot be undone. Nothing changes in the cluster itself."
                        </p>
                        <p class="dim">
                            "The account in the cluster stays: remove it with "
                            <code>"slipway cluster manifest | kubectl delete -f -"</code> "."
                        </p>
                        <TextField name="name" label="Cluster name" help=help kind=TextKind::Code />
                    </div>
                </Card>
            </Form>
        </Page>
    }
    .into_any()
}

/// Instead of the form: what lives there could not be taken away any more.
fn not_yet(why: String, then: String, own: String) -> AnyView {
    let text = format!("{then}.");
    let action = move || {
        view! {
            <LinkButton href="/environments" kind=ButtonKind::Primary>"All environments"</LinkButton>
            <LinkButton href=own>"Back to the cluster"</LinkButton>
        }
    };
    view! { <EmptyState why=why text=text icon=Glyph::Environment action=action /> }.into_any()
}
