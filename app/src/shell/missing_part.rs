//! What happens where the code of a page cannot be fetched: the request was lost, or the open page is of a build that was replaced, whose
//! files are gone. A new document knows its own.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_url};
use leptos_router::location::Url;
use web_sys::Event;

use super::contact::{PART_MISSING, does_answer, pause};
use crate::ui::dom::{is_awake, leave};
use crate::ui::toast::Toasts;

const UNREACHABLE: &str = "This page could not be loaded: Slipway cannot be reached. \
                           What you see stays as it is; the page that you asked for opens when Slipway \
                           answers again";

/// Loads the page that the router leads to as a new document, as soon as Slipway answers. It never ends: so the page before stays until
/// then, and the router gives this up when somebody goes on to another one.
pub async fn load_document() {
    if is_awake() {
        wait_and_leave().await;
    } else {
        // This document shows everything and works without scripts.
        tell_the_document();
    }
    std::future::pending::<()>().await;
}

/// The script that wakes the page up tries again as it does where it lacks the first file: see [`super::document`].
fn tell_the_document() {
    let told = Event::new(PART_MISSING).and_then(|event| window().dispatch_event(&event));
    if told.is_err() {
        leptos::logging::warn!("a missing part cannot be told");
    }
}

async fn wait_and_leave() {
    let (toasts, wanted, current) = (use_context::<Toasts>(), use_url(), use_location().pathname);
    let mut said = false;
    while let Some(url) = wanted.try_get_untracked() {
        let address = address(&url);
        let answers = does_answer(&address).await;
        // The router forgets to give this up where it had given up another before.
        if current.get_untracked() != url.path() {
            return;
        }
        if answers {
            return leave(&address);
        }
        if let (false, Some(toasts)) = (said, toasts) {
            toasts.say(UNREACHABLE);
        }
        said = true;
        pause().await;
    }
}

/// The path and the query.
fn address(url: &Url) -> String {
    match url.search().trim_start_matches('?') {
        "" => url.path().to_owned(),
        query => format!("{}?{query}", url.path()),
    }
}
