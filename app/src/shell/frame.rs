//! The frame: rail, top bar, banners, and the page within. It stays while pages change.

use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::arrivals::ArrivalLine;
use super::banners::Banners;
use super::facts::viewer;
use super::keys::listen;
use super::keys_help::KeysHelp;
use super::palette::Palette;
use super::rail::Rail;
use super::rooms::{Command, Room, by_letter, room_commands};
use super::search_box::SearchBox;
use super::suggest::Suggest;
use crate::ui::button::IconButton;
use crate::ui::form::FlashSlot;
use crate::ui::icon::{Glyph, Icon};
use crate::ui::maybe::Maybe;
use crate::ui::toast::ToastRegion;

/// The frame as a route: the page is the route within.
#[component]
pub fn Frame(
    /// What the search finds.
    #[prop(optional, into)]
    suggest: Maybe<Suggest>,
    /// What the palette finds besides commands.
    #[prop(optional, into)]
    jump: Maybe<Suggest>,
    /// Commands besides the rooms: "Request environment".
    #[prop(optional)]
    commands: Vec<Command>,
) -> impl IntoView {
    let (suggest, jump) = (suggest.0, jump.0);
    view! {
        <Framed suggest=suggest jump=jump commands=commands>
            <Outlet />
        </Framed>
    }
    .into_any()
}

/// The frame around a page that is no route, such as the one that says so.
#[component]
pub fn Framed(
    /// See [`Frame`].
    #[prop(optional, into)]
    suggest: Maybe<Suggest>,
    /// See [`Frame`].
    #[prop(optional, into)]
    jump: Maybe<Suggest>,
    /// See [`Frame`].
    #[prop(optional)]
    mut commands: Vec<Command>,
    /// The page.
    children: Children,
) -> impl IntoView {
    let (suggest, jump) = (suggest.0, jump.0);
    let viewer = viewer();
    let administrator = viewer.as_ref().is_some_and(|viewer| viewer.administrator);
    commands.splice(0..0, room_commands(administrator));
    let (palette, help) = (RwSignal::new(false), RwSignal::new(false));
    let rooms: Vec<&'static Room> = by_letter(viewer.as_ref()).collect();
    listen(palette, help, rooms.clone());
    // In a narrow window; a click that asks for another tab is the link's own.
    let search = move |event: leptos::ev::MouseEvent| {
        if !event.ctrl_key() && !event.meta_key() && !event.shift_key() {
            event.prevent_default();
            palette.set(true);
        }
    };
    forget_flash();
    view! {
        <a class="skip" href="#main" rel="external">
            "Skip to content"
        </a>
        <ArrivalLine />
        <div class="frame">
            <Rail viewer=viewer help=help />
            <header class="topbar">
                <span class="menu-button">
                    <IconButton label="Menu" icon=Glyph::Menu popover="rail" />
                </span>
                <SearchBox suggest=suggest />
                <span class="search-link">
                    <a class="button quiet square" href="/catalog" aria-label="Search" on:click=search>
                        <Icon of=Glyph::Search />
                    </a>
                </span>
            </header>
            <Banners />
            {children()}
        </div>
        <ToastRegion />
        <Palette open=palette commands=commands suggest=jump />
        <KeysHelp open=help rooms=rooms />
    }
    .into_any()
}

/// What a form left is for the page that was loaded after it: going on to another forgets it.
fn forget_flash() {
    let path = leptos_router::hooks::use_location().pathname;
    let slot = use_context::<FlashSlot>();
    Effect::new(move |before: Option<String>| {
        let here = path.get();
        if let Some(slot) = slot
            && before.is_some_and(|before| before != here)
        {
            slot.0.set(None);
        }
        here
    });
}
