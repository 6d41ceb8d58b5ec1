//! `/`: what to do first, what needs me, my environments.

mod attention;
mod first_steps;
pub mod functions;
#[cfg(feature = "ssr")]
mod read;

use leptos::prelude::*;

use crate::environments::ask;
use crate::environments::functions::environments;
use crate::environments::list_page::{EnvironmentTable, see_all};
use crate::environments::view::EnvironmentList;
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;
use functions::{HomeView, home};

lazy_page!(HomePage in environments, view);

fn view() -> AnyView {
    let around = Resource::new(move || changes().get(), |_| home());
    let mine = Resource::new(move || changes().get(), |_| environments(true, false, None, None, None));
    view! {
        <Page title="Home" icon=Glyph::Home actions=ask::button>
            <Transition fallback=|| view! { <Skeleton lines=4 rows=true /> }>
                {move || Suspend::new(async move {
                    let around = match around.await {
                        Ok(HomeView { first_steps, attention }) => {
                            view! { {first_steps.map(first_steps::panel)} {attention::panel(attention)} }.into_any()
                        }
                        Err(error) => failed("What needs you could not be read", &error),
                    };
                    let mine = match mine.await {
                        Ok(list) => my_environments(list),
                        Err(error) => failed("Your environments could not be read", &error),
                    };
                    view! { <div class="stack">{around} {mine}</div> }
                })}
            </Transition>
        </Page>
    }
    .into_any()
}

fn my_environments(list: EnvironmentList) -> AnyView {
    if list.rows.is_empty() {
        return ask::none_yet("You have no environments");
    }
    let all = see_all(&list, "/environments?mine=1");
    view! {
        <Card title="My environments" flush=true>
            <EnvironmentTable rows=list.rows />
            {all}
        </Card>
    }
    .into_any()
}
