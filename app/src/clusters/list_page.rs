//! `/settings/clusters`: which clusters are connected, and whether they work.

use leptos::prelude::*;

use super::functions::clusters;
use super::verdict::token_warning;
use super::view::ClusterView;
use crate::settings::{crumbs, failed, micros};
use crate::shell::facts::is_administrator;
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(ClustersPage in settings, view);

fn view() -> AnyView {
    let clusters = Resource::new(move || changes().get(), |_| clusters());
    let actions = || {
        let may = is_administrator();
        may.then(|| {
            view! {
                <LinkButton href="/settings/clusters/new" kind=ButtonKind::Primary icon=Glyph::Plus>
                    "Connect a cluster"
                </LinkButton>
            }
        })
    };
    view! {
        <Page title="Clusters" icon=Glyph::Server crumbs=crumbs() actions=actions facts=|| view! { <span>"Where environments run."</span> }>
            <Transition fallback=|| view! { <Skeleton lines=4 rows=true /> }>
                {move || Suspend::new(async move {
                    match clusters.await {
                        Ok(clusters) => list(clusters),
                        Err(error) => failed("The clusters cannot be shown", &error, "/settings", "All settings"),
                    }
                })}
            </Transition>
        </Page>
    }
    .into_any()
}

fn list(clusters: Vec<ClusterView>) -> AnyView {
    if clusters.is_empty() {
        let action = || {
            view! { <LinkButton href="/settings/clusters/new" kind=ButtonKind::Primary>"Connect one"</LinkButton> }
        };
        return view! {
            <EmptyState
                why="No cluster is connected yet"
                text="Environments need a Kubernetes cluster to run in. Any that Slipway can reach will do."
                icon=Glyph::Server
                action=action
            />
        }
        .into_any();
    }
    let columns = vec![
        Column::new("Name"),
        Column::new("State"),
        Column::new("Kubernetes"),
        Column::new("Base domain").minor(),
        Column::new("Teams").minor(),
        Column::number("Last answer"),
    ];
    let rows: Vec<_> = clusters.into_iter().map(row).collect();
    view! {
        <Card flush=true>
            <Table label="Clusters" columns=columns stacks=true>
                {rows}
            </Table>
        </Card>
    }
    .into_any()
}

fn row(cluster: ClusterView) -> impl IntoView {
    let (state, word) = cluster.state();
    let unknown_version = cluster.why_no_version();
    let missing = match cluster.missing_rights.len() {
        0 => None,
        1 => Some("1 permission is missing".to_owned()),
        many => Some(format!("{many} permissions are missing")),
    };
    let why = cluster.last_error.or(missing);
    let token = token_warning(cluster.token_end);
    let teams = match cluster.teams.as_slice() {
        [] => "All".to_owned(),
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        few => few.join(", "),
    };
    view! {
        <tr>
            <td class="main">
                <a href=format!("/settings/clusters/{}", cluster.id) data-row="">
                    {cluster.name}
                </a>
                <span class="under">{cluster.server.unwrap_or(cluster.how)}</span>
            </td>
            <td class="wrap">
                <Status state=state text=word />
                {why.map(|why| view! { <p class="why">{why}</p> })}
                {token
                    .map(|token| {
                        view! {
                            " "
                            <Status state=State::Warn text="Needs a new token" />
                            <p class="why">{token}</p>
                        }
                    })}
            </td>
            <td class="dim" data-label="Kubernetes">
                {match cluster.server_version {
                    Some(version) => version.into_any(),
                    None => view! { <Unknown reason=unknown_version /> }.into_any(),
                }}
            </td>
            <td class="dim minor" data-label="base domain">
                {match cluster.base_domain {
                    Some(domain) => domain.into_any(),
                    None => view! { <span title="Environments have no addresses there">"none"</span> }.into_any(),
                }}
            </td>
            <td class="dim minor" data-label="teams">{teams}</td>
            <td class="num dim" data-label="last answer">
                {match cluster.last_contact_at {
                    Some(at) => view! { <Time micros=micros(at) /> }.into_any(),
                    None => view! { <Unknown reason="It has never answered" /> }.into_any(),
                }}
            </td>
        </tr>
    }
}
