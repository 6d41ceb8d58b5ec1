//! Follows environments by server-sent events: one on its page, all of them on a list, of which Home and the page of an entity have one too.

use std::rc::Rc;

use domain::ids::StepId;
use leptos::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::keep_focus;
use super::view::{EnvironmentView, LogLine};
use crate::shell::stream;
use crate::ui::prelude::*;

/// New lines of a step's log.
#[derive(Deserialize)]
struct Lines {
    step: StepId,
    lines: Vec<LogLine>,
}

/// Keeps `view` up to date while the page is open and in sight. Gives whether Slipway answers and yet sends nothing, since what the page
/// shows may then be old.
pub fn follow(view: RwSignal<EnvironmentView>) -> RwSignal<bool> {
    // Whether nothing comes any more.
    let over = RwSignal::new(view.with_untracked(|view| view.row.state.is_end()));
    // Where it goes on, so that a page that comes into sight again misses no line.
    let address = move || {
        let (id, position) = view.with_untracked(|view| {
            let steps = view.operation.iter().flat_map(|operation| &operation.steps);
            let seen =
                steps.filter_map(|step| Some(format!("{}:{}", step.id, step.lines.last()?.number + 1)));
            (view.row.id, seen.collect::<Vec<_>>().join(","))
        });
        format!("/live/environments/{id}?from={position}")
    };
    let page = read(move |mut page: EnvironmentView| {
        view.try_update(|view| {
            let before = view.operation.take();
            let lines_of = |id: StepId| {
                let steps = before.iter().flat_map(|operation| &operation.steps);
                steps.filter(|step| step.id == id).flat_map(|step| step.lines.clone()).collect::<Vec<_>>()
            };
            for step in page.operation.iter_mut().flat_map(|operation| &mut operation.steps) {
                step.lines = lines_of(step.id);
            }
            *view = page;
        });
    });
    let lines = read(move |news: Lines| {
        view.try_update(|view| {
            let steps = view.operation.iter_mut().flat_map(|operation| &mut operation.steps);
            for step in steps.filter(|step| step.id == news.step) {
                let next = step.lines.last().map_or(0, |line| line.number + 1);
                step.lines.extend(news.lines.iter().filter(|line| line.number >= next).cloned());
            }
        });
    });
    // It comes after the last lines, which come after the page that says so.
    let end: Rc<dyn Fn(&str)> = Rc::new(move |_| {
        over.try_set(true);
    });
    stream::follow(address, over, vec![("page", page), ("lines", lines), ("end", end)])
}

/// What a list of environments hears.
#[derive(Clone, Copy)]
pub struct News {
    /// Grows by one each time that the list is to be read anew.
    pub count: RwSignal<u64>,
    /// Slipway answers and yet sends nothing.
    pub refused: RwSignal<bool>,
}

/// Hears when an environment changed, while the list is open and in sight.
pub fn news() -> News {
    let count = RwSignal::new(0_u64);
    let opened = StoredValue::new(false);
    let more = move || {
        count.try_update(|count| *count += 1);
    };
    let changed: Rc<dyn Fn(&str)> = Rc::new(move |_| more());
    // What happened while nobody listened was missed; the list that came with the page is new.
    let open: Rc<dyn Fn(&str)> = Rc::new(move |_| match opened.try_get_value() {
        Some(false) => opened.set_value(true),
        Some(true) => more(),
        None => {}
    });
    let (address, never) = (|| "/live/environments".to_owned(), RwSignal::new(false));
    let refused = stream::follow(address, never, vec![("changed", changed), ("open", open)]);
    News { count, refused }
}

/// Has the focus stay with its row when `list` is read anew for these news. Gives what says that nothing is heard, while that is so.
pub fn kept(news: News, list: impl Track + Copy + 'static) -> AnyView {
    keep_focus::on_its_row(list);
    view! { <div role="status">{move || news.refused.get().then(not_live)}</div> }.into_any()
}

/// Says why a page is not live although Slipway answers.
pub fn not_live() -> impl IntoView {
    let text = "You are signed out, or you have too many live pages open. Slipway keeps trying. What you see may be out of date.";
    view! {
        <div class="next-line">
            <Banner title="This page is not live." text=text />
        </div>
    }
}

/// An act on an event whose data is JSON.
fn read<T: DeserializeOwned + 'static>(act: impl Fn(T) + 'static) -> Rc<dyn Fn(&str)> {
    Rc::new(move |data| match serde_json::from_str::<T>(data) {
        Ok(value) => act(value),
        Err(error) => leptos::logging::warn!("an event could not be read: {error}"),
    })
}
