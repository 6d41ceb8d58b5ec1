//! What is said in passing, at the lower edge.

use std::time::Duration;

use leptos::ev::keydown;
use leptos::prelude::*;

use super::button::IconButton;
use super::copy::CopyField;
use super::dom::is_typing;
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

impl Toast {
    /// Whether it stays until it is closed: it takes long to read, or has a link, which may be shown this once.
    fn stays(&self) -> bool {
        self.text.chars().count() >= STAYS || link_at_end(&self.text).is_some()
    }

    /// How long it stays otherwise.
    fn time(&self) -> Duration {
        Duration::from_millis(LEAST.max(self.text.chars().count() as u64 * PER_LETTER))
    }
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

    /// Closes the newest that would go by itself.
    fn close_newest(self) {
        let newest = self
            .shown
            .with_untracked(|shown| shown.iter().rfind(|toast| !toast.stays()).map(|toast| toast.number));
        if let Some(number) = newest {
            self.close(number);
        }
    }
}

/// Where they show. One a page. Each is read out when it comes, without those that are there already. Escape closes the newest.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = use_context::<Toasts>();
    Effect::new(move |_| {
        let Some(toasts) = toasts else { return };
        let pressed = window_event_listener(keydown, move |event| {
            if event.key() == "Escape" && !is_typing() && !something_is_open() {
                toasts.close_newest();
            }
        });
        on_cleanup(move || pressed.remove());
    });
    view! {
        <div class="toasts" role="status" aria-live="polite" aria-atomic="false">
            {toasts
                .map(|toasts| {
                    view! {
                        <For each=move || toasts.shown.get() key=|toast| toast.number let(toast)>
                            <ToastLine toasts=toasts toast=toast />
                        </For>
                    }
                })}
        </div>
    }
    .into_any()
}

/// Whether Escape closes something else.
fn something_is_open() -> bool {
    document().query_selector("dialog[open], :popover-open").is_ok_and(|found| found.is_some())
}

#[component]
fn ToastLine(toasts: Toasts, toast: Toast) -> impl IntoView {
    let (number, stays, time) = (toast.number, toast.stays(), toast.time());
    // Whoever points at it, or has the focus in it, still reads it or is about to press something.
    let (pointed, focused) = (RwSignal::new(false), RwSignal::new(false));
    Effect::new(move |_| {
        if stays || pointed.get() || focused.get() {
            return;
        }
        if let Ok(timer) = set_timeout_with_handle(move || toasts.close(number), time) {
            on_cleanup(move || timer.clear());
        }
    });
    view! {
        <div
            class="toast"
            on:mouseenter=move |_| pointed.set(true)
            on:mouseleave=move |_| pointed.set(false)
            on:focusin=move |_| focused.set(true)
            on:focusout=move |_| focused.set(false)
        >
            <Icon of=Glyph::Info class="faint" />
            {said(toast.text)}
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
    use super::*;

    #[test]
    fn a_link_at_the_end_stands_by_itself() {
        let link = "http://127.0.0.1:8080/welcome/0af3";
        let text = format!("It is not shown again: {link}");
        assert_eq!(link_at_end(&text), Some(("It is not shown again:", link)));
        assert_eq!(link_at_end("The invitation is revoked"), None);
        assert_eq!(link_at_end(&format!("{link} is used up")), None);
        assert_eq!(link_at_end("Reload"), None);
    }

    #[test]
    fn what_holds_a_link_or_is_long_stays_until_it_is_closed() {
        let owner = Owner::new();
        owner.set();
        let toasts = Toasts { shown: RwSignal::new(Vec::new()), count: StoredValue::new(0) };
        let long = "long ".repeat(30);
        for text in ["Copied", "Saved", "Send it: https://slipway.example/welcome/0af3", &long] {
            toasts.say(text);
        }
        let left = || -> Vec<u64> { toasts.shown.get_untracked().iter().map(|toast| toast.number).collect() };
        toasts.close_newest();
        assert_eq!(left(), [0, 2, 3]);
        for _ in 0..2 {
            toasts.close_newest();
        }
        assert_eq!(left(), [2, 3]);
    }
}
