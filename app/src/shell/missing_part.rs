//! What happens where the code of a page cannot be fetched: the request was lost, or the open page is of a build that was replaced, whose
//! files are gone. A new document knows its own.

use std::time::Duration;

use futures::channel::oneshot;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_url};
use leptos_router::location::Url;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response};

use crate::ui::dom::{is_awake, leave};
use crate::ui::toast::Toasts;

/// Between two looks whether Slipway answers again.
const PAUSE: Duration = Duration::from_secs(3);

const UNREACHABLE: &str = "This page could not be loaded: Slipway cannot be reached. \
                           What you see stays as it is; the page that you asked for opens when Slipway \
                           answers again";

/// Loads the page that the router leads to as a new document, as soon as Slipway answers. It never ends: so the page before stays until
/// then, and the router gives this up when somebody goes on to another one.
pub async fn load_document() {
    if is_awake() {
        wait_and_leave().await;
    } else {
        // This document shows everything and works without scripts; loading it once more might go on for ever.
        leptos::logging::warn!("the code of this page could not be fetched: it goes on without scripts");
    }
    std::future::pending::<()>().await;
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

/// Whether there is a document at the address, be it one that says why there is nothing else. A proxy that cannot reach Slipway answers
/// with 502, 503 or 504.
async fn does_answer(address: &str) -> bool {
    let init = RequestInit::new();
    init.set_method("HEAD");
    let answer = JsFuture::from(window().fetch_with_str_and_init(address, &init)).await;
    let answer = answer.ok().and_then(|answer| answer.dyn_into::<Response>().ok());
    answer.is_some_and(|answer| answer.status() < 500)
}

async fn pause() {
    let (end, ended) = oneshot::channel::<()>();
    set_timeout(move || drop(end), PAUSE);
    // An error means that the sender is gone, which is what is waited for.
    _ = ended.await;
}
