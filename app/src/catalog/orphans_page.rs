//! `/catalog/orphans/remove`: says which orphans of a list or of a source would be removed, and asks once.
//!
//! What is posted says which were seen, so that nothing is removed that became an orphan meanwhile.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::address::{self, ListAddress};
use super::orphans_functions::{RemoveOrphans, orphans};
use super::orphans_view::{OrphanKind, OrphansView};
use super::words;
use crate::shell::lazy::lazy_page;
use crate::shell::not_found::ErrorPage;
use crate::shell::page::Page;
use crate::ui::prelude::*;

lazy_page!(RemoveOrphansPage in catalog, view);

fn view() -> AnyView {
    let search = use_location().search;
    let page = Resource::new(move || search.get(), orphans);
    view! {
        <Transition fallback=|| view! { <Skeleton lines=6 /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(orphans) => confirm(orphans, search.get_untracked()),
                    Err(error) => {
                        view! { <ErrorPage what="The orphaned entities could not be listed" error=error /> }
                            .into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

fn confirm(orphans: OrphansView, search: String) -> AnyView {
    let content = match (orphans.removable, orphans.others) {
        (0, 0) => view! {
            <Card>
                <EmptyState
                    why="There is nothing to remove"
                    icon=Glyph::Ok
                    text="Files define every entity here."
                    action=|| view! { <LinkButton href=address::LIST>"Open the catalog"</LinkButton> }
                />
            </Card>
        }
        .into_any(),
        (0, others) => {
            let (why, text) = match others {
                1 => ("You cannot remove it", "A leader of the team that owns it can, or an administrator."),
                _ => (
                    "You cannot remove them",
                    "A leader of the team that owns them can, or an administrator.",
                ),
            };
            view! { <Card><EmptyState why=why icon=Glyph::Lock text=text /></Card> }.into_any()
        }
        _ => form(&orphans, search),
    };
    let title = match orphans.source {
        Some(source) => format!("Remove what {source} left"),
        None => "Remove orphaned entities".to_owned(),
    };
    view! {
        <Page title=title crumbs=vec![Crumb::to("Catalog", address::LIST)] icon=Glyph::Trash>
            <div class="narrow">{content}</div>
        </Page>
    }
    .into_any()
}

fn form(orphans: &OrphansView, search: String) -> AnyView {
    let back = match orphans.source {
        Some(_) => "/settings/sources".to_owned(),
        None => ListAddress::parse(&search).href(),
    };
    let button = format!("Remove {}", words::count(orphans.removable, "entity", "entities"));
    let kinds: Vec<_> = orphans.kinds.iter().map(kind).collect();
    let item = |glyph: Glyph, ink: &'static str, text: String| {
        view! { <li><Icon of=glyph class=ink /> <span>{text}</span></li> }
    };
    let one = orphans.removable == 1;
    let disappear = if one { "It disappears" } else { "They disappear" };
    let gone =
        item(Glyph::Trash, "ink-bad", format!("{disappear} from the catalog, lists and search immediately."));
    let dangling = (orphans.referring > 0).then(|| {
        let refer = words::count(orphans.referring, "other entity refers", "other entities refer");
        let whom = if one { "it" } else { "them" };
        let broken = if orphans.referring == 1 { "That reference" } else { "Those references" };
        item(Glyph::Link, "ink-warn", format!("{refer} to {whom}. {broken} will be broken."))
    });
    let teams = (orphans.teams > 0).then(|| {
        let are = words::are_teams(orphans.teams, orphans.removable);
        let text = format!(
            "{are}. The people and environments of a removed team stay, but its leaders no longer lead the teams below it."
        );
        item(Glyph::Users, "ink-warn", text)
    });
    let kept = item(
        Glyph::History,
        "faint",
        if one {
            "Its ownership history is kept. It comes back if a file defines it again.".to_owned()
        } else {
            "Their ownership history is kept. They come back if a file defines them again.".to_owned()
        },
    );
    let others = (orphans.others > 0).then(|| {
        let more = words::count(
            orphans.others,
            "more is orphaned and stays: only others can remove it.",
            "more are orphaned and stay: only others can remove them.",
        );
        item(Glyph::Lock, "faint", more)
    });
    let seen = orphans.seen.clone();
    let footer = move || {
        view! {
            <FormFoot cancel=back>
                <SubmitButton kind=ButtonKind::FilledDanger icon=Glyph::Trash>{button}</SubmitButton>
            </FormFoot>
        }
    };
    view! {
        <Form action=RemoveOrphans::PATH of=("search", search)>
            <input type="hidden" name="seen" value=seen />
            <Card footer=footer>
                <div class="stack">
                    <ul class="checks">{kinds}</ul>
                    <ul class="checks">{gone} {dangling} {teams} {kept} {others}</ul>
                </div>
            </Card>
        </Form>
    }
    .into_any()
}

/// How many of a kind, and the first of them by name.
fn kind(of: &OrphanKind) -> AnyView {
    let icon = words::icon(&of.kind, None);
    let head = format!("{} ({}): ", words::kind(&of.kind), words::grouped(of.total));
    let rest = of.total.saturating_sub(u64::try_from(of.first.len()).unwrap_or(u64::MAX));
    let names: Vec<_> = of
        .first
        .iter()
        .enumerate()
        .map(|(at, (reference, name))| {
            let (href, name) = (address::entity(reference), name.clone());
            view! {
                {(at > 0).then_some(", ")}
                <a class="link" href=href>
                    {name}
                </a>
            }
        })
        .collect();
    let rest = (rest > 0).then(|| format!(" and {} more", words::grouped(rest)));
    view! {
        <li>
            <Icon of=icon class="faint" />
            <span>
                <b>{head}</b>
                {names}
                {rest}
            </span>
        </li>
    }
    .into_any()
}
