//! The page that shows every part in every state, both themes side by side.

mod actions;
mod fields;
mod foundations;
mod lists;
mod messages;
mod progress;

use leptos::context::Provider;
use leptos::prelude::*;

use crate::shell::lazy::lazy_page;
use crate::shell::page::Page;
use crate::ui::form::FormState;
use crate::ui::icon::Glyph;
use domain::form::Problem;

lazy_page!(StylePage in style, view);

/// The page `/style`.
fn view() -> AnyView {
    view! { <Style /> }.into_any()
}

/// The groups: anchor, name, what is in them.
const GROUPS: &[(&str, &str, fn(&'static str) -> AnyView)] = &[
    ("foundations", "Colour, type, icons", foundations::show),
    ("actions", "Buttons, links, menus", actions::show),
    ("fields", "Fields and forms", fields::show),
    ("lists", "Tables, facets, facts", lists::show),
    ("progress", "Status, steps, logs, code", progress::show),
    ("messages", "Empty, error, loading, banners", messages::show),
];

#[component]
fn Style() -> impl IntoView {
    let index: Vec<_> = GROUPS
        .iter()
        .map(|(anchor, name, _)| view! { <a class="link" href=format!("#{anchor}") rel="external">{*name}</a> })
        .collect();
    let groups: Vec<_> = GROUPS
        .iter()
        .map(|(anchor, name, show)| {
            view! {
                <section id=*anchor>
                    <h2>{*name}</h2>
                    <div class="themes">{themed("light", *show)} {themed("dark", *show)}</div>
                </section>
            }
        })
        .collect();
    view! {
        <Page title="Style" icon=Glyph::Component facts=|| view! { <span>"Every part in every state, in both themes"</span> }>
            <div class="style-page stack">
                <nav class="index" aria-label="Groups">
                    {index}
                </nav>
                {groups}
            </div>
        </Page>
    }
    .into_any()
}

/// A group in one theme. The form state tells the ids of the two apart, and holds the problems that the fields show.
fn themed(theme: &'static str, show: fn(&'static str) -> AnyView) -> AnyView {
    let problems = vec![
        Problem::at("replicas_bad", "At most 4: your team has 4.5 CPU left"),
        Problem::at("name_bad", "Lower-case letters, digits and hyphens, at most 40"),
        Problem::at(format!("{theme}_size_bad"), "Large is not allowed on this cluster"),
        Problem::at("accept_bad", "Tick this to go on"),
    ];
    let state = FormState::showing(theme, problems, Some("4 fields need attention".to_owned()));
    view! {
        <div class="theme" data-theme=theme>
            <Provider value=state>{show(theme)}</Provider>
        </div>
    }
    .into_any()
}

/// One part in one state, under its name.
#[component]
fn Shown(
    /// The part, and its state.
    name: &'static str,
    /// The part itself.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="state">
            <span class="label">{name}</span>
            <div class="shown">{children()}</div>
        </div>
    }
    .into_any()
}
