//! What stands at the address of an environment that is not there.

use leptos::prelude::*;

use super::view::Named;
use crate::shell::not_found::{Near, NotFound};
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
            <Near links=links>
                <a href="/environments?ended=1">"All environments"</a>
                ", including destroyed ones."
            </Near>
        }
    };
    view! { <NotFound what=format!("the environment {asked}") near=near /> }.into_any()
}
