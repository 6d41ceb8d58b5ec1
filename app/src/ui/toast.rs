//! What is said in passing, at the lower edge.

use leptos::prelude::*;

use super::button::IconButton;
use super::copy::CopyField;
use super::icon::{Glyph, Icon};

/// How long a toast stays, in milliseconds for each letter, at least [`LEAST`]: what is longer takes longer to read.
const PER_LETTER: u64 = 70;
const LEAST: u64 = 5_000;
/// What is this long is not in passing: it stays until it is closed.
const STAYS: usize = 120;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Toast {
    number: u64,
    text: String,
}

/// The toasts of the page.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    count: StoredValue<u64>,
}

impl Toasts {
    /// Makes them reachable. `first` is what the form before wanted said.
    pub fn provide(first: Option<String>) -> Self {
        let toasts = Self { shown: RwSignal::new(Vec::new()), count: StoredValue::new(0) };
        if let Some(text) = first {
            toasts.say(text);
        }
        provide_context(toasts);
        toasts
    }

    /// Says something in passing.
    pub fn say(self, text: impl Into<String>) {
        let text = text.into();
        let number = self.count.get_value();
        self.count.set_value(number + 1);
        self.shown.update(|shown| shown.push(Toast { number, text }));
    }

    fn close(self, number: u64) {
        self.shown.try_update(|shown| shown.retain(|toast| toast.number != number));
    }
}

/// Where they show. One a page.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = use_context::<Toasts>();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            {toasts
                .map(|toasts| {
                    view! {
                        <For each=move || toasts.shown.get() key=|toast| toast.number let(toast)>
                            <ToastLine toasts=toasts number=toast.number text=toast.text />
                        </For>
                    }
                })}
        </div>
    }
    .into_any()
}

#[component]
fn ToastLine(toasts: Toasts, number: u64, text: String) -> impl IntoView {
    let letters = text.chars().count();
    Effect::new(move |_| {
        if letters < STAYS {
            let time = LEAST.max(letters as u64 * PER_LETTER);
            set_timeout(move || toasts.close(number), std::time::Duration::from_millis(time));
        }
    });
    view! {
        <div class="toast">
            <Icon of=Glyph::Info class="faint" />
            {said(text)}
            <IconButton
                label="Close"
                icon=Glyph::Close
                small=true
                on_click=Callback::new(move |()| toasts.close(number))
            />
        </div>
    }
    .into_any()
}

/// The words; a link that they end with stands below, to be copied.
fn said(text: String) -> AnyView {
    match link_at_end(&text) {
        Some((words, link)) => {
            let (words, link) = (words.to_owned(), link.to_owned());
            view! { <div class="said"><p>{words}</p> <CopyField text=link /></div> }.into_any()
        }
        None => view! { <p>{text}</p> }.into_any(),
    }
}

/// What stands before a link at the end of a text, and the link.
fn link_at_end(text: &str) -> Option<(&str, &str)> {
    let (words, link) = text.rsplit_once(' ')?;
    let is_link = link.starts_with("http://") || link.starts_with("https://");
    is_link.then_some((words, link))
}

#[cfg(test)]
mod tests {
    use super::link_at_end;

    #[test]
    fn a_link_at_the_end_stands_by_itself() {
        let link = "http://127.0.0.1:8080/welcome/0af3";
        let text = format!("It is not shown again: {link}");
        assert_eq!(link_at_end(&text), Some(("It is not shown again:", link)));
        assert_eq!(link_at_end("The invitation is revoked"), None);
        assert_eq!(link_at_end(&format!("{link} is used up")), None);
        assert_eq!(link_at_end("Reload"), None);
    }
}
