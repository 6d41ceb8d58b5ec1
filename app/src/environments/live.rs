//! Follows an environment by server-sent events. Without JavaScript the page is right at each reload.

use leptos::prelude::*;

use super::view::EnvironmentView;

/// Keeps `view` up to date while the page is open. In the browser only.
#[cfg(not(feature = "hydrate"))]
pub fn follow(_view: RwSignal<EnvironmentView>) -> RwSignal<bool> {
    RwSignal::new(false)
}

/// Keeps `view` up to date while the page is open and in sight: a browser has few connections to one host,
/// and a stream holds one. The browser reconnects by itself and tells which event it saw last; after an
/// answer that is no stream (a proxy's, while Slipway starts) it does not, so that is done here. Gives
/// whether nothing was heard for a while, since what the page shows may then be old.
#[cfg(feature = "hydrate")]
pub fn follow(view: RwSignal<EnvironmentView>) -> RwSignal<bool> {
    use std::time::Duration;

    use domain::ids::StepId;
    use serde::Deserialize;
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
    use web_sys::{Event, EventSource, MessageEvent};

    use super::view::LogLine;

    #[derive(Deserialize)]
    struct Lines {
        step: StepId,
        lines: Vec<LogLine>,
    }

    fn on<T: serde::de::DeserializeOwned + 'static>(
        act: impl Fn(T) + 'static,
    ) -> Closure<dyn FnMut(MessageEvent)> {
        Closure::new(move |event: MessageEvent| {
            let data = event.data().as_string().unwrap_or_default();
            match serde_json::from_str::<T>(&data) {
                Ok(value) => act(value),
                Err(error) => leptos::logging::warn!("an event could not be read: {error}"),
            }
        })
    }

    /// A shorter break is not worth a word: the browser asks again within 3 s.
    const PATIENCE: Duration = Duration::from_secs(5);
    /// The wait before it is asked anew, doubled with each try up to sixteen times.
    const PAUSE: Duration = Duration::from_secs(3);

    let lost = RwSignal::new(false);
    let tries = RwSignal::new(0_u32);
    // Whether nothing comes any more.
    let over = RwSignal::new(view.with_untracked(|view| view.row.state.is_end()));
    let in_sight = in_sight();
    Effect::new(move |_| {
        let tried = tries.get();
        if over.get() || !in_sight.get() {
            lost.set(false);
            return;
        }
        // Where it goes on, so that a page that comes into sight again misses no line.
        let (id, position) = view.with_untracked(|view| {
            let steps = view.operation.iter().flat_map(|operation| &operation.steps);
            let seen =
                steps.filter_map(|step| Some(format!("{}:{}", step.id, step.lines.last()?.number + 1)));
            (view.row.id, seen.collect::<Vec<_>>().join(","))
        });
        let Ok(source) = EventSource::new(&format!("/live/environments/{id}?from={position}")) else {
            return;
        };
        let page = on(move |mut page: EnvironmentView| {
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
        let lines = on(move |news: Lines| {
            view.try_update(|view| {
                let steps = view.operation.iter_mut().flat_map(|operation| &mut operation.steps);
                for step in steps.filter(|step| step.id == news.step) {
                    let next = step.lines.last().map_or(0, |line| line.number + 1);
                    step.lines.extend(news.lines.iter().filter(|line| line.number >= next).cloned());
                }
            });
        });
        let open: Closure<dyn FnMut(Event)> = Closure::new(move |_| {
            lost.try_set(false);
        });
        // It comes after the last lines, which come after the page that says so.
        let end: Closure<dyn FnMut(Event)> = Closure::new(move |_| {
            over.try_set(true);
        });
        let failed = {
            let source = source.clone();
            Closure::<dyn FnMut(Event)>::new(move |_| {
                if source.ready_state() == EventSource::CLOSED {
                    lost.try_set(true);
                    let again = move || {
                        tries.try_update(|tries| *tries += 1);
                    };
                    set_timeout(again, PAUSE * 2_u32.pow(tried.min(4)));
                } else {
                    let source = source.clone();
                    let look = move || {
                        if source.ready_state() == EventSource::CONNECTING {
                            lost.try_set(true);
                        }
                    };
                    set_timeout(look, PATIENCE);
                }
            })
        };
        for (name, act) in [
            ("page", page.as_ref()),
            ("lines", lines.as_ref()),
            ("end", end.as_ref()),
            ("open", open.as_ref()),
            ("error", failed.as_ref()),
        ] {
            if source.add_event_listener_with_callback(name, act.unchecked_ref()).is_err() {
                source.close();
                return;
            }
        }
        let kept = StoredValue::new_local((source, page, lines, open, end, failed));
        on_cleanup(move || {
            kept.try_with_value(|(source, ..)| source.close());
        });
    });
    lost
}

/// Whether the page is in sight: one in a tab behind another is not.
#[cfg(feature = "hydrate")]
fn in_sight() -> RwSignal<bool> {
    let look = || document().visibility_state() == web_sys::VisibilityState::Visible;
    let seen = RwSignal::new(look());
    let listener = window_event_listener_untyped("visibilitychange", move |_| {
        seen.try_set(look());
    });
    on_cleanup(move || listener.remove());
    seen
}
