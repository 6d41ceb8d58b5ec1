//! A stream of server-sent events that a page follows. Without JavaScript a page is right at each reload.
//!
//! - It is open only while the page is in sight: a browser has few connections to one host, and a stream holds one.
//! - The browser reconnects by itself and tells which event it saw last; after an answer that is no stream (a proxy's, while Slipway
//!   starts) it does not, so that is done here: as soon as Slipway answers again, and after a pause that doubles where it answers and
//!   sends nothing.
//! - Where Slipway cannot serve, the banner of the frame says so ([`super::contact`]) until it can or the stream is open again.

use std::rc::Rc;

use leptos::prelude::*;

/// What a page does with an event, by the event's name. It is given the data; "open" comes each time that the stream is opened.
pub type Events = Vec<(&'static str, Rc<dyn Fn(&str)>)>;

/// Follows the stream at `address`, which is asked for each time that it is opened, until nothing comes any more (`over`). Gives whether
/// Slipway answers and yet sends nothing: whoever looks is signed out, or has too many streams open.
#[cfg(feature = "hydrate")]
pub fn follow(
    address: impl Fn() -> String + 'static,
    over: RwSignal<bool>,
    events: Events,
) -> RwSignal<bool> {
    use std::time::Duration;

    use wasm_bindgen::closure::Closure;
    use wasm_bindgen::{JsCast, JsValue};
    use web_sys::{Event, EventSource, MessageEvent};

    use super::contact::{Contact, READY, does_answer, pause, wait};

    /// A shorter break is not worth a word: the browser asks again within 3 s.
    const PATIENCE: Duration = Duration::from_secs(5);
    /// The wait before what sends nothing is asked anew, doubled with each try in a row up to sixteen times.
    const PAUSE: Duration = Duration::from_secs(3);

    let contact = use_context::<Contact>();
    let refused = RwSignal::new(false);
    let again = RwSignal::new(());
    let failures = StoredValue::new(0_u32);
    // Counts how often the effect ran: what an earlier stream left behind has no say any more.
    let turn = StoredValue::new(0_u32);
    let in_sight = in_sight();
    let heard = move || {
        refused.try_set(false);
        if let Some(contact) = contact {
            contact.heard();
        }
    };
    Effect::new(move |_| {
        again.track();
        let mine = turn.try_get_value().unwrap_or_default() + 1;
        turn.try_update_value(|turn| *turn = mine);
        if over.get() || !in_sight.get() {
            heard();
            return;
        }
        let Ok(source) = EventSource::new(&address()) else { return };
        let listeners: Vec<(&str, Closure<dyn FnMut(MessageEvent)>)> = events
            .iter()
            .map(|(name, act)| {
                let act = act.clone();
                let told = move |event: MessageEvent| act(&event.data().as_string().unwrap_or_default());
                (*name, Closure::new(told))
            })
            .collect();
        let open: Closure<dyn FnMut(Event)> = Closure::new(move |_| {
            failures.try_update_value(|failures| *failures = 0);
            heard();
        });
        let failed = {
            let source = source.clone();
            Closure::<dyn FnMut(Event)>::new(move |_| {
                let source = source.clone();
                leptos::task::spawn_local(async move {
                    // Until something else than a stream answers, the browser tries by itself.
                    let tries_itself = source.ready_state() == EventSource::CONNECTING;
                    if tries_itself {
                        wait(PATIENCE).await;
                    }
                    let state = source.ready_state();
                    // It may have come back meanwhile, been opened anew, or failed for good, which is told by itself.
                    let is_silent = || turn.try_get_value() == Some(mine) && source.ready_state() == state;
                    if state == EventSource::OPEN || (tries_itself && state == EventSource::CLOSED) {
                        return;
                    }
                    let answers = does_answer(READY).await;
                    if !is_silent() {
                        return;
                    }
                    refused.try_set(answers);
                    match (contact, answers) {
                        (Some(contact), true) => contact.heard(),
                        (Some(contact), false) => contact.lost(),
                        (None, _) => {}
                    }
                    if tries_itself {
                        return;
                    }
                    if answers {
                        let failed = failures.try_get_value().unwrap_or_default();
                        failures.try_update_value(|failures| *failures += 1);
                        wait(PAUSE * 2_u32.pow(failed.min(4))).await;
                    } else {
                        loop {
                            pause().await;
                            if !is_silent() {
                                return;
                            }
                            if does_answer(READY).await {
                                break;
                            }
                        }
                        failures.try_update_value(|failures| *failures = 0);
                    }
                    if is_silent() {
                        again.try_set(());
                    }
                });
            })
        };
        let mut all: Vec<(&str, &JsValue)> = vec![("open", open.as_ref()), ("error", failed.as_ref())];
        for (name, act) in &listeners {
            all.push((*name, act.as_ref()));
        }
        for (name, act) in all {
            if source.add_event_listener_with_callback(name, act.unchecked_ref()).is_err() {
                source.close();
                return;
            }
        }
        let kept = StoredValue::new_local((source, listeners, open, failed));
        on_cleanup(move || {
            kept.try_with_value(|(source, ..)| source.close());
        });
    });
    // The next page may follow nothing, and would never take the banner back.
    on_cleanup(move || {
        if let Some(contact) = contact {
            contact.heard();
        }
    });
    refused
}

/// On the server nothing is followed.
#[cfg(not(feature = "hydrate"))]
pub fn follow(
    _address: impl Fn() -> String + 'static,
    _over: RwSignal<bool>,
    _events: Events,
) -> RwSignal<bool> {
    RwSignal::new(false)
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
