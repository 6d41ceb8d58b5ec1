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
    view! {
        <button type="button" class="item" popovertarget="profile">
            <Avatar name=viewer.name.clone() />
            <span class="label">{viewer.name}</span>
        </button>
        <MenuList id="profile" above=true>
            {part(THEME, "theme", "Theme", &THEMES)}
            {part(DENSITY, "density", "Rows", &ROWS)}
            {part(KEYS, "keys", "Letter keys", &LETTERS)}
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

/// A value of a preference: its word in the cookie, its icon, and its name on the page.
type Value = (&'static str, Option<Glyph>, &'static str);

const THEMES: [Value; 3] = [
    ("system", Some(Glyph::Monitor), "System"),
    ("light", Some(Glyph::Sun), "Light"),
    ("dark", Some(Glyph::Moon), "Dark"),
];
const ROWS: [Value; 2] = [("comfortable", None, "Comfortable"), ("compact", None, "Compact")];
const LETTERS: [Value; 2] = [("on", None, "On"), ("off", None, "Off")];

/// A part of the menu: the values of one preference beside one another. `name` is what its buttons post.
fn part(cookie: &'static str, name: &'static str, label: &'static str, values: &'static [Value]) -> AnyView {
    let looks = preferences();
    let heading = format!("profile-{name}");
    let buttons: Vec<AnyView> = values
        .iter()
        .map(|&(word, icon, words)| {
            let pressed = move || looks.with(|looks| looks.word(cookie) == word).to_string();
            view! {
                <button name=name value=word aria-pressed=pressed>
                    {icon.map(|of| view! { <Icon of=of /> })}
                    {words}
                </button>
            }
            .into_any()
        })
        .collect();
    view! {
        <div class="part">
            <p id=heading.clone()>{label}</p>
            <PreferenceForm cookie=cookie>
                <div class="segmented even" role="group" aria-labelledby=heading>
                    {buttons}
                </div>
            </PreferenceForm>
        </div>
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
