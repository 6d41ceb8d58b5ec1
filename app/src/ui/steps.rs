//! Long work, step by step.

use leptos::children::ViewFnOnce;
use leptos::prelude::*;

use super::maybe::Maybe;
use super::status::{State, StatusIcon};

/// The list of steps. Its children are [`Step`]s.
#[component]
pub fn Steps(
    /// The steps.
    children: Children,
) -> impl IntoView {
    view! { <ol class="steps">{children()}</ol> }.into_any()
}

/// One step.
#[component]
pub fn Step(
    /// How it stands.
    state: State,
    /// The word for how it stands, read by screen readers: "Done", "Running", "Waiting".
    #[prop(into)]
    word: String,
    /// What it does; code in it as `<code>`.
    #[prop(into)]
    name: ViewFnOnce,
    /// What is known about it, in a line.
    #[prop(optional, into)]
    text: Maybe<String>,
    /// How long it took, or has been at it.
    #[prop(optional, into)]
    time: Maybe<String>,
    /// Its log, below. Open while it runs and where it failed.
    #[prop(optional, into)]
    logs: Option<ViewFnOnce>,
) -> impl IntoView {
    let (text, time) = (text.0, time.0);
    let open = matches!(state, State::Busy | State::Bad | State::Warn);
    view! {
        <li>
            <span class="dot">
                <StatusIcon state=state />
            </span>
            <div>
                <div class="name">
                    <span class="sr-only">{word} ": "</span>
                    {name.run()}
                </div>
                {text.map(|text| view! { <div class="text">{text}</div> })}
            </div>
            <span class="time">{time}</span>
            {logs
                .map(|logs| {
                    view! {
                        <details class="more" open=open>
                            <summary>"Log"</summary>
                            {logs.run()}
                        </details>
                    }
                })}
        </li>
    }
    .into_any()
}
