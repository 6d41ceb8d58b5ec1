//! A list of things to do, behind a button. The browser's popover: it opens, closes on Escape and gives the focus back without JavaScript.

use leptos::html;
use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// A menu and its button. What stands in it are [`MenuLink`]s, forms, and `<hr />`.
#[component]
pub fn Menu(
    /// The id of the list.
    #[prop(into)]
    id: String,
    /// What the button says; with `icon_only` it is read by screen readers and shown on hover.
    #[prop(into)]
    label: String,
    /// The icon of the button.
    #[prop(default = Glyph::More)]
    icon: Glyph,
    /// The button shows its icon alone.
    #[prop(optional)]
    icon_only: bool,
    /// What stands in it.
    children: Children,
) -> impl IntoView {
    let face = if icon_only {
        view! { <Icon of=icon /> }.into_any()
    } else {
        view! { {label.clone()} <Icon of=Glyph::ChevronDown /> }.into_any()
    };
    view! {
        <button
            type="button"
            class=if icon_only { "button quiet square" } else { "button" }
            popovertarget=id.clone()
            aria-label=icon_only.then(|| label.clone())
            title=icon_only.then_some(label)
        >
            {face}
        </button>
        <MenuList id=id>{children()}</MenuList>
    }
    .into_any()
}

/// The list of a menu, for a button of one's own with `popovertarget`.
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
    /// Leads towards losing something.
    #[prop(optional)]
    danger: bool,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <a class=if danger { "item danger" } else { "item" } href=href>
            <Icon of=icon />
            {children()}
        </a>
    }
    .into_any()
}
