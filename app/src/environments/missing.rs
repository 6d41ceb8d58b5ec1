//! What stands at the address of an environment that is not there.

use leptos::prelude::*;

use super::view::Named;
use crate::shell::not_found::{NotFound, SimilarNames};
use crate::ui::prelude::*;

/// The page, with the environments that are called so and the way to all of them.
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
        view! {
            <div class="environments-near stack">
                <SimilarNames links=links />
                <p>
                    <a href="/environments?ended=1">"All environments"</a>
                    ", including destroyed ones."
                </p>
            </div>
        }
    };
    view! { <NotFound what=format!("the environment {asked}") near=near /> }.into_any()
}
