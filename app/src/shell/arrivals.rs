//! Tells whoever listens to the pages which one came. Of a new document the browser tells it; of a page within it nobody else would.

use leptos::prelude::*;
use leptos_router::hooks::use_url;

/// The page that came last, and what is said of it.
#[derive(Clone, Copy)]
pub struct Arrivals {
    path: StoredValue<Option<String>>,
    said: RwSignal<String>,
}

impl Arrivals {
    /// Makes them reachable.
    pub fn provide() {
        provide_context(Self::new());
    }

    fn new() -> Self {
        Self { path: StoredValue::new(None), said: RwSignal::new(String::new()) }
    }

    /// Takes down which page is there. One that came with the document, or was only made anew, is not said.
    fn note(self, path: String, title: &str) {
        let before = self.path.get_value();
        if before.is_some_and(|before| before != path) {
            self.said.set(title.to_owned());
        }
        self.path.set_value(Some(path));
    }
}

/// Says the title of the page that is made here, where it was gone to.
pub fn arrive(title: &str) {
    let Some(arrivals) = use_context::<Arrivals>() else { return };
    // The page's own address: that of the router is the next one's already while this page is still there.
    let (url, title) = (use_url(), title.to_owned());
    Effect::new(move |_| arrivals.note(url.with_untracked(|url| url.path().to_owned()), &title));
}

/// Where it is said. One a page, which stays while pages change.
#[component]
pub fn ArrivalLine() -> impl IntoView {
    let arrivals = use_context::<Arrivals>();
    view! {
        <p class="sr-only" role="status" aria-live="polite">
            {move || arrivals.map(|arrivals| arrivals.said.get())}
        </p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_that_was_gone_to_is_said() {
        let owner = Owner::new();
        owner.set();
        let arrivals = Arrivals::new();
        for (path, title, said) in [
            ("/", "Home", ""),
            ("/", "Home", ""),
            ("/catalog", "Catalog", "Catalog"),
            // Its own title changes with what it shows; that is said where it is shown.
            ("/catalog", "Catalog, filtered", "Catalog"),
            ("/", "Home", "Home"),
        ] {
            arrivals.note(path.to_owned(), title);
            assert_eq!(arrivals.said.get_untracked(), said, "{path} {title}");
        }
    }
}
