//! `/catalog/:kind/:namespace/:name/remove`: says what removing an entity means, and asks once.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::entity_functions::{RemoveOrphan, entity};
use super::entity_view::{EntityAnswer, EntityView};
use super::{address, words};
use crate::shell::lazy::lazy_page;
use crate::shell::not_found::{ErrorPage, NotFound};
use crate::shell::page::Page;
use crate::ui::prelude::*;

lazy_page!(RemoveOrphanPage in catalog, view);

fn view() -> AnyView {
    let params = use_params_map();
    let reference = move || {
        params.with(|params| {
            let part = |name: &str| params.get(name).unwrap_or_default();
            format!("{}:{}/{}", part("kind"), part("namespace"), part("name"))
        })
    };
    let page = Resource::new(reference, entity);
    view! {
        <Transition fallback=|| view! { <Skeleton lines=6 /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(EntityAnswer::Found(entity)) => confirm(*entity),
                    Ok(EntityAnswer::Missing { name, .. }) => {
                        view! { <NotFound what=format!("the entity {name}") section=super::section() /> }.into_any()
                    }
                    Err(error) => {
                        view! { <ErrorPage what="The entity could not be read" error=error /> }.into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

fn confirm(entity: EntityView) -> AnyView {
    let name = entity.name.clone();
    let page = address::entity(&entity.reference);
    let crumbs = vec![Crumb::to("Catalog", address::LIST), Crumb::to(name.clone(), page.clone())];
    let title = format!("Remove {name}");
    let referring: usize = entity
        .relations
        .iter()
        .filter(|group| !words::leads_out(group.relation))
        .map(|group| group.total)
        .sum();
    let content = if entity.orphaned_at.is_none() {
        let text = format!("{} still defines it. Remove it from there first.", entity.source.path);
        view! { <Card><EmptyState why="It cannot be removed here" icon=Glyph::FileCode text=text /></Card> }
            .into_any()
    } else if !entity.may_remove {
        view! {
            <Card>
                <EmptyState
                    why="You cannot remove it"
                    icon=Glyph::Lock
                    text="A leader of the team that owns it can, or an administrator."
                />
            </Card>
        }
        .into_any()
    } else {
        let dangling = (referring > 0).then(|| {
            let number = u64::try_from(referring).unwrap_or(u64::MAX);
            let text = format!(
                "{} to it. Those references will be broken.",
                words::count(number, "entity refers", "entities refer")
            );
            view! { <li><Icon of=Glyph::Link class="ink-warn" /> <span>{text}</span></li> }
        });
        let button = title.clone();
        let footer = move || {
            view! {
                <FormFoot cancel=page>
                    <SubmitButton kind=ButtonKind::FilledDanger icon=Glyph::Trash>{button}</SubmitButton>
                </FormFoot>
            }
        };
        view! {
            <Form action=RemoveOrphan::PATH of=("reference", entity.reference.to_string())>
                <Card footer=footer>
                    <ul class="checks">
                        <li>
                            <Icon of=Glyph::Trash class="ink-bad" />
                            <span>"It disappears from the catalog, lists and search immediately."</span>
                        </li>
                        {dangling}
                        <li>
                            <Icon of=Glyph::History class="faint" />
                            <span>
                                "Its ownership history is kept. It comes back if a file defines it again."
                            </span>
                        </li>
                    </ul>
                </Card>
            </Form>
        }
        .into_any()
    };
    view! {
        <Page title=title crumbs=crumbs icon=Glyph::Trash>
            <div class="narrow">{content}</div>
        </Page>
    }
    .into_any()
}
