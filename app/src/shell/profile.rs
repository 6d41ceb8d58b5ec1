//! Oneself: how the pages look, one's account, signing out.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_router::hooks::use_url;
use server_fn::ServerFn;
use wasm_bindgen::JsCast;

use super::facts::preferences;
use super::preferences::{DENSITY, KEYS, Preferences, RAIL, THEME, Theme};
use super::preferences_function::SetPreferences;
use super::viewer::Viewer;
use crate::people::session_functions::SignOut;
use crate::ui::avatar::Avatar;
use crate::ui::form::Form;
use crate::ui::icon::{Glyph, Icon};
use crate::ui::menu::{MenuLink, MenuList};

/// The last line of the rail, and its menu.
#[component]
pub fn Profile(
    /// Who looks.
    viewer: Viewer,
    /// Opens the list of keys.
    help: RwSignal<bool>,
) -> impl IntoView {
    let looks = preferences();
    let theme = move |theme: Theme, icon: Glyph, label: &'static str| {
        let pressed = move || looks.with(|looks| looks.theme == theme).to_string();
        view! {
            <button name="theme" value=theme.word() aria-pressed=pressed>
                <Icon of=icon />
                {label}
            </button>
        }
    };
    let rows = move |compact: bool, word: &'static str, label: &'static str| {
        let pressed = move || looks.with(|looks| looks.compact == compact).to_string();
        view! {
            <button name="density" value=word aria-pressed=pressed>
                {label}
            </button>
        }
    };
    let letters = move |off: bool, word: &'static str, label: &'static str| {
        let pressed = move || looks.with(|looks| looks.no_letter_keys == off).to_string();
        view! {
            <button name="keys" value=word aria-pressed=pressed>
                {label}
            </button>
        }
    };
    view! {
        <button type="button" class="item" popovertarget="profile">
            <Avatar name=viewer.name.clone() />
            <span class="label">{viewer.name}</span>
        </button>
        <MenuList id="profile" above=true>
            <div class="part">
                <p id="profile-theme">"Theme"</p>
                <PreferenceForm cookie=THEME>
                    <div class="segmented even" role="group" aria-labelledby="profile-theme">
                        {theme(Theme::System, Glyph::Monitor, "System")}
                        {theme(Theme::Light, Glyph::Sun, "Light")} {theme(Theme::Dark, Glyph::Moon, "Dark")}
                    </div>
                </PreferenceForm>
            </div>
            <div class="part">
                <p id="profile-density">"Rows"</p>
                <PreferenceForm cookie=DENSITY>
                    <div class="segmented even" role="group" aria-labelledby="profile-density">
                        {rows(false, "comfortable", "Comfortable")} {rows(true, "compact", "Compact")}
                    </div>
                </PreferenceForm>
            </div>
            <div class="part">
                <p id="profile-keys">"Letter keys"</p>
                <PreferenceForm cookie=KEYS>
                    <div class="segmented even" role="group" aria-labelledby="profile-keys">
                        {letters(false, "on", "On")} {letters(true, "off", "Off")}
                    </div>
                </PreferenceForm>
            </div>
            <hr />
            <MenuLink href="/account" icon=Glyph::User>
                "Your account"
            </MenuLink>
            <button type="button" class="item with-script" on:click=move |_| help.set(true)>
                <Icon of=Glyph::Keyboard />
                "Keys"
                <kbd>"?"</kbd>
            </button>
            <hr />
            <Form action=SignOut::PATH leaves=true>
                <button class="item">
                    <Icon of=Glyph::SignOut />
                    "Sign out"
                </button>
            </Form>
        </MenuList>
    }
    .into_any()
}

/// A form whose buttons each set one preference: at once in the browser, by way of the server without JavaScript.
#[component]
pub fn PreferenceForm(
    /// The cookie of the preference.
    cookie: &'static str,
    /// The buttons.
    children: Children,
) -> impl IntoView {
    let looks = preferences();
    let url = use_url();
    let here = move || {
        url.with(|url| match url.search() {
            "" => url.path().to_owned(),
            search => format!("{}?{}", url.path(), search.trim_start_matches('?')),
        })
    };
    let submit = move |event: SubmitEvent| {
        let button =
            event.submitter().and_then(|button| button.dyn_into::<web_sys::HtmlButtonElement>().ok());
        if let Some(button) = button {
            event.prevent_default();
            looks.update(|looks| looks.take(cookie, &button.value()));
            apply(&looks.get_untracked(), cookie);
        }
    };
    view! {
        <form method="post" action=SetPreferences::PATH on:submit=submit>
            <input type="hidden" name="next" value=here />
            {children()}
        </form>
    }
    .into_any()
}

/// Puts a preference into the document and keeps it.
fn apply(looks: &Preferences, cookie: &str) {
    let (attribute, set) = match cookie {
        RAIL => ("data-rail", looks.narrow_rail),
        DENSITY => ("data-density", looks.compact),
        KEYS => ("data-keys", looks.no_letter_keys),
        _ => ("data-theme", looks.theme != Theme::System),
    };
    let Some(root) = document().document_element() else { return };
    let changed = if set {
        root.set_attribute(attribute, looks.word(cookie))
    } else {
        root.remove_attribute(attribute)
    };
    let secure = window().location().protocol().is_ok_and(|protocol| protocol == "https:");
    let kept = document()
        .dyn_into::<web_sys::HtmlDocument>()
        .is_ok_and(|document| document.set_cookie(&looks.cookie(cookie, secure)).is_ok());
    if changed.is_err() || !kept {
        leptos::logging::warn!("the preference {cookie} cannot be kept");
    }
}
