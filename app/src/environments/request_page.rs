//! `/environments/new`: choose a blueprint, fill in its form.

use domain::environments::lifetime::print;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::ask;
use super::request_fields::RequestFields;
use super::request_functions::{blueprint_cards, request_form};
use super::view::{BlueprintCard, RequestFacts};
use crate::shell::facts::is_administrator;
use crate::shell::lazy::lazy_page;
use crate::shell::not_found::{ErrorPage, NotFound, Section};
use crate::ui::prelude::*;

lazy_page!(ChooseBlueprintPage in environments, choose);

/// The blueprints to choose from.
fn choose() -> AnyView {
    let query = use_query_map();
    let entity = Memo::new(move |_| query.with(|query| query.get("entity")));
    let cards = Resource::new(|| (), |()| blueprint_cards());
    view! {
        <Page title="Request an environment" icon=Glyph::Environment crumbs=crumbs() facts=|| view! { <span>"Choose what you need. Nothing is created until you request it."</span> }>
        <Transition fallback=|| view! { <Skeleton lines=3 rows=true /> }>
            {move || Suspend::new(async move {
                match cards.await {
                    Ok(_) if !ask::may_ask() => ask::no_team(ask::NO_TEAM),
                    Ok(cards) => choices(cards, entity.get_untracked()),
                    Err(error) => page_failed("The blueprints could not be read", &error, None),
                }
            })}
        </Transition>
        </Page>
    }
    .into_any()
}

fn crumbs() -> Vec<Crumb> {
    vec![Crumb::to("Environments", "/environments")]
}

fn choices(cards: Vec<BlueprintCard>, entity: Option<String>) -> AnyView {
    if cards.is_empty() {
        let text = match is_administrator() {
            true => "Publish one under Settings, Blueprints, or offer a withdrawn one again.",
            false => "Ask an administrator to publish one, or to offer a withdrawn one again.",
        };
        return view! { <EmptyState why="No blueprints are offered" text=text /> }.into_any();
    }
    let query = entity.map(|entity| format!("?entity={entity}")).unwrap_or_default();
    let cards = cards.into_iter().map(|card| {
        let href = format!("/environments/new/{}{query}", card.id);
        view! {
            <a class="card blueprint-card" href=href>
                <h2>
                    <Icon of=Glyph::Box />
                    {card.title}
                    <Badge text=format!("version {}", card.version) />
                </h2>
                <p class="dim">{card.description}</p>
                <p class="small dim">{format!("Lasts {}, at most {}", print(card.lifetime.default), print(card.lifetime.maximum))}</p>
            </a>
        }
    });
    view! { <div class="tiles">{cards.collect_view()}</div> }.into_any()
}

lazy_page!(RequestPage in environments, request);

/// The form of one blueprint.
fn request() -> AnyView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked = move || {
        let blueprint = params.with(|params| params.get("blueprint").unwrap_or_default());
        query.with(|query| (blueprint, query.get("entity"), query.get("like")))
    };
    let facts = Resource::new(asked, |(blueprint, entity, like)| request_form(blueprint, entity, like));
    view! {
        <Transition fallback=|| view! { <Skeleton lines=8 rows=true /> }>
            {move || Suspend::new(async move {
                match facts.await {
                    Ok(Some(facts)) => view! { <Request facts=facts /> }.into_any(),
                    Ok(None) => {
                        let (href, words) = ("/environments/new", "All blueprints");
                        let section = Section::new(crumbs(), "Request", href, words, Glyph::FileCode);
                        view! { <NotFound what="this blueprint" section=section /> }.into_any()
                    }
                    Err(error) => {
                        view! { <ErrorPage what="The form could not be read" error=error /> }.into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Request(facts: RequestFacts) -> impl IntoView {
    let card = facts.blueprint.clone();
    let version = format!("version {}", card.version);
    let badges = move || view! { <Badge text=version /> <Badge text="Kubernetes" /> };
    let body = if card.withdrawn {
        let action = || view! { <LinkButton href="/environments/new">"All blueprints"</LinkButton> };
        let text = "It cannot be requested any more. Choose another blueprint, or ask an administrator to offer it again.";
        view! { <EmptyState why="This blueprint is withdrawn" text=text icon=Glyph::FileCode action=action /> }
            .into_any()
    } else if facts.teams.is_empty() {
        ask::no_team(ask::NO_TEAM)
    } else if facts.clusters.is_empty() {
        let why = "No cluster is available to you yet";
        let text = match is_administrator() {
            true => "Connect one, or make one available to a team, under Settings, Clusters.",
            false => "Ask an administrator to connect one, or to make one available to your team.",
        };
        view! { <EmptyState why=why text=text icon=Glyph::Environment /> }.into_any()
    } else {
        view! { <RequestFields facts=facts /> }.into_any()
    };
    let (title, description) = (card.title, card.description);
    let facts = move || view! { <span>{description}</span> };
    let mut way = crumbs();
    way.push(Crumb::to("Request", "/environments/new"));
    view! { <Page title=title icon=Glyph::Environment crumbs=way badges=badges facts=facts>{body}</Page> }
        .into_any()
}
