//! Server functions of the list.

use leptos::prelude::*;

use super::list_view::CatalogList;

/// A page of the list; `search` is what stands in its address after the `?`. Everyone signed in.
#[server(prefix = "/do", endpoint = "catalog")]
pub async fn list_catalog(search: String) -> Result<CatalogList, ServerFnError> {
    use crate::request::{caller, platform, read_error};
    let address = super::address::ListAddress::parse(&search);
    super::list_read::list(&platform(), &caller(), &address).await.map_err(read_error)
}
