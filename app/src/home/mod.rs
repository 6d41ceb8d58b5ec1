//! `/`: what to do first, what needs me, my environments.

mod attention;
mod first_steps;
pub mod functions;
#[cfg(feature = "ssr")]
mod read;

use leptos::prelude::*;

use crate::environments::functions::environments;
use crate::environments::list_page::EnvironmentTable;
use crate::environments::view::EnvironmentList;
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;
use functions::{HomeView, home};

lazy_page!(HomePage in environments, view);

fn view() -> AnyView {
    let around = Resource::new(move || changes().get(), |_| home());
    let mine = Resource::new(move || changes().get(), |_| environments(true, false, None, None, None));
    let actions = || {
        view! {
            <LinkButton href="/environments/new" kind=ButtonKind::Primary icon=Glyph::Plus>
                "Request environment"
            </LinkButton>
        }
    };
    view! {
        <Page title="Home" icon=Glyph::Home actions=actions>
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
        let request = || view! { <LinkButton href="/environments/new">"Request one"</LinkButton> };
        return view! {
            <EmptyState
                why="You have no environments"
                icon=Glyph::Environment
                text="An environment runs a service of yours in a closed namespace, for as long as you say."
                action=request
            />
        }
        .into_any();
    }
    view! {
        <Card title="My environments" flush=true>
            <EnvironmentTable rows=list.rows />
        </Card>
    }
    .into_any()
}
