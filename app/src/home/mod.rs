//! `/`: what to do first, what needs me, what of the teams that I lead needs somebody, my environments.

mod attention;
mod first_steps;
pub mod functions;
#[cfg(feature = "ssr")]
mod read;

use leptos::prelude::*;

use crate::environments::ask;
use crate::environments::list_page::{EnvironmentTable, see_all};
use crate::environments::narrowed::Narrowed;
use crate::environments::view::EnvironmentList;
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;
use functions::{HomeView, home};

lazy_page!(HomePage in environments, view);

fn view() -> AnyView {
    let around = Resource::new(move || changes().get(), |_| home());
    let mine =
        Resource::new(move || changes().get(), |_| Narrowed { mine: true, ..Narrowed::default() }.list(None));
    view! {
        <Page title="Home" icon=Glyph::Home actions=ask::button>
            <Transition fallback=|| view! { <Skeleton lines=4 rows=true /> }>
                {move || Suspend::new(async move {
                    let around = match around.await {
                        Ok(HomeView { first_steps, attention, of_teams }) => {
                            view! {
                                {first_steps.map(first_steps::panel)}
                                {attention::panel(attention)}
                                {of_teams.map(attention::panel_of_teams)}
                            }
                            .into_any()
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
    if list.rows.is_empty() && list.all_ended {
        return ask::none_now("/environments?mine=1&ended=1");
    }
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
