//! What every page knows of its request. Gathered once on the server and carried to the browser, so that both render alike.

use domain::form::Flash;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::arrivals::Arrivals;
use super::contact::Contact;
use super::preferences::Preferences;
use super::viewer::Viewer;
use crate::ui::form::{Changes, FlashSlot};
use crate::ui::time::PageClock;
use crate::ui::toast::Toasts;

/// What every page knows of its request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageFacts {
    /// The time at which it was rendered, microseconds since the epoch, UTC.
    pub now: i64,
    /// Who looks at it.
    pub viewer: Option<Viewer>,
    /// How they want it to look.
    pub preferences: Preferences,
    /// What the form before left.
    pub flash: Option<Flash>,
    /// Whether browsers reach Slipway over plain HTTP on a network.
    pub insecure: bool,
}

impl PageFacts {
    /// Of the request that is answered.
    #[cfg(feature = "ssr")]
    fn of_request() -> Self {
        let platform = use_context::<std::sync::Arc<platform::Platform>>();
        Self {
            now: platform.map_or(0, |platform| platform.clock.now().as_microsecond()),
            viewer: Viewer::of_request(),
            preferences: Preferences::of_request(),
            flash: crate::request::part::<Flash>(),
            insecure: use_context::<Insecure>().is_some_and(|insecure| insecure.0),
        }
    }

    /// The server puts them into the page; without it there is nothing to know.
    #[cfg(not(feature = "ssr"))]
    fn of_request() -> Self {
        Self::default()
    }

    /// Makes the facts, and what rests on them, reachable for every page and part: [`Viewer`] (as `Option`), [`Preferences`] (as a signal),
    /// [`PageClock`], [`Toasts`], [`Changes`], [`FlashSlot`], [`Arrivals`], [`Contact`].
    pub fn provide() {
        let facts = SharedValue::new(Self::of_request).into_inner();
        PageClock::provide(facts.now);
        Toasts::provide(facts.flash.as_ref().and_then(|flash| flash.message.clone()));
        Changes::provide();
        Arrivals::provide();
        Contact::provide();
        provide_context(FlashSlot(RwSignal::new(facts.flash)));
        provide_context(RwSignal::new(facts.preferences));
        provide_context(facts.viewer);
        provide_context(Insecure(facts.insecure));
    }
}

/// Whether browsers reach Slipway over plain HTTP on a network.
#[derive(Clone, Copy, Debug)]
pub struct Insecure(pub bool);

/// Who looks at the page.
pub fn viewer() -> Option<Viewer> {
    use_context::<Option<Viewer>>().flatten()
}

/// Whether an administrator looks at the page.
pub fn is_administrator() -> bool {
    viewer().is_some_and(|viewer| viewer.administrator)
}

/// How they want it to look.
pub fn preferences() -> RwSignal<Preferences> {
    use_context().unwrap_or_default()
}
