//! What the forms of this page have changed, so that whatever shows it is read again.

use leptos::prelude::*;

/// A press that comes this soon after a row's form was done is the second half of a double click, in milliseconds.
const DOUBLE_CLICK: f64 = 500.0;

/// How many changes this page has made. Whatever shows what a form changes reads it as the source of its resource:
/// `Resource::new(move || changes.get(), |_| accounts())`.
#[derive(Clone, Copy)]
pub struct Changes {
    count: RwSignal<u64>,
    last: StoredValue<Option<Done>>,
}

/// The form that was done last.
#[derive(Clone, Copy)]
struct Done {
    action: &'static str,
    at: f64,
}

impl Changes {
    /// Counts from nought.
    pub fn provide() {
        provide_context(Self { count: RwSignal::new(0), last: StoredValue::new(None) });
    }

    /// Says that a form changed something, so that what shows it is read again.
    pub(super) fn note(self, action: &'static str) {
        self.last.set_value(Some(Done { action, at: js_sys::Date::now() }));
        self.count.update(|count| *count += 1);
    }

    /// Has everything be read again, though nothing of this page changed it.
    pub(super) fn read_again(self) {
        self.count.try_update(|count| *count += 1);
    }

    /// Whether a form of the same action was done a moment ago. Its row may be gone by now, and the next one stand under the pointer.
    pub(super) fn has_just(self, action: &'static str) -> bool {
        self.last.get_value().is_some_and(|last| last.is_the_same_press(action, js_sys::Date::now()))
    }
}

impl Done {
    /// A clock that was set back meanwhile ends the time as well.
    fn is_the_same_press(self, action: &str, now: f64) -> bool {
        self.action == action && (0.0..DOUBLE_CLICK).contains(&(now - self.at))
    }
}

/// See [`Changes`].
pub fn changes() -> Signal<u64> {
    use_context::<Changes>().map(|changes| changes.count.into()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_double_click_does_not_reach_the_next_row() {
        let done = Done { action: "/do/end-session", at: 1_000.0 };
        assert!(done.is_the_same_press("/do/end-session", 1_000.0));
        assert!(done.is_the_same_press("/do/end-session", 1_499.0));
        assert!(!done.is_the_same_press("/do/end-session", 1_500.0));
        assert!(!done.is_the_same_press("/do/end-session", 900.0), "the clock was set back");
        assert!(!done.is_the_same_press("/do/change-password", 1_100.0), "another form is no row of these");
    }
}
