//! A list of things to do, behind a button. The browser's popover: it opens, closes on Escape and gives the focus back without JavaScript.

use leptos::html;
use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// A menu, for a button with `popovertarget`. What stands in it are [`MenuLink`]s, forms, and `<hr />`.
#[component]
pub fn MenuList(
    /// Its id.
    #[prop(into)]
    id: String,
    /// Opens above its button.
    #[prop(optional)]
    above: bool,
    /// What stands in it.
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    // Whatever was chosen, the menu is done.
    let chosen = move |event: leptos::ev::MouseEvent| {
        if let Some(list) = node.get_untracked()
            && super::dom::is_within(&event, "a")
            && list.hide_popover().is_err()
        {
            leptos::logging::warn!("a menu cannot be closed");
        }
    };
    view! {
        <div
            class=if above { "menu above" } else { "menu" }
            id=id
            popover="auto"
            node_ref=node
            on:click=chosen
        >
            {children()}
        </div>
    }
    .into_any()
}

/// A line of a menu that leads somewhere.
#[component]
pub fn MenuLink(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// Its icon.
    icon: Glyph,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <a class="item" href=href>
            <Icon of=icon />
            {children()}
        </a>
    }
    .into_any()
}
