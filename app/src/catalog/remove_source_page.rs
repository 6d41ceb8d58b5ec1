//! `/settings/sources/:id/remove`: says what removing a source does, and asks once.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::source_form_page::only_administrators;
use super::source_functions::{RemoveSource, source};
use super::source_view::SourcePageView;
use super::{address, words};
use crate::settings::crumbs_to;
use crate::shell::lazy::lazy_page;
use crate::shell::not_found::{ErrorPage, NotFound};
use crate::shell::page::Page;
use crate::ui::prelude::*;

lazy_page!(RemoveSourcePage in settings, view);

fn view() -> AnyView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let page = Resource::new(id, |id| source(id, String::new()));
    view! {
        <Transition fallback=|| view! { <Skeleton lines=6 /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(Some(page)) => confirm(page),
                    Ok(None) => view! { <NotFound what="this source" section=super::sources_section() /> }.into_any(),
                    Err(error) => {
                        view! { <ErrorPage what="The source could not be read" error=error /> }.into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

fn confirm(page: SourcePageView) -> AnyView {
    let SourcePageView { source, may_manage, describes, teams, environments_of_teams, orphans, .. } = page;
    let path = address::source(source.id);
    let mut crumbs = crumbs_to("Catalog sources", "/settings/sources");
    crumbs.push(Crumb::to(source.name.clone(), path.clone()));
    let title = format!("Remove {}", source.name);
    let button = title.clone();
    let content = if may_manage {
        let files = match describes + orphans {
            0 => "Its list of files is deleted.",
            _ => "Its list of files is deleted, except the files that orphaned entities came from.",
        };
        let described = match describes {
            0 => "It defines nothing in the catalog.".to_owned(),
            1 => "1 entity that it defines will be marked as orphaned, unless another source defines it. You can then remove it."
                .to_owned(),
            many => format!(
                "{} it defines will be marked as orphaned, unless another source defines them. You can then remove them all at once.",
                words::count(many, "entity that", "entities that")
            ),
        };
        let left = match orphans {
            0 => String::new(),
            1 => " 1 of its entities is orphaned already, and stays.".to_owned(),
            many => format!(" {} of its entities are orphaned already, and stay.", words::grouped(many)),
        };
        let teams = (!teams.is_empty()).then(|| {
            let text = of_teams(&teams, describes, environments_of_teams);
            view! {
                <li>
                    <Icon of=Glyph::Users class="ink-warn" />
                    <span>{text}</span>
                </li>
            }
        });
        let footer = move || {
            view! {
                <FormFoot cancel=path>
                    <SubmitButton kind=ButtonKind::FilledDanger icon=Glyph::Trash>{button}</SubmitButton>
                </FormFoot>
            }
        };
        view! {
            <Form action=RemoveSource::PATH of=("id", source.id.to_string())>
                <Card footer=footer>
                    <ul class="checks">
                        <li>
                            <Icon of=Glyph::Catalog class="ink-warn" />
                            <span>{described + &left}</span>
                        </li>
                        {teams}
                        <li>
                            <Icon of=Glyph::FileText class="ink-warn" />
                            <span>{files}</span>
                        </li>
                        <li>
                            <Icon of=Glyph::Ok class="ink-ok" />
                            <span>
                                "The folder or repository itself is not touched. You can add it again later."
                            </span>
                        </li>
                    </ul>
                </Card>
            </Form>
        }
        .into_any()
    } else {
        only_administrators()
    };
    view! {
        <Page title=title icon=Glyph::Trash crumbs=crumbs>
            <div class="narrow">{content}</div>
        </Page>
    }
    .into_any()
}

/// Names that are shown of the teams of a source.
const FIRST: usize = 12;

/// What it means for the teams among the entities of a source, at least one, that no file defines them any more.
fn of_teams(teams: &[String], entities: u64, environments: u64) -> String {
    let number = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
    let are = words::are_teams(number(teams.len()), entities);
    let mut names = teams.iter().take(FIRST).cloned().collect::<Vec<_>>().join(", ");
    if teams.len() > FIRST {
        names += &format!(" and {} more", words::grouped(number(teams.len() - FIRST)));
    }
    let (members, whose) = match teams.len() {
        1 => ("Its members", "that team"),
        _ => ("Their members", "those teams"),
    };
    let alive = match environments {
        0 => String::new(),
        1 => format!(" 1 environment of {whose} is alive and stays."),
        many => format!(" {} environments of {whose} are alive and stay.", words::grouped(many)),
    };
    format!("{are}: {names}. {members} cannot request anything for {whose} from then on.{alive}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_removes_a_source_is_told_of_the_teams_that_go_with_it() {
        let names = |count: usize| (1..=count).map(|number| format!("team-{number}")).collect::<Vec<_>>();
        assert_eq!(
            of_teams(&names(1), 1, 0),
            "It is a team: team-1. Its members cannot request anything for that team from then on."
        );
        assert_eq!(
            of_teams(&names(2), 9, 3),
            "2 of them are teams: team-1, team-2. Their members cannot request anything for those teams from then on. 3 environments of those teams are alive and stay."
        );
        assert!(of_teams(&names(14), 20, 1).contains("team-12 and 2 more. Their members"));
    }
}
