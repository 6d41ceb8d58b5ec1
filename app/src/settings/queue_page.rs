//! `/settings/queue`: what Slipway does in the background, what waits, what failed.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::functions::queue;
use super::queue_rows::{Counts, Jobs};
use super::view::{QueueFilter, QueueView, STATES, kind_words, state_words};
use super::{crumbs, failed, live};
use crate::shell::facts::is_administrator;
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(QueuePage in settings, view);

fn view() -> AnyView {
    let query = use_query_map();
    let filter = Memo::new(move |_| {
        let part = |name: &str| query.with(|query| query.get(name)).filter(|text| !text.is_empty());
        QueueFilter { state: part("state"), kind: part("kind"), after: part("after") }
    });
    let paused = RwSignal::new(false);
    let ticks = live::ticks(paused);
    let queue = Resource::new(
        move || (filter.get(), changes().get(), ticks.get()),
        |(filter, ..)| queue(filter.state, filter.kind, filter.after),
    );
    let actions = move || {
        let may = is_administrator();
        may.then(|| {
            view! {
                <span class="with-script">
                    <Pause paused=paused />
                </span>
                {move || {
                    view! {
                        <a class="button without-script" href=filter.get().href() rel="external">
                            <Icon of=Glyph::Refresh />
                            "Reload"
                        </a>
                    }
                }}
            }
        })
    };
    view! {
        <Page title="Queue" icon=Glyph::ListChecks crumbs=crumbs() actions=actions facts=|| view! { <span>"What Slipway does in the background. What became of an environment or of a source stands on its own page."</span> }>
            <Transition fallback=|| view! { <Skeleton lines=6 rows=true /> }>
                {move || {
                    let now = filter.get();
                    Suspend::new(async move {
                        match queue.await {
                            Ok(queue) => shown(queue, now),
                            Err(error) => failed("The queue cannot be shown", &error, "/", "Go home"),
                        }
                    })
                }}
            </Transition>
        </Page>
    }
    .into_any()
}

#[component]
fn Pause(paused: RwSignal<bool>) -> impl IntoView {
    let toggle = Callback::new(move |()| paused.update(|paused| *paused = !*paused));
    move || {
        let (icon, words) =
            if paused.get() { (Glyph::Play, "Resume updates") } else { (Glyph::Pause, "Pause updates") };
        view! { <Button icon=icon on_click=toggle>{words}</Button> }
    }
}

fn shown(queue: QueueView, filter: QueueFilter) -> AnyView {
    let QueueView { kinds, jobs, next } = queue;
    let states = STATES.map(|(state, word)| {
        let on = filter.state.as_deref() == Some(state);
        let href =
            QueueFilter { state: (!on).then(|| state.to_owned()), after: None, ..filter.clone() }.href();
        view! { <Chip text=word href=href on=on /> }
    });
    let all = QueueFilter { state: None, after: None, ..filter.clone() };
    let kind = filter.kind.as_ref().map(|kind| {
        let without = QueueFilter { kind: None, after: None, ..filter.clone() }.href();
        view! { <FilterChip text=format!("Kind: {}", kind_words(kind)) without=without /> }
    });
    let next = next.map(|after| QueueFilter { after: Some(after), ..filter.clone() }.href());
    let first = filter.after.is_some().then(|| QueueFilter { after: None, ..filter.clone() }.href());
    let summary = match jobs.len() {
        0 => "No jobs".to_owned(),
        1 => "1 job".to_owned(),
        many => format!("{many} jobs, most recently changed first"),
    };
    let nothing = match (&filter.state, &filter.kind) {
        (None, None) => "No jobs yet".to_owned(),
        (Some(state), None) => format!("No {} jobs", state_words(state).1.to_lowercase()),
        _ => "No jobs match these filters".to_owned(),
    };
    let narrowed = filter != QueueFilter::default();
    view! {
        <div class="stack queue">
            <Counts kinds=kinds />
            <div class="row">
                <Chip text="All" href=all.href() on=filter.state.is_none() />
                {states}
                {kind}
            </div>
            <Card flush=true>
                <Jobs jobs=jobs nothing=nothing narrowed=narrowed here=filter.href() />
            </Card>
            <Pager summary=summary first=first next=next />
        </div>
    }
    .into_any()
}
