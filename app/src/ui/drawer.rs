//! A sheet at the side of the page, and the button that opens it. The browser's popover: it works without JavaScript.

use leptos::prelude::*;

use super::button::IconButton;
use super::icon::{Glyph, Icon};
use super::maybe::Maybe;

/// A sheet at the side, for more about what the page shows.
#[component]
pub fn Drawer(
    /// Its id.
    #[prop(into)]
    id: String,
    /// Its title.
    #[prop(into)]
    title: String,
    /// What it shows.
    children: Children,
) -> impl IntoView {
    let heading = format!("{id}-title");
    let (heading_id, target) = (heading.clone(), id.clone());
    view! {
        <aside class="drawer" id=id popover="auto" aria-labelledby=heading>
            <header>
                <h2 id=heading_id>{title}</h2>
                <IconButton label="Close" icon=Glyph::Close small=true popover=target />
            </header>
            <div class="body">{children()}</div>
        </aside>
    }
    .into_any()
}

/// Opens a [`Drawer`].
#[component]
pub fn DrawerButton(
    /// The id of the drawer.
    #[prop(into)]
    drawer: String,
    /// Before the words.
    #[prop(optional, into)]
    icon: Maybe<Glyph>,
    /// The words.
    children: Children,
) -> impl IntoView {
    let icon = icon.0;
    view! {
        <button type="button" class="button" popovertarget=drawer>
            {icon.map(|of| view! { <Icon of=of /> })}
            {children()}
        </button>
    }
    .into_any()
}
