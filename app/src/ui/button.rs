//! Buttons, and links that look like them.
//!
//! A button that cannot be used now says why: it stays reachable by keyboard, carries the reason as its description, and does nothing.

use leptos::prelude::*;

use super::form::FormState;
use super::icon::{Glyph, Icon};
use super::maybe::Maybe;

/// How a button looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// One action among others.
    #[default]
    Plain,
    /// The main action: one a page.
    Primary,
    /// An action that stays in the background.
    Quiet,
    /// Leads towards losing something.
    Danger,
    /// Loses something: the last step.
    FilledDanger,
}

impl ButtonKind {
    const fn class(self) -> &'static str {
        match self {
            ButtonKind::Plain => "button",
            ButtonKind::Primary => "button primary",
            ButtonKind::Quiet => "button quiet",
            ButtonKind::Danger => "button danger",
            ButtonKind::FilledDanger => "button danger filled",
        }
    }
}

/// A button that does something on this page. It needs JavaScript: what must work without is a [`SubmitButton`] or a [`LinkButton`].
#[component]
pub fn Button(
    /// How it looks.
    #[prop(optional)]
    kind: ButtonKind,
    /// Before the words.
    #[prop(optional, into)]
    icon: Maybe<Glyph>,
    /// Why it cannot be used now.
    #[prop(optional, into)]
    disabled: Signal<Option<String>>,
    /// Whether it is at work.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// What it does.
    #[prop(optional, into)]
    on_click: Option<Callback<()>>,
    /// The words.
    children: Children,
) -> impl IntoView {
    let icon = icon.0;
    let click = move |_| {
        if !busy.get_untracked()
            && disabled.with_untracked(Option::is_none)
            && let Some(act) = on_click
        {
            act.run(());
        }
    };
    view! {
        <button
            type="button"
            class=kind.class()
            on:click=click
            title=move || disabled.get()
            aria-disabled=move || disabled.with(Option::is_some).then_some("true")
            aria-busy=move || busy.get().then_some("true")
        >
            {face(icon, busy)}
            {children()}
        </button>
    }
    .into_any()
}

/// Sends the form that it stands in, and shows that it is at work until the answer comes.
#[component]
pub fn SubmitButton(
    /// How it looks.
    #[prop(default = ButtonKind::Primary)]
    kind: ButtonKind,
    /// Before the words.
    #[prop(optional, into)]
    icon: Maybe<Glyph>,
    /// Why it cannot be used now.
    #[prop(optional, into)]
    disabled: Signal<Option<String>>,
    /// Posted as `name=value` when this button sends the form.
    #[prop(optional, into)]
    name: Maybe<String>,
    /// See `name`.
    #[prop(optional, into)]
    value: Maybe<String>,
    /// Smaller, for heads of cards and rows of tables.
    #[prop(optional)]
    small: bool,
    /// The words.
    children: Children,
) -> impl IntoView {
    let (icon, name, value) = (icon.0, name.0, value.0);
    let class = if small { format!("{} small", kind.class()) } else { kind.class().to_owned() };
    let busy = use_context::<FormState>().map(|state| state.pending()).unwrap_or_default();
    view! {
        // A refused button is no submit button, so that it sends nothing without JavaScript either.
        <button
            type=move || if disabled.with(Option::is_some) { "button" } else { "submit" }
            class=class
            name=name
            value=value
            title=move || disabled.get()
            aria-disabled=move || disabled.with(Option::is_some).then_some("true")
            aria-busy=move || busy.get().then_some("true")
        >
            {face(icon, busy)}
            {children()}
        </button>
    }
    .into_any()
}

/// A link that looks like a button.
#[component]
pub fn LinkButton(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// How it looks.
    #[prop(optional)]
    kind: ButtonKind,
    /// Before the words.
    #[prop(optional, into)]
    icon: Maybe<Glyph>,
    /// Smaller, for heads of cards and rows of tables.
    #[prop(optional)]
    small: bool,
    /// The browser loads what it leads to, also where that is this very page.
    #[prop(optional)]
    reloads: bool,
    /// The words.
    children: Children,
) -> impl IntoView {
    let icon = icon.0;
    let class = if small { format!("{} small", kind.class()) } else { kind.class().to_owned() };
    view! {
        <a class=class href=href rel=reloads.then_some("external")>
            {icon.map(|of| view! { <Icon of=of /> })}
            {children()}
        </a>
    }
    .into_any()
}

/// A button of one icon. Its label is read by screen readers and shown on hover.
#[component]
pub fn IconButton(
    /// What it does, in words.
    #[prop(into)]
    label: Signal<String>,
    /// The icon.
    icon: Glyph,
    /// How it looks.
    #[prop(default = ButtonKind::Quiet)]
    kind: ButtonKind,
    /// Smaller, for heads of cards and rows of tables.
    #[prop(optional)]
    small: bool,
    /// Opens or closes the popover of this id, with and without JavaScript.
    #[prop(optional, into)]
    popover: Maybe<String>,
    /// What it does.
    #[prop(optional, into)]
    on_click: Option<Callback<()>>,
) -> impl IntoView {
    let popover = popover.0;
    let class = format!("{} square{}", kind.class(), if small { " small" } else { "" });
    let click = move |_| {
        if let Some(act) = on_click {
            act.run(());
        }
    };
    view! {
        <button
            type="button"
            class=class
            aria-label=move || label.get()
            title=move || label.get()
            popovertarget=popover
            on:click=click
        >
            <Icon of=icon />
        </button>
    }
    .into_any()
}

/// The icon of a button; a turning one while it is at work.
fn face(icon: Option<Glyph>, busy: Signal<bool>) -> impl IntoView {
    move || {
        if busy.get() {
            Some(view! { <Icon of=Glyph::Busy class="spin" /> })
        } else {
            icon.map(|of| view! { <Icon of=of class="" /> })
        }
    }
}
