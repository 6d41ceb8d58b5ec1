//! `/settings/blueprints`: what is published.

use leptos::prelude::*;

use super::functions::blueprints;
use super::view::BlueprintRow;
use super::{crumbs, failed, micros};
use crate::shell::facts::is_administrator;
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(BlueprintsPage in settings, view);

fn view() -> AnyView {
    let blueprints = Resource::new(move || changes().get(), |_| blueprints());
    let actions = || {
        may_publish().then(|| {
            view! {
                <LinkButton href="/settings/blueprints/new" kind=ButtonKind::Primary icon=Glyph::Plus>
                    "Publish a blueprint"
                </LinkButton>
            }
        })
    };
    view! {
        <Page title="Blueprints" icon=Glyph::FileCode crumbs=crumbs() actions=actions facts=|| view! { <span>"People are offered the newest version of each that is not withdrawn."</span> }>
            <Transition fallback=|| view! { <Skeleton lines=4 rows=true /> }>
                {move || Suspend::new(async move {
                    match blueprints.await {
                        Ok(blueprints) => list(blueprints),
                        Err(error) => failed("The blueprints cannot be shown", &error, "/settings", "All settings"),
                    }
                })}
            </Transition>
        </Page>
    }
    .into_any()
}

fn may_publish() -> bool {
    is_administrator()
}

fn list(blueprints: Vec<BlueprintRow>) -> AnyView {
    if blueprints.is_empty() {
        let text = "A blueprint defines a request form and the steps that create the environment.";
        let text =
            if may_publish() { text.to_owned() } else { format!("{text} An administrator publishes them.") };
        let action = || {
            may_publish().then(|| {
                view! { <LinkButton href="/settings/blueprints/new" kind=ButtonKind::Primary>"Publish one"</LinkButton> }
            })
        };
        return view! {
            <EmptyState
                why="No blueprint is published yet"
                text=text
                icon=Glyph::FileCode
                action=action
            />
        }
        .into_any();
    }
    let columns = vec![
        Column::new("Blueprint"),
        Column::number("Version"),
        Column::new("Digest"),
        Column::number("Published"),
    ];
    let rows: Vec<_> = blueprints
        .into_iter()
        .map(|blueprint| {
            let digest: String = blueprint.digest.chars().take(12).collect();
            view! {
                <tr>
                    <td class="wrap giving">
                        <a href=format!("/settings/blueprints/{}", blueprint.id) data-row="">
                            {blueprint.title}
                        </a>
                        {blueprint.withdrawn.then(|| view! { " " <Badge text="Withdrawn" icon=Glyph::Ban /> })}
                        <p class="why">{blueprint.description}</p>
                    </td>
                    <td class="num" data-label="version">{blueprint.version}</td>
                    <td class="dim">
                        <code title=blueprint.digest>{digest}</code>
                    </td>
                    <td class="num dim" data-label="published">
                        <Time micros=micros(blueprint.published_at) />
                    </td>
                </tr>
            }
        })
        .collect();
    view! {
        <Card flush=true>
            <Table label="Blueprints" columns=columns stacks=true>
                {rows}
            </Table>
        </Card>
    }
    .into_any()
}
