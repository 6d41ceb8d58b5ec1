//! Reads something again every few seconds while its page is open and in sight.

use std::time::Duration;

use leptos::prelude::*;

/// How often.
const EVERY: Duration = Duration::from_secs(5);

/// Grows by one each time that something is to be read again: in the browser, while the page is in sight and `paused` is off.
pub fn ticks(paused: RwSignal<bool>) -> Signal<u64> {
    let ticks = RwSignal::new(0_u64);
    Effect::new(move |_| {
        let tick = move || {
            let paused = paused.try_get_untracked().unwrap_or(true);
            if !paused && document().visibility_state() == web_sys::VisibilityState::Visible {
                ticks.try_update(|ticks| *ticks += 1);
            }
        };
        if let Ok(ticking) = set_interval_with_handle(tick, EVERY) {
            on_cleanup(move || ticking.clear());
        }
    });
    ticks.into()
}
