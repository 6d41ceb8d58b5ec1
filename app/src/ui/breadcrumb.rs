//! Where one is.

use leptos::prelude::*;

/// A step of the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// Its name.
    pub label: String,
    /// Its address; the last step has none.
    pub href: Option<String>,
}

impl Crumb {
    /// A step that can be gone back to.
    pub fn to(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: Some(href.into()) }
    }

    /// The page itself.
    pub fn here(label: impl Into<String>) -> Self {
        Self { label: label.into(), href: None }
    }
}

/// The way from a room to the page.
#[component]
pub fn Breadcrumb(
    /// The steps, the page itself last.
    crumbs: Vec<Crumb>,
    /// Read by screen readers.
    #[prop(default = "Breadcrumb".to_owned(), into)]
    label: String,
) -> impl IntoView {
    let steps: Vec<_> = crumbs
        .into_iter()
        .map(|crumb| match crumb.href {
            Some(href) => view! { <li><a href=href>{crumb.label}</a></li> }.into_any(),
            None => view! { <li><span aria-current="page">{crumb.label}</span></li> }.into_any(),
        })
        .collect();
    view! { <nav class="breadcrumb" aria-label=label><ol>{steps}</ol></nav> }.into_any()
}
