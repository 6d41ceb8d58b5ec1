//! The tab "Environments" on the page of an entity.

use leptos::children::ViewFn;
use leptos::prelude::*;

use super::functions::environments;
use super::list_page::EnvironmentTable;
use crate::ui::prelude::*;

/// The environments of the entity in `open`, read while the tab is open.
pub fn tab(open: Signal<Option<String>>) -> ViewFn {
    let list = Resource::new(
        move || (open.get(), changes().get()),
        |(entity, _)| async move {
            match entity {
                Some(entity) => {
                    environments(false, false, None, Some(entity), None).await.map(|list| list.rows)
                }
                None => Ok(Vec::new()),
            }
        },
    );
    ViewFn::from(move || {
        view! {
            <Transition fallback=|| view! { <Skeleton lines=4 rows=true /> }>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(rows) if rows.is_empty() => {
                            view! { <EmptyState why="No environments of this component are alive" icon=Glyph::Environment /> }.into_any()
                        }
                        Ok(rows) => view! { <Card flush=true><EnvironmentTable rows=rows /></Card> }.into_any(),
                        Err(error) => failed("The environments could not be read", &error),
                    }
                })}
            </Transition>
        }
    })
}
