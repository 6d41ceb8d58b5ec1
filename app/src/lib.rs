//! What people see: pages, components, server functions. Compiled twice: for the server, and for the browser.

// Views are nested types; in the browser's half the deepest needs more than the usual 128 steps to be laid out.
#![recursion_limit = "256"]

pub mod catalog;
pub mod clusters;
mod commands;
pub mod environments;
pub mod home;
pub mod people;
#[cfg(feature = "ssr")]
pub mod request;
pub mod settings;
pub mod shell;
mod style_page;
pub mod ui;

use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{Lazy, SsrMode, path};

use shell::facts::{PageFacts, viewer};
use shell::frame::{Frame, Framed};
use shell::not_found::NotFound;

#[cfg(feature = "ssr")]
pub use shell::document::shell;
pub use shell::document::{AssetNames, ShellFacts};

/// Pages that anybody may open.
pub const PUBLIC_PAGES: &[&str] = &["/sign-in", "/welcome/{link}", "/reset/{link}"];
/// Server functions that anybody may call.
pub const PUBLIC_FORMS: &[&str] = &[
    "/do/sign-in",
    "/do/first-start",
    "/do/accept-invitation",
    "/do/invitation",
    "/do/reset",
    "/do/reset-password",
];

// What the page of an entity shows of other rooms is put together here, so that the catalog knows nothing of environments.
shell::lazy::lazy_page!(EntityPage in catalog, entity_page);

fn entity_page() -> AnyView {
    catalog::entity_page::view(environments::of_entity::tab)
}

// So is what the list shows where words also mean environments.
shell::lazy::lazy_page!(CatalogPage in catalog, catalog_page);

fn catalog_page() -> AnyView {
    catalog::list_page::view(environments::suggest::also)
}

// So is what the page of one's account shows of the record.
shell::lazy::lazy_page!(AccountPage in settings, account_page);

fn account_page() -> AnyView {
    people::account_page::view(settings::own_audit::section)
}

/// The whole application. Every route is rendered whole before it is sent (`SsrMode::Async`): so its status is right, and it needs no
/// JavaScript to be read.
#[component]
pub fn App() -> impl IntoView {
    leptos_meta::provide_meta_context();
    PageFacts::provide();
    let nowhere = || {
        view! {
            <Framed>
                <NotFound />
            </Framed>
        }
    };
    view! {
        <Router>
            <Routes fallback=nowhere>
                <Route path=path!("/sign-in") view={Lazy::<people::sign_in_page::SignInPage>::new()} ssr=SsrMode::Async />
                <Route path=path!("/welcome/:link") view={Lazy::<people::welcome_page::WelcomePage>::new()} ssr=SsrMode::Async />
                <Route path=path!("/reset/:link") view={Lazy::<people::reset_page::ResetPage>::new()} ssr=SsrMode::Async />
                <ParentRoute path=path!("") view=frame ssr=SsrMode::Async>
                    <Route path=path!("/") view={Lazy::<home::HomePage>::new()} ssr=SsrMode::Async />
                    <Route
                        path=path!("/account")
                        view={Lazy::<AccountPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/settings/people")
                        view={Lazy::<people::accounts_page::AccountsPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/settings/people/:id")
                        view={Lazy::<people::person_page::PersonPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/catalog")
                        view={Lazy::<CatalogPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/catalog/problems")
                        view={Lazy::<catalog::ProblemsPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/catalog/files/:id")
                        view={Lazy::<catalog::FilePage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/catalog/:kind/:namespace/:name")
                        view={Lazy::<EntityPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/catalog/:kind/:namespace/:name/remove")
                        view={Lazy::<catalog::RemoveOrphanPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/catalog/orphans/remove")
                        view={Lazy::<catalog::RemoveOrphansPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/settings/sources")
                        view={Lazy::<catalog::SourcesPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/settings/sources/new")
                        view={Lazy::<catalog::NewSourcePage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/settings/sources/:id")
                        view={Lazy::<catalog::SourcePage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/settings/sources/:id/remove")
                        view={Lazy::<catalog::RemoveSourcePage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/environments")
                        view={Lazy::<environments::list_page::EnvironmentsPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/environments/new")
                        view={Lazy::<environments::request_page::ChooseBlueprintPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/environments/new/:blueprint")
                        view={Lazy::<environments::request_page::RequestPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/environments/:id")
                        view={Lazy::<environments::detail_page::EnvironmentPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/environments/:id/extend")
                        view={Lazy::<environments::confirm_pages::ExtendPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/environments/:id/destroy")
                        view={Lazy::<environments::confirm_pages::DestroyPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/environments/:id/give-up")
                        view={Lazy::<environments::give_up_page::GiveUpPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/settings")
                        view={Lazy::<settings::index_page::SettingsPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/settings/clusters")
                        view={Lazy::<clusters::list_page::ClustersPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/settings/clusters/new")
                        view={Lazy::<clusters::connect_page::ConnectClusterPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/settings/clusters/:id")
                        view={Lazy::<clusters::detail_page::ClusterPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/settings/clusters/:id/remove")
                        view={Lazy::<clusters::remove_page::RemoveClusterPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/settings/blueprints")
                        view={Lazy::<settings::blueprints_page::BlueprintsPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/settings/blueprints/new")
                        view={Lazy::<settings::publish_page::PublishBlueprintPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/settings/blueprints/:id")
                        view={Lazy::<settings::blueprint_page::BlueprintPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/settings/blueprints/:id/withdraw")
                        view={Lazy::<settings::withdraw_page::WithdrawBlueprintPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/settings/audit")
                        view={Lazy::<settings::audit_page::AuditPage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/settings/queue")
                        view={Lazy::<settings::queue_page::QueuePage>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=path!("/style")
                        view={Lazy::<style_page::StylePage>::new()}
                        ssr=SsrMode::Async
                    />
                </ParentRoute>
            </Routes>
        </Router>
    }
    .into_any()
}

/// What stands around every page, with what its search and its palette find in the rooms.
fn frame() -> impl IntoView {
    let (suggest, commands) = (catalog::suggest::entities(), commands::commands(viewer().as_ref()));
    let jump = suggest.clone().and(environments::suggest::environments());
    let suggest = suggest.and(environments::suggest::pages());
    view! { <Frame suggest=suggest jump=jump commands=commands /> }
}

/// Wakes the page up in the browser.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    ui::dom::leave_links_to_the_browser();
    hydrate_lazy(App);
}
