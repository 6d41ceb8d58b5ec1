//! The tabs of an entity that are read when they are opened: its text, the definition of an API, its history.

use leptos::prelude::*;

use super::entity_about::source_name;
use super::entity_view::{IntervalView, Panel, TextView};
use super::list_table::related;
use super::{notes, words};
use crate::ui::prelude::*;

/// A definition longer than this is shown in part: no browser is quick with more.
const MAX_LINES: usize = 5_000;

/// The open tab.
pub fn panel(panel: Panel, of_type: Option<String>) -> AnyView {
    match panel {
        Panel::WithPage => ().into_any(),
        Panel::Text(text) => yaml(*text),
        Panel::Definition(definition) => self::definition(definition, of_type),
        Panel::History(intervals) => history(intervals),
    }
}

fn yaml(view: TextView) -> AnyView {
    let place = format!("{}:{}", view.path, view.line);
    let commit = view.commit.as_ref().map(|commit| commit.chars().take(12).collect::<String>());
    let aside = {
        let (source, name, removed) = (view.source, view.source_name.clone(), view.source_removed);
        let place = place.clone();
        move || {
            view! {
                {source_name(source, name, removed)}
                <code>{place}</code>
                {commit.map(|commit| view! { <code title="The commit that was read">{commit}</code> })}
            }
        }
    };
    let gone = view.gone.then(|| {
        view! { <Banner title="The text is no longer in the file" text="This is how it was when it was last there." /> }
    });
    let file_problem = view.file_problem.map(
        |problem| view! { <Banner state=State::Bad title="The file cannot be read now" text=problem /> },
    );
    let mark = view.notes.first().and_then(|note| usize::try_from(note.line).ok());
    let said = (!view.notes.is_empty()).then(|| {
        view! { <Card title="Findings">{notes::list(&view.notes, "")}</Card> }
    });
    let rivals: Vec<_> = view
        .rivals
        .into_iter()
        .map(|(place, why)| {
            view! {
                <li>
                    <Icon of=Glyph::FileWarning class="ink-warn" />
                    <div>
                        <code>{place}</code>
                        <p>{why}</p>
                    </div>
                </li>
            }
        })
        .collect();
    let rivals = (!rivals.is_empty()).then(|| {
        view! {
            <Card title="Also defined elsewhere">
                <ul class="checks catalog-notes">{rivals}</ul>
            </Card>
        }
    });
    let first = usize::try_from(view.line).unwrap_or(1).max(1);
    view! {
        <div class="stack catalog-text">
            {gone}
            {file_problem}
            {said}
            <Card title="Text" aside=aside flush=true>
                <Code label=place text=view.text language=Language::Yaml first=first mark=mark />
            </Card>
            {rivals}
        </div>
    }
    .into_any()
}

fn definition(definition: Option<String>, of_type: Option<String>) -> AnyView {
    let Some(text) = definition.filter(|text| !text.trim().is_empty()) else {
        return view! {
            <Card>
                <EmptyState
                    why="This API has no definition"
                    icon=Glyph::FileCode
                    text="Its file states none, or names one that is not read."
                />
            </Card>
        }
        .into_any();
    };
    let language = match of_type.as_deref() {
        Some("openapi" | "asyncapi") if !text.trim_start().starts_with('{') => Language::Yaml,
        _ => Language::Plain,
    };
    let lines = text.lines().count();
    let (text, cut) = match lines > MAX_LINES {
        true => (text.lines().take(MAX_LINES).collect::<Vec<_>>().join("\n"), true),
        false => (text, false),
    };
    let count = words::count(u64::try_from(lines).unwrap_or(u64::MAX), "line", "lines");
    let cut = cut.then(|| {
        let title =
            format!("The first {} of {count}", words::grouped(u64::try_from(MAX_LINES).unwrap_or(u64::MAX)));
        view! { <Banner state=State::Off title=title text="Its file has all of it." /> }
    });
    let title = of_type.unwrap_or_else(|| "Definition".to_owned());
    view! {
        <div class="stack">
            {cut}
            <Card title=title aside=move || count flush=true>
                <Code label="Definition" text=text language=language />
            </Card>
        </div>
    }
    .into_any()
}

fn history(intervals: Vec<IntervalView>) -> AnyView {
    if intervals.is_empty() {
        return view! {
            <Card>
                <EmptyState
                    why="No history yet"
                    icon=Glyph::History
                    text="No file has set its owner, its parent or its members."
                />
            </Card>
        }
        .into_any();
    }
    let columns = vec![
        Column::new("Relation"),
        Column::new("With"),
        Column::new("Set by"),
        Column::number("From"),
        Column::number("Until"),
    ];
    let rows: Vec<_> = intervals
        .into_iter()
        .map(|interval| {
            let until = match interval.until {
                Some(until) => view! { <Time micros=until /> }.into_any(),
                None => view! { <span class="dim">"now"</span> }.into_any(),
            };
            let stated_by = match interval.stated_by {
                Some(by) => related(by, false),
                None => view! { <span class="dim">"its own file"</span> }.into_any(),
            };
            let person_or_team = ["group", "user"].contains(&interval.target.reference.kind());
            view! {
                <tr>
                    <td>{words::relation(interval.relation)}</td>
                    <td class="main giving">{related(interval.target, person_or_team)}</td>
                    <td>{stated_by}</td>
                    <td class="num dim" data-label="from">
                        <Time micros=interval.from />
                    </td>
                    <td class="num dim" data-label="until">{until}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <Card flush=true>
            <Table label="Owners, parents and members" columns=columns stacks=true>
                {rows}
            </Table>
        </Card>
    }
    .into_any()
}
