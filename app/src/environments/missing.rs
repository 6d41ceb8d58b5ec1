//! What stands at the address of an environment that is not there.

use leptos::prelude::*;

use super::view::Named;
use crate::shell::not_found::{Near, NotFound, Section};
use crate::ui::prelude::*;

/// The page, with the environments that are called so.
pub fn page(asked: String, near: Vec<Named>) -> AnyView {
    let near = move || {
        let links: Vec<_> = near
            .into_iter()
            .map(|one| {
                let href = format!("/environments/{}", one.value);
                view! {
                    <li>
                        <Icon of=Glyph::Environment class="faint" />
                        <a class="link" href=href>
                            {one.label}
                        </a>
                    </li>
                }
                .into_any()
            })
            .collect();
        view! { <Near links=links /> }
    };
    let (href, words) = ("/environments", "All environments");
    let section = Section::new(Vec::new(), "Environments", href, words, Glyph::Environment);
    // An environment is never renamed, and its page stays when it has ended.
    let text = "The address may be mistyped or incomplete.";
    view! { <NotFound what=format!("the environment {asked}") text=text section=section near=near /> }
        .into_any()
}
