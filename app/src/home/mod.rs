//! `/`: what to do first, which clusters do not work or need a new token, what needs me, what of the teams that I lead needs somebody, my
//! environments. It is read anew when an environment changes.

mod attention;
mod first_steps;
pub mod functions;
#[cfg(feature = "ssr")]
mod read;

use domain::ids::EnvironmentId;
use futures::future::join;
use leptos::prelude::*;

use crate::environments::list_page::{EnvironmentTable, see_all};
use crate::environments::narrowed::Narrowed;
use crate::environments::view::EnvironmentList;
use crate::environments::{ask, live};
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;
use functions::{HomeView, home};

lazy_page!(HomePage in environments, view);

fn view() -> AnyView {
    let news = live::news();
    // Both at once: the focus is given back to its row when all rows are drawn.
    let page = Resource::new(
        move || (changes().get(), news.count.get()),
        |_| join(home(), Narrowed { mine: true, ..Narrowed::default() }.list(None)),
    );
    let not_live = live::kept(news, page);
    view! {
        <Page title="Home" icon=Glyph::Home actions=ask::button>
            {not_live}
            <Transition fallback=|| view! { <Skeleton lines=4 rows=true /> }>
                {move || Suspend::new(async move {
                    let (around, mine) = page.await;
                    let mut told = Vec::new();
                    let around = match around {
                        Ok(HomeView { first_steps, clusters_down, tokens_ending, attention, of_teams }) => {
                            told.extend(attention.iter().map(|one| one.row.id));
                            view! {
                                {first_steps.map(first_steps::panel)}
                                {attention::clusters_down(&clusters_down)}
                                {attention::tokens_ending(&tokens_ending)}
                                {attention::panel(attention)}
                                {of_teams.map(attention::panel_of_teams)}
                            }
                            .into_any()
                        }
                        Err(error) => failed("What needs you could not be read", &error),
                    };
                    let mine = match mine {
                        Ok(list) => my_environments(list, told),
                        Err(error) => failed("Your environments could not be read", &error),
                    };
                    view! { <div class="stack">{around} {mine}</div> }
                })}
            </Transition>
        </Page>
    }
    .into_any()
}

/// `told` are those that "Needs attention" says it of already.
fn my_environments(list: EnvironmentList, told: Vec<EnvironmentId>) -> AnyView {
    if list.rows.is_empty() && list.all_ended {
        let ended = Narrowed { mine: true, ..Narrowed::default() }.only_ended();
        return ask::none_now(&ended.href(None));
    }
    if list.rows.is_empty() {
        return ask::none_yet("You have no environments");
    }
    let all = see_all(&list, "/environments?mine=1");
    view! {
        <Card title="My environments" flush=true>
            <EnvironmentTable rows=list.rows told=told own=true />
            {all}
        </Card>
    }
    .into_any()
}
