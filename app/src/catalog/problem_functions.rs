//! Server functions of findings.

use leptos::prelude::*;

use super::file_view::FilePageView;
use super::problem_view::ProblemList;

/// Files and documents that mention a text and that somebody should look at, of one source or of all. Everyone signed in.
#[server(prefix = "/do", endpoint = "catalog-problems")]
pub async fn catalog_problems(
    source: String,
    text: String,
    after: Option<String>,
) -> Result<ProblemList, ServerFnError> {
    use crate::request::{caller, platform, read_error};
    super::source_read::problems(&platform(), &caller(), &source, &text, after.as_deref())
        .await
        .map_err(read_error)
}

/// One file that was ever seen, with its documents; `None` where there is none of that id. Everyone signed in.
#[server(prefix = "/do", endpoint = "catalog-file")]
pub async fn catalog_file(id: String) -> Result<Option<FilePageView>, ServerFnError> {
    use crate::request::{caller, found, platform};
    found(super::file_read::file(&platform(), &caller(), &id).await)
}
