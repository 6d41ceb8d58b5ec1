//! What the search box and the palette find while somebody types, and how they walk through it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use domain::form::full_stop;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::ui::icon::{Glyph, Icon};

/// Waiting this long after a key spares the server the words that are typed past.
const PAUSE: Duration = Duration::from_millis(120);

/// Something found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Suggestion {
    /// Its name.
    pub name: String,
    /// What it is: its kind, its owner.
    pub hint: String,
    /// Its icon.
    pub icon: Glyph,
    /// Its page.
    pub href: String,
}

/// What was found, or why the server did not tell.
pub type Answer = Result<Vec<Suggestion>, String>;

type Found = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// Why there is nothing in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Lack {
    Nothing,
    /// The server did not tell; in a sentence.
    Failed(String),
}

/// Finds what a few words mean. Made of an async function: `Suggest::new(|words| async move { … })`.
#[derive(Clone)]
pub struct Suggest(Arc<dyn Fn(String) -> Found + Send + Sync>);

impl Suggest {
    /// Of a function that asks the server.
    pub fn new<F, Fut>(find: F) -> Self
    where
        F: Fn(String) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Answer> + Send + 'static,
    {
        Self(Arc::new(move |words| Box::pin(find(words))))
    }

    /// Finds what either finds, both at once; what the other finds stands below. Where one fails, what the other found is shown.
    pub fn and(self, other: Self) -> Self {
        Self::new(move |words: String| {
            let both = futures::future::join((self.0)(words.clone()), (other.0)(words));
            async move {
                match both.await {
                    (Ok(found), Ok(more)) => Ok(found.into_iter().chain(more).collect()),
                    (Ok(found), Err(_)) | (Err(_), Ok(found)) if !found.is_empty() => Ok(found),
                    (Err(why), _) | (_, Err(why)) => Err(why),
                }
            }
        })
    }
}

/// A list of things found and the one that is chosen.
#[derive(Clone, Copy)]
pub struct Finder {
    /// What is typed.
    pub words: RwSignal<String>,
    /// What is found.
    pub found: RwSignal<Vec<Suggestion>>,
    chosen: RwSignal<Option<usize>>,
    /// The server was asked and has not answered yet.
    waits: RwSignal<bool>,
    /// Why the last answer held nothing, where it did.
    lack: RwSignal<Option<Lack>>,
    asked: StoredValue<u64>,
    suggest: StoredValue<Option<Suggest>>,
    navigate: StoredValue<Arc<dyn Fn(&str) + Send + Sync>>,
    id: &'static str,
    chooses: bool,
}

impl Finder {
    /// Finds by `suggest`; `id` begins the ids of its options. One that `chooses` has its first find chosen, so that Enter opens it;
    /// else Enter is the form's own.
    pub fn new(id: &'static str, suggest: Option<Suggest>, chooses: bool) -> Self {
        let navigate = use_navigate();
        Self {
            words: RwSignal::new(String::new()),
            found: RwSignal::new(Vec::new()),
            chosen: RwSignal::new(None),
            waits: RwSignal::new(false),
            lack: RwSignal::new(None),
            asked: StoredValue::new(0),
            suggest: StoredValue::new(suggest),
            navigate: StoredValue::new(Arc::new(move |to: &str| {
                navigate(to, NavigateOptions { resolve: false, ..Default::default() });
            })),
            id,
            chooses,
        }
    }

    /// Takes what is typed. `near` is found at once; the rest follows, unless more was typed meanwhile.
    pub fn ask(self, words: String, near: Vec<Suggestion>) {
        let number = self.asked.get_value() + 1;
        self.asked.set_value(number);
        self.words.set(words.clone());
        self.chosen.set(if near.is_empty() { None } else { Some(0) });
        let blank = words.trim().is_empty();
        let keep = near.is_empty() && !blank;
        if !keep {
            self.found.set(near.clone());
        }
        let Some(Suggest(find)) = self.suggest.get_value() else {
            self.lack.set((!blank && near.is_empty()).then_some(Lack::Nothing));
            self.found.set(near);
            return;
        };
        self.waits.set(!blank);
        if blank {
            self.lack.set(None);
            return;
        }
        let later = move || {
            if self.asked.try_get_value() != Some(number) {
                return;
            }
            leptos::task::spawn_local(async move {
                let answer = find(words).await;
                if self.asked.try_get_value() == Some(number) {
                    let (more, lack) = match answer {
                        Ok(more) => (more, Lack::Nothing),
                        Err(why) => (Vec::new(), Lack::Failed(why)),
                    };
                    let all: Vec<_> = near.into_iter().chain(more).collect();
                    if self.chooses && self.chosen.get_untracked().is_none() && !all.is_empty() {
                        self.chosen.set(Some(0));
                    }
                    self.waits.set(false);
                    self.lack.set(all.is_empty().then_some(lack));
                    self.found.set(all);
                }
            });
        };
        set_timeout(later, PAUSE);
    }

    /// Forgets what was found.
    pub fn clear(self) {
        self.asked.update_value(|number| *number += 1);
        self.found.set(Vec::new());
        self.chosen.set(None);
        self.waits.set(false);
        self.lack.set(None);
    }

    /// What is said in place of an empty list: that Slipway searches, `nothing`, or why it did not tell. That nothing was found stays until
    /// the next answer, so that it is not said anew at every key.
    pub fn instead(self, nothing: impl FnOnce() -> String) -> Option<String> {
        if !self.found.with(Vec::is_empty) {
            return None;
        }
        match self.lack.get() {
            Some(Lack::Nothing) => Some(nothing()),
            Some(Lack::Failed(why)) => Some(full_stop(why)),
            None => self.waits.get().then(|| "Searching…".to_owned()),
        }
    }

    /// Walks through the list with the arrow keys and opens with Enter. True when the key was meant for the list.
    pub fn key(self, event: &KeyboardEvent) -> bool {
        let count = self.found.with_untracked(Vec::len);
        let chosen = self.chosen.get_untracked();
        match event.key().as_str() {
            "ArrowDown" if count > 0 => self.chosen.set(Some(chosen.map_or(0, |at| (at + 1) % count))),
            "ArrowUp" if count > 0 => {
                self.chosen.set(Some(chosen.map_or(count - 1, |at| (at + count - 1) % count)));
            }
            "Enter" => {
                let Some(href) = chosen.and_then(|at| {
                    self.found.with_untracked(|found| found.get(at).map(|one| one.href.clone()))
                }) else {
                    return false;
                };
                event.prevent_default();
                self.open(&href);
                return true;
            }
            _ => return false,
        }
        event.prevent_default();
        self.show_chosen();
        true
    }

    fn open(self, href: &str) {
        self.clear();
        self.words.set(String::new());
        (self.navigate.get_value())(href);
    }

    /// The id of the chosen option, for `aria-activedescendant`.
    pub fn active(self) -> Signal<Option<String>> {
        Signal::derive(move || {
            let (chosen, count) = (self.chosen.get(), self.found.with(Vec::len));
            chosen.filter(|at| *at < count).map(|at| format!("{}-{at}", self.id))
        })
    }

    fn show_chosen(self) {
        let active = self.active();
        request_animation_frame(move || {
            let id = active.try_get_untracked().flatten();
            if let Some(option) = id.and_then(|id| document().get_element_by_id(&id)) {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                option.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    }
}

/// The list of things found.
#[component]
pub fn Suggestions(
    /// What was found.
    finder: Finder,
    /// The id of the list.
    id: &'static str,
    /// Run when one was opened.
    #[prop(optional, into)]
    on_open: Option<Callback<()>>,
) -> impl IntoView {
    let options = move || {
        let found = finder.found.get();
        let option = |(at, one): (usize, Suggestion)| {
            let href = one.href;
            let selected = move || (finder.chosen.get() == Some(at)).to_string();
            let click = move |_| {
                finder.open(&href);
                if let Some(act) = on_open {
                    act.run(());
                }
            };
            view! {
                <li
                    role="option"
                    id=format!("{}-{at}", finder.id)
                    aria-selected=selected
                    // The field keeps the focus.
                    on:mousedown=|event| event.prevent_default()
                    on:click=click
                >
                    <Icon of=one.icon />
                    <span class="name">{one.name}</span>
                    <span class="hint">{one.hint}</span>
                </li>
            }
        };
        found.into_iter().enumerate().map(option).collect_view()
    };
    view! {
        <ul class="suggestions" role="listbox" id=id aria-label="Found">
            {options}
        </ul>
    }
    .into_any()
}
