//! How far something is, or how much of something is used.

use leptos::prelude::*;

use super::status::State;

/// A bar. The number stands beside it in words; the bar alone says too little.
#[component]
pub fn Progress(
    /// What it measures, read by screen readers.
    #[prop(into)]
    label: String,
    /// How far, from 0 to `max`.
    #[prop(into)]
    value: Signal<f64>,
    /// The whole.
    #[prop(default = 100.0)]
    max: f64,
    /// `Warn` and `Bad` colour it.
    #[prop(optional)]
    state: State,
) -> impl IntoView {
    let class = match state {
        State::Warn => "progress warn",
        State::Bad => "progress bad",
        State::Ok | State::Busy | State::Off => "progress",
    };
    view! { <progress class=class aria-label=label max=max value=move || value.get()></progress> }.into_any()
}
