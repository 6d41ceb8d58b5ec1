//! The one table of routes. axum lists none, so everything is registered here, and a test walks the table as every role.

use std::collections::HashMap;

use axum::Router;
use axum::routing::MethodRouter;

use crate::state::AppState;

/// Who gets through the door. What they may do behind it, the use case decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Whoever is signed in.
    SignedIn,
}

/// What kind of door a route is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// A page.
    Page,
    /// A server function: the page's own reads and forms.
    ServerFunction,
    /// A stream of events.
    Stream,
    /// A file that is made as it is asked for.
    Download,
    /// For whoever runs Slipway.
    Probe,
    /// A script, style, font or picture.
    Asset,
}

/// One route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// `GET`, `POST`.
    pub method: &'static str,
    /// With parameters in braces.
    pub path: String,
    /// What kind of door.
    pub door: Door,
    /// Who gets through.
    pub access: Access,
}

/// The access of each path, by its pattern.
pub type AccessTable = HashMap<String, Access>;

/// The table, with the router that is made of it.
#[derive(Default)]
pub struct Routes {
    router: Router<AppState>,
    table: Vec<Route>,
}

impl Routes {
    /// Registers a route.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that registers routes")]
    pub fn add(
        mut self,
        method: &'static str,
        path: impl Into<String>,
        door: Door,
        access: Access,
        handler: MethodRouter<AppState>,
    ) -> Self {
        let path = path.into();
        self.router = self.router.route(&path, handler);
        self.table.push(Route { method, path, door, access });
        self
    }

    /// The routes, in the order in which they were registered, for the test that walks them.
    #[cfg(test)]
    pub fn table(&self) -> &[Route] {
        &self.table
    }

    /// The access of each path.
    pub fn access(&self) -> AccessTable {
        self.table.iter().map(|route| (route.path.clone(), route.access)).collect()
    }

    /// The router.
    pub fn into_router(self) -> Router<AppState> {
        self.router
    }
}
