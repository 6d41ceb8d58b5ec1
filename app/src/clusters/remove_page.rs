//! `/settings/clusters/:id/remove`: says what will be lost, and asks for the name; where environments live, why it cannot be done, and
//! what can be done where the cluster is gone for good.

use domain::ids::EnvironmentId;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::functions::{GiveUpCluster, RemoveCluster, TestCluster, cluster};
use super::manifest::link;
use super::view::{ClusterEndView, ClusterPageView};
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
                    Ok(None) => view! { <NotFound what="this cluster" section=super::section() /> }.into_any(),
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
    let ClusterPageView { cluster, obstacle, end, .. } = page;
    let (id, name) = (cluster.id.to_string(), cluster.name);
    let own = format!("/settings/clusters/{id}");
    let mut crumbs = crumbs_to("Clusters", "/settings/clusters");
    crumbs.push(Crumb::to(name.clone(), own.clone()));
    let title = format!("Remove {name}");
    if let Some((why, then)) = obstacle {
        let card = match end {
            Some(end) if end.silent => gone_for_good(end, id, name, own),
            end => not_yet(format!("{why}. {then}."), end, id, name, own),
        };
        return view! {
            <Page title=title icon=Glyph::Trash crumbs=crumbs>
                {card}
            </Page>
        }
        .into_any();
    }
    let button = title.clone();
    let footer = move || {
        view! {
            <FormFoot cancel=own>
                <SubmitButton kind=ButtonKind::FilledDanger icon=Glyph::Trash>{button}</SubmitButton>
            </FormFoot>
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
                            "The account in the cluster stays. To remove it, download "
                            {link()} " and run " <code>"kubectl delete -f slipway-manifest.yaml"</code> "."
                        </p>
                        <TextField name="name" label="Cluster name" help=help kind=TextKind::Code autofocus=true />
                    </div>
                </Card>
            </Form>
        </Page>
    }
    .into_any()
}

/// Instead of the form: what lives there could not be taken away any more. It can still be destroyed, so giving up is not offered.
fn not_yet(why: String, end: Option<ClusterEndView>, id: String, name: String, own: String) -> AnyView {
    let footer = move || {
        view! {
            <LinkButton href="/environments" kind=ButtonKind::Primary>"All environments"</LinkButton>
            <Form action=TestCluster::PATH of=("id", id)>
                <SubmitButton kind=ButtonKind::Plain icon=Glyph::Plug>"Test"</SubmitButton>
            </Form>
            <LinkButton href=own kind=ButtonKind::Quiet>"Back to the cluster"</LinkButton>
        }
    };
    let living = end.map(|end| living(end.number, end.first));
    let not_offered = format!(
        "The last call to {name} did not fail, so its environments can be destroyed. If the cluster is gone for good, use Test first: once it does not answer, or refuses Slipway, its environments can be given up here."
    );
    view! {
        <div class="narrow">
            <Card footer=footer>
                <div class="stack">
                    <p>{why}</p>
                    {living}
                    <p class="dim">{not_offered}</p>
                </div>
            </Card>
        </div>
    }
    .into_any()
}

/// The first of what lives there, each a link to it, and how many more there are.
fn living(number: usize, first: Vec<(EnvironmentId, String)>) -> AnyView {
    let more = number.saturating_sub(first.len());
    let names = first.into_iter().map(|(id, name)| {
        view! { <li><a class="link" href=format!("/environments/{id}")>{name}</a></li> }
    });
    let names = names.collect_view();
    let more = (more > 0).then(|| view! { <li class="dim">{format!("and {more} more")}</li> });
    view! { <ul>{names} {more}</ul> }.into_any()
}

/// The way out where the cluster does not answer, or refuses Slipway, and ever will.
fn gone_for_good(end: ClusterEndView, id: String, name: String, own: String) -> AnyView {
    let ClusterEndView { number, first, seen, .. } = end;
    let (them, button) = match number {
        1 => ("One environment".to_owned(), format!("Give up one environment and remove {name}")),
        _ => (format!("{number} environments"), format!("Give up {number} environments and remove {name}")),
    };
    let lives = if number == 1 { "lives" } else { "live" };
    let living = living(number, first);
    let footer = move || {
        view! {
            <FormFoot cancel=own>
                <SubmitButton kind=ButtonKind::FilledDanger icon=Glyph::Trash>{button}</SubmitButton>
            </FormFoot>
        }
    };
    let help = format!("Type {name} to give up what lives there and remove it.");
    view! {
        <Form action=GiveUpCluster::PATH of=("id", id) class="narrow">
            <input type="hidden" name="seen" value=seen />
            <Card title="If the cluster is gone for good" footer=footer>
                <div class="stack">
                    <p>{format!("{them} still {lives} on {name}:")}</p>
                    {living}
                    <p>
                        "Slipway calls the cluster once more. If it does not answer, or refuses Slipway, Slipway stops looking after what lives there, and deletes its settings and stored credentials for this cluster. Each receipt says that nobody could check whether anything is left. The names are free again. This cannot be undone."
                    </p>
                    <p class="dim">
                        "If the cluster still exists, everything in it stays. Then make it answer again instead, and destroy the environments."
                    </p>
                    <TextField name="name" label="Cluster name" help=help kind=TextKind::Code autofocus=true />
                </div>
            </Card>
        </Form>
    }
    .into_any()
}
