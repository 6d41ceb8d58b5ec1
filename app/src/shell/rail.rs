//! The rail: the rooms, and below them settings and oneself. A drawer on a narrow screen.

use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::preferences::RAIL;
use super::profile::{PreferenceForm, Profile};
use super::rooms::{AUDIT, ROOMS, Room};
use super::viewer::Viewer;
use crate::ui::icon::{Glyph, Icon};

/// The rail.
#[component]
pub fn Rail(
    /// Who looks.
    viewer: Option<Viewer>,
    /// Opens the list of keys.
    help: RwSignal<bool>,
) -> impl IntoView {
    let node = NodeRef::<html::Nav>::new();
    let path = use_location().pathname;
    // On a narrow screen the drawer has done its work when a page was chosen.
    Effect::new(move |before: Option<()>| {
        path.track();
        if before.is_some()
            && let Some(rail) = node.get_untracked()
            && rail.matches(":popover-open").unwrap_or(false)
            && rail.hide_popover().is_err()
        {
            leptos::logging::warn!("the menu cannot be closed");
        }
    });
    let administrator = viewer.as_ref().is_some_and(|viewer| viewer.administrator);
    let item = move |room: &'static Room| view! { <li><RailLink room=room path=path /></li> };
    let audit = viewer.as_ref().filter(|viewer| viewer.leads && !viewer.administrator).map(|_| item(AUDIT));
    let rooms: Vec<_> = ROOMS.iter().filter(|room| !room.settings).map(item).collect();
    let settings: Vec<_> = ROOMS.iter().filter(|room| room.settings && administrator).map(item).collect();
    view! {
        <nav class="rail" id="rail" popover="auto" aria-label="Rooms" node_ref=node>
            <a class="brand" href="/">
                <Icon of=Glyph::Boat />
                <span class="label">"Slipway"</span>
            </a>
            {match viewer {
                Some(viewer) => {
                    view! {
                        <ul>{rooms}</ul>
                        <div class="push"></div>
                        <ul>{audit} {settings} <li><Collapse /></li> <li><Profile viewer=viewer help=help /></li></ul>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <a class="item" href="/sign-in" rel="external">
                            <Icon of=Glyph::SignIn />
                            <span class="label">"Sign in"</span>
                        </a>
                    }
                        .into_any()
                }
            }}
        </nav>
    }
    .into_any()
}

#[component]
fn RailLink(room: &'static Room, path: Memo<String>) -> impl IntoView {
    let current = move || path.with(|path| room.holds(path)).then_some("page");
    view! {
        <a class="item" href=room.href aria-current=current>
            <Icon of=room.icon />
            <span class="label">{room.label}</span>
        </a>
    }
}

/// Narrows the rail to its icons, and widens it again.
#[component]
fn Collapse() -> impl IntoView {
    let looks = super::facts::preferences();
    let narrow = move || looks.with(|looks| looks.narrow_rail);
    let word = move || if narrow() { "open" } else { "narrow" };
    let label = move || if narrow() { "Expand" } else { "Collapse" };
    view! {
        <PreferenceForm cookie=RAIL>
            <button class="item rail-toggle" name="rail" value=word>
                <Icon of=Glyph::Rail />
                <span class="label">{label}</span>
            </button>
        </PreferenceForm>
    }
}
