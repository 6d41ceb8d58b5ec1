//! `/`: my environments, and what to do first.

use leptos::prelude::*;

use crate::environments::functions::environments;
use crate::environments::list_page::EnvironmentTable;
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(HomePage in environments, view);

fn view() -> AnyView {
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
                    match mine.await {
                        Ok(list) if list.rows.is_empty() => {
                            let request = || {
                                view! { <LinkButton href="/environments/new">"Request one"</LinkButton> }
                            };
                            view! {
                                <EmptyState
                                    why="You have no environments"
                                    icon=Glyph::Environment
                                    text="An environment runs a service of yours in a closed namespace, for as long as you say."
                                    action=request
                                />
                            }
                                .into_any()
                        }
                        Ok(list) => {
                            view! {
                                <Card title="My environments" flush=true>
                                    <EnvironmentTable rows=list.rows />
                                </Card>
                            }
                                .into_any()
                        }
                        Err(error) => {
                            view! { <ErrorState what="Your environments could not be read" text=sentence(&error) /> }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </Page>
    }
    .into_any()
}
