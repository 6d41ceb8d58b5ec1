//! The tab "Environments" on the page of an entity.

use leptos::prelude::*;

use super::list_page::{EnvironmentTable, see_all};
use super::live;
use super::narrowed::Narrowed;
use crate::ui::prelude::*;

/// The environments of an entity, by its reference.
pub fn tab(entity: Signal<String>) -> AnyView {
    let news = live::news();
    let list = Resource::new(
        move || (entity.get(), changes().get(), news.count.get()),
        |(entity, ..)| Narrowed { entity: Some(entity), ..Narrowed::default() }.list(None),
    );
    let not_live = live::kept(news, list);
    view! {
        {not_live}
        <Transition fallback=|| view! { <Skeleton lines=4 rows=true /> }>
            {move || Suspend::new(async move {
                match list.await {
                    Ok(list) if list.rows.is_empty() => {
                        view! { <EmptyState why="This component has no environments" icon=Glyph::Environment /> }.into_any()
                    }
                    Ok(list) => {
                        let narrowed = Narrowed { entity: Some(entity.get_untracked()), ..Narrowed::default() };
                        let all = see_all(&list, &narrowed.href(None));
                        view! { <Card flush=true><EnvironmentTable rows=list.rows />{all}</Card> }.into_any()
                    }
                    Err(error) => failed("The environments could not be read", &error),
                }
            })}
        </Transition>
    }
    .into_any()
}
