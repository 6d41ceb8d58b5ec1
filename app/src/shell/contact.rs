//! Whether Slipway answers. Whoever follows a stream says in one banner that it does not, until it answers again. Whoever waits for the
//! code of a page asks too, and says it elsewhere: a page that is awake in passing, one that is not by its script, in the same banner.

use std::time::Duration;

use futures::channel::oneshot;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response};

/// Between two looks whether Slipway answers again.
const PAUSE: Duration = Duration::from_secs(3);

/// Asked whether Slipway can serve. While the database is away the process itself still answers, and no page does.
pub const READY: &str = "/readyz";

/// The id of the banner. The script that wakes the page up shows it too, where the code of the page could not be fetched.
pub const BANNER: &str = "unanswered";

/// The id of the banner that offers to load the page again. That script alone shows it.
pub const UNLOADED: &str = "unloaded";

/// The event that tells that script of a part of the code that could not be fetched.
pub const PART_MISSING: &str = "part-missing";

/// Whether Slipway answers.
#[derive(Clone, Copy)]
pub struct Contact(RwSignal<bool>);

impl Contact {
    /// Makes it reachable. The page that is made was answered.
    pub fn provide() {
        provide_context(Self(RwSignal::new(true)));
    }

    /// Whether it answers, as far as is known.
    pub fn answers(self) -> Signal<bool> {
        self.0.into()
    }

    /// It answered.
    pub fn heard(self) {
        self.say(true);
    }

    /// It did not.
    pub fn lost(self) {
        self.say(false);
    }

    fn say(self, answers: bool) {
        if self.0.try_get_untracked() == Some(!answers) {
            self.0.try_set(answers);
        }
    }
}

/// Whether something answers at the address, be it to say why there is nothing. A proxy that cannot reach Slipway answers with 502, 503 or
/// 504.
pub async fn does_answer(address: &str) -> bool {
    let init = RequestInit::new();
    init.set_method("HEAD");
    let answer = JsFuture::from(window().fetch_with_str_and_init(address, &init)).await;
    let answer = answer.ok().and_then(|answer| answer.dyn_into::<Response>().ok());
    answer.is_some_and(|answer| answer.status() < 500)
}

/// Waits until it is time to look again.
pub async fn pause() {
    wait(PAUSE).await;
}

/// Waits that long.
pub async fn wait(time: Duration) {
    let (end, ended) = oneshot::channel::<()>();
    set_timeout(move || drop(end), time);
    // An error means that the sender is gone, which is what is waited for.
    _ = ended.await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contact_is_lost_and_comes_back() {
        let owner = Owner::new();
        owner.set();
        let contact = Contact(RwSignal::new(true));
        assert!(contact.answers().get_untracked());
        contact.lost();
        contact.lost();
        assert!(!contact.answers().get_untracked());
        contact.heard();
        assert!(contact.answers().get_untracked());
    }
}
