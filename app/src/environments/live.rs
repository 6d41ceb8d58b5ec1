//! Follows an environment by server-sent events. Without JavaScript the page is right at each reload.

use leptos::prelude::*;

use super::view::EnvironmentView;

/// Keeps `view` up to date while the page is open. In the browser only.
#[cfg(not(feature = "hydrate"))]
pub fn follow(_view: RwSignal<EnvironmentView>) {}

/// Keeps `view` up to date while the page is open. The browser reconnects by itself and tells which event it saw last.
#[cfg(feature = "hydrate")]
pub fn follow(view: RwSignal<EnvironmentView>) {
    use domain::ids::StepId;
    use serde::Deserialize;
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
    use web_sys::{EventSource, MessageEvent};

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

    Effect::new(move |_| {
        let (id, position) = view.with_untracked(|view| {
            let steps = view.operation.iter().flat_map(|operation| &operation.steps);
            let seen =
                steps.filter_map(|step| Some(format!("{}:{}", step.id, step.lines.last()?.number + 1)));
            (view.row.id, seen.collect::<Vec<_>>().join(","))
        });
        if view.with_untracked(|view| view.row.state.is_end()) {
            return;
        }
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
        let listen = |name: &str, act: &Closure<dyn FnMut(MessageEvent)>| {
            source.add_event_listener_with_callback(name, act.as_ref().unchecked_ref())
        };
        if listen("page", &page).is_err() || listen("lines", &lines).is_err() {
            source.close();
            return;
        }
        let kept = StoredValue::new_local((source, page, lines));
        on_cleanup(move || {
            kept.try_with_value(|(source, ..)| source.close());
        });
    });
}
