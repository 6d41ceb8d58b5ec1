//! What people see: pages, components, server functions. Compiled twice: for the server, and for the browser.

pub mod environments;
pub mod people;
#[cfg(feature = "ssr")]
pub mod request;
mod shell;

use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

#[cfg(feature = "ssr")]
pub use shell::document::shell;
pub use shell::document::{AssetNames, ShellFacts};

/// Pages that anybody may open.
pub const PUBLIC_PAGES: &[&str] = &["/sign-in", "/welcome/{link}"];
/// Server functions that anybody may call.
pub const PUBLIC_FORMS: &[&str] = &["/do/sign-in", "/do/accept-invitation", "/do/invitation"];

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    leptos_meta::provide_meta_context();
    view! {
        <Router>
            <Routes fallback=|| "There is no such page">
                <Route path=path!("/") view=|| "Slipway" ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=|| "Sign in" ssr=SsrMode::Async />
                <Route path=path!("/welcome/:link") view=|| "Welcome" ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// Wakes the page up in the browser.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_lazy(App);
}
