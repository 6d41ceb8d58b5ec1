//! `/catalog/:kind/:namespace/:name`: what an entity is, whose it is, what it belongs to, where that is written.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::entity_functions::{entity, entity_definition, entity_history, entity_text};
use super::entity_view::{EntityAnswer, EntityView, Near, Panel};
use super::{address, entity_about, entity_panels, list_table, relations, words};
use crate::shell::facts::viewer;
use crate::shell::not_found::{ErrorPage, Near, NotFound};
use crate::shell::page::Page;
use crate::ui::prelude::*;

/// The parts of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Overview,
    Relations,
    Environments,
    Definition,
    Yaml,
    History,
}

impl Part {
    const ALL: [Part; 6] =
        [Part::Overview, Part::Relations, Part::Environments, Part::Definition, Part::Yaml, Part::History];

    fn name(self) -> &'static str {
        match self {
            Part::Overview => "overview",
            Part::Relations => "relations",
            Part::Environments => "environments",
            Part::Definition => "definition",
            Part::Yaml => "yaml",
            Part::History => "history",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Part::Overview => "Overview",
            Part::Relations => "Relations",
            Part::Environments => "Environments",
            Part::Definition => "Definition",
            Part::Yaml => "YAML",
            Part::History => "History",
        }
    }

    fn of(tab: Option<&str>) -> Self {
        Self::ALL.into_iter().find(|part| Some(part.name()) == tab).unwrap_or(Part::Overview)
    }
}

/// The page; `environments` makes its tab of that name from the entity's reference, which another room does.
pub fn view(environments: fn(Signal<String>) -> AnyView) -> AnyView {
    let (params, query) = (use_params_map(), use_query_map());
    let reference = Memo::new(move |_| {
        params.with(|params| {
            let part = |name: &str| params.get(name).unwrap_or_default();
            format!("{}:{}/{}", part("kind"), part("namespace"), part("name"))
        })
    });
    let part = Memo::new(move |_| query.with(|query| Part::of(query.get_str("tab"))));
    let page = Resource::new(move || (reference.get(), changes().get()), |(reference, _)| entity(reference));
    let panel = Resource::new(
        move || (reference.get(), part.get(), changes().get()),
        |(reference, part, _)| async move {
            match part {
                Part::Yaml => entity_text(reference).await.map(|text| Panel::Text(Box::new(text))),
                Part::Definition => entity_definition(reference).await.map(Panel::Definition),
                Part::History => entity_history(reference).await.map(Panel::History),
                Part::Overview | Part::Relations | Part::Environments => Ok(Panel::WithPage),
            }
        },
    );
    view! {
        <Transition fallback=|| view! { <Skeleton lines=8 /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(EntityAnswer::Found(entity)) => {
                        shown(*entity, part, panel, move || environments(reference.into()))
                    }
                    Ok(EntityAnswer::Missing { name, near }) => missing(name, near),
                    Err(error) => {
                        view! { <ErrorPage what="The entity could not be read" error=error /> }.into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

fn shown(
    entity: EntityView,
    part: Memo<Part>,
    panel: Resource<Result<Panel, ServerFnError>>,
    environments: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    let icon = words::icon(&entity.kind, entity.of_type.as_deref());
    let badges = {
        let words: Vec<String> =
            [Some(entity.kind.clone()), entity.of_type.clone(), entity.lifecycle.clone()]
                .into_iter()
                .flatten()
                .collect();
        let mark = list_table::mark(entity.orphaned_at.is_some(), entity.stale_since.is_some());
        move || {
            let words = words.into_iter().map(|text| view! { <Badge text=text /> }).collect_view();
            view! { {words} {mark} }
        }
    };
    let may_request = viewer().is_some_and(|viewer| viewer.may_request());
    let request = (entity.kind == "Component" && may_request).then(|| {
        address::with_search(
            "/environments/new",
            &address::search_of([("entity", entity.reference.to_string())]),
        )
    });
    let actions = move || {
        request.map(|href| {
            view! {
                <LinkButton href=href kind=ButtonKind::Primary icon=Glyph::Plus>
                    "Request environment"
                </LinkButton>
            }
        })
    };
    let facts = {
        let entity = entity.clone();
        move || entity_about::facts(&entity)
    };
    let tabs = tabs(&entity);
    let crumbs = vec![Crumb::to("Catalog", address::LIST)];
    let (title, told) = (entity.name.clone(), entity.clone());
    let content = move || match part.get() {
        Part::Overview => entity_about::overview(&entity),
        Part::Relations => relations::panel(&entity),
        Part::Environments => environments(),
        Part::Definition | Part::Yaml | Part::History => {
            let of_type = entity.of_type.clone();
            view! {
                <Transition fallback=|| view! { <Skeleton lines=10 /> }>
                    {move || {
                        let of_type = of_type.clone();
                        Suspend::new(async move {
                            match panel.await {
                                Ok(panel) => entity_panels::panel(panel, of_type),
                                Err(error) => failed("This part could not be read", &error),
                            }
                        })
                    }}
                </Transition>
            }
            .into_any()
        }
    };
    view! {
        <Page title=title crumbs=crumbs icon=icon badges=badges actions=actions facts=facts tabs=move || tabs>
            // Where the text stands, it says itself what is wrong with it.
            {move || (part.get() != Part::Yaml).then(|| entity_about::banners(&told))}
            {content}
        </Page>
    }
    .into_any()
}

fn tabs(entity: &EntityView) -> AnyView {
    let path = address::entity(&entity.reference);
    let related: usize = entity.relations.iter().map(|group| group.total).sum();
    let shown = |part: &Part| match part {
        Part::Environments => entity.kind == "Component",
        Part::Definition => entity.is_api,
        _ => true,
    };
    let tabs = Part::ALL.into_iter().filter(shown).map(|part| match part {
        Part::Overview => Tab::new(part.label(), path.clone()),
        Part::Relations if related > 0 => {
            Tab::new(part.label(), format!("{path}?tab={}", part.name())).counting(related)
        }
        _ => Tab::new(part.label(), format!("{path}?tab={}", part.name())),
    });
    view! { <Tabs label="Parts of the entity" tabs=tabs.collect() /> }.into_any()
}

fn missing(name: String, near: Vec<Near>) -> AnyView {
    let what = format!("the entity {name}");
    let why = address::problems_about(&name);
    let near = move || {
        let links: Vec<_> = near
            .into_iter()
            .map(|near| {
                view! {
                    <li>
                        <Icon of=words::icon(&near.kind, None) class="faint" />
                        <span>
                            <a class="link" href=address::entity(&near.reference)>
                                {near.name}
                            </a>
                            " "
                            <span class="faint small">{near.kind}</span>
                        </span>
                    </li>
                }
                .into_any()
            })
            .collect();
        view! {
            <Near links=links>
                <a href=why>"Why is it not here?"</a>
                " Look through the files and documents that mention it."
            </Near>
        }
    };
    view! { <NotFound what=what section=super::section() near=near /> }.into_any()
}
