//! Empty, error, loading, banners, toasts.

use leptos::prelude::*;

use super::Shown;
use crate::ui::prelude::*;

pub fn show(_theme: &'static str) -> AnyView {
    let toasts = use_context::<Toasts>();
    let say = Callback::new(move |()| {
        if let Some(toasts) = toasts {
            toasts.say("payments-pr-311 now lives until 29 November");
        }
    });
    view! {
        <Shown name="Banner">
            <div class="stack">
                <Banner
                    title="Nobody is connected to prod-k8s-2."
                    text="Its token ran out on 22 November."
                    action=("/style".to_owned(), "Renew it".to_owned())
                />
                <Banner state=State::Bad title="The disk is nearly full." text="Logs are no longer kept." />
                <Banner state=State::Busy title="Reading 41 repositories." text="Names may be missing for a minute." />
                <Banner state=State::Off title="This environment has ended." />
            </div>
        </Shown>
        <Shown name="Empty">
            <div class="card">
                <EmptyState
                    why="Nothing matches these filters"
                    text="203 services are in the catalog."
                    icon=Glyph::Search
                    action=|| view! { <LinkButton href="/style">"Clear the filters"</LinkButton> }
                />
            </div>
        </Shown>
        <Shown name="Error">
            <div class="card">
                <ErrorState
                    what="The logs could not be read"
                    text="They are kept; the store does not answer. Try again in a moment."
                    id="0195-7c2e"
                    action=|| {
                        view! {
                            <LinkButton href="/style" icon=Glyph::Refresh>
                                "Try again"
                            </LinkButton>
                        }
                    }
                />
            </div>
        </Shown>
        <Shown name="Loading, after 150 ms">
            <div class="card">
                <Skeleton />
            </div>
            <div class="card">
                <Skeleton rows=true lines=3 />
            </div>
        </Shown>
        <Shown name="Toast">
            <Button on_click=say>"Say something in passing"</Button>
        </Shown>
    }
    .into_any()
}
