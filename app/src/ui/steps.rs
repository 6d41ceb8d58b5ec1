//! Long work, step by step.

use leptos::children::{ViewFn, ViewFnOnce};
use leptos::prelude::*;

use super::status::{State, StatusIcon};

/// The list of steps. Its children are [`Step`]s.
#[component]
pub fn Steps(
    /// The steps.
    children: Children,
) -> impl IntoView {
    view! { <ol class="steps">{children()}</ol> }.into_any()
}

/// One step. What changes of it is made anew alone, so that its log stays as it is being read.
#[component]
pub fn Step(
    /// How it stands.
    #[prop(into)]
    state: Signal<State>,
    /// The word for how it stands, read by screen readers: "Done", "Running", "Waiting".
    #[prop(into)]
    word: Signal<String>,
    /// What it does; code in it as `<code>`.
    #[prop(into)]
    name: ViewFnOnce,
    /// What is known about it, in a line.
    #[prop(optional, into)]
    text: Signal<Option<String>>,
    /// How long it took, or has been at it.
    #[prop(optional, into)]
    time: Signal<Option<String>>,
    /// Its log, below, from its beginning on. Open while it runs and where it failed.
    #[prop(optional, into)]
    logs: Option<ViewFn>,
) -> impl IntoView {
    let begun = Memo::new(move |_| state.get() != State::Off);
    let open = Memo::new(move |_| matches!(state.get(), State::Busy | State::Bad | State::Warn));
    view! {
        <li>
            <span class="dot">{move || view! { <StatusIcon state=state.get() /> }}</span>
            <div>
                <div class="name">
                    <span class="sr-only">{move || word.get()} ": "</span>
                    {name.run()}
                </div>
                {move || text.get().map(|text| view! { <div class="text">{text}</div> })}
            </div>
            <span class="time">{move || time.get()}</span>
            {logs.map(|logs| move || begun.get().then(|| log(open, &logs)))}
        </li>
    }
    .into_any()
}

fn log(open: Memo<bool>, logs: &ViewFn) -> AnyView {
    view! {
        <details class="more" open=move || open.get()>
            <summary>"Log"</summary>
            {logs.run()}
        </details>
    }
    .into_any()
}
