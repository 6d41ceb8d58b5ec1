//! How something stands: a colour, an icon and a word, never the colour alone.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// The five ways in which something can stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum State {
    /// As it should be.
    Ok,
    /// On its way.
    Busy,
    /// Needs a look.
    Warn,
    /// Failed.
    Bad,
    /// Not running, nothing known, or nothing to say of it.
    #[default]
    Off,
}

impl State {
    /// Its class.
    pub const fn class(self) -> &'static str {
        match self {
            State::Ok => "ok",
            State::Busy => "busy",
            State::Warn => "warn",
            State::Bad => "bad",
            State::Off => "off",
        }
    }

    /// Its ink, for an icon without a frame.
    pub const fn ink(self) -> &'static str {
        match self {
            State::Ok => "ink-ok",
            State::Busy => "ink-busy spin",
            State::Warn => "ink-warn",
            State::Bad => "ink-bad",
            State::Off => "ink-off",
        }
    }

    /// Its icon.
    pub const fn glyph(self) -> Glyph {
        match self {
            State::Ok => Glyph::Ok,
            State::Busy => Glyph::Busy,
            State::Warn => Glyph::Warning,
            State::Bad => Glyph::Failed,
            State::Off => Glyph::Off,
        }
    }
}

/// How something stands.
#[component]
pub fn Status(
    /// The way in which it stands.
    state: State,
    /// The word for it.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let class = format!("status {}", state.class());
    let spin = if state == State::Busy { "spin" } else { "" };
    view! {
        <span class=class>
            <Icon of=state.glyph() class=spin />
            {text}
        </span>
    }
    .into_any()
}

/// The icon of a state alone, where the words stand beside it.
#[component]
pub fn StatusIcon(
    /// The way in which it stands.
    state: State,
) -> impl IntoView {
    view! { <Icon of=state.glyph() class=state.ink() /> }
}
