//! `/environments/:id`: its state in words, what is being done, what it gives out, what happens next. It follows live.

use domain::environments::life::{Action, State};
use domain::environments::status::{Hue, expiry_sentences, expiry_then, expiry_words};
use domain::form::full_stop;
use domain::ids::ClusterId;
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::functions::{CancelEnvironment, RetryEnvironment, environment};
use super::view::{EnvironmentAnswer, EnvironmentRow, EnvironmentView};
use super::{
    ask, cluster_name, entity_page, history, live, micros, missing, objects, progress, state, use_it,
};
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(EnvironmentPage in environments, view);

fn view() -> AnyView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let page = Resource::new(move || (id.get(), changes().get()), |(id, _)| environment(id));
    view! {
        <Transition fallback=|| view! { <Skeleton lines=8 rows=true /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(EnvironmentAnswer::Found(view)) => view! { <Environment view=*view /> }.into_any(),
                    Ok(EnvironmentAnswer::Missing { asked, near }) => missing::page(asked, near),
                    Err(error) => {
                        let all = view! { <LinkButton href="/environments">"All environments"</LinkButton> };
                        view! {
                            <Page title="Environment" icon=Glyph::Environment>
                                {page_failed("This environment cannot be shown", &error, Some(all.into_any()))}
                            </Page>
                        }
                            .into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Environment(view: EnvironmentView) -> impl IntoView {
    let query = use_query_map();
    let tab = Memo::new(move |_| query.with(|query| query.get("tab").unwrap_or_default()));
    let (id, cluster) = (view.row.id.to_string(), view.cluster);
    let now = RwSignal::new(view);
    let lost = live::follow(now);
    let row = Memo::new(move |_| now.with(|view| view.row.clone()));
    let base = format!("/environments/{id}");
    let tabs = {
        let base = base.clone();
        move || {
            let objects = Tab::new("Objects", format!("{base}?tab=objects"));
            vec![
                Tab::new("Progress", base.clone()),
                Tab { count: now.with(EnvironmentView::object_count), ..objects },
                Tab::new("History", format!("{base}?tab=history")),
            ]
        }
    };
    let name = row.with_untracked(|row| row.name.clone());
    // What changes by itself is said too: its state, and why it failed. What only counts on is not.
    let status = Memo::new(move |_| row.with(|row| (row.status.hue, row.status.word.clone())));
    let told = Memo::new(move |_| now.with(Told::of));
    let others_can =
        Memo::new(move |_| now.with(|view| view.can_be_given_up && !view.actions.contains(&Action::GiveUp)));
    let badges = move || {
        view! {
            <span role="status">
                {move || {
                    let (hue, word) = status.get();
                    view! { <Status state=state(hue) text=word /> }
                }}
            </span>
        }
    };
    let actions = move || view! { <Actions view=now.into() /> };
    let facts = move || view! { {move || facts(row.get(), cluster)} {looked_at(now.into())} };
    let tabs = move || view! { {move || view! { <Tabs label="Parts of this environment" tabs=tabs() /> }} };
    let crumbs = vec![Crumb::to("Environments", "/environments")];
    view! {
        <Page title=name icon=Glyph::Environment crumbs=crumbs badges=badges actions=actions facts=facts tabs=tabs>
            <div role="status">{move || told.with(why)}</div>
            {move || told.with(next_line)}
            {move || others_can.get().then(who_gives_up)}
            {expiry(now.into())}
            {move || row.with(|row| goes_on(row.state)).then(reload)}
            <div role="status">{move || (lost.get() && !row.with(|row| row.state.is_end())).then(live::not_live)}</div>
            {move || match tab.get().as_str() {
                "objects" => objects::panel(now.into()),
                "history" => history::panel(now.into()),
                _ => parts(now.into()),
            }}
        </Page>
    }
    .into_any()
}

/// The first tab. What is looked for first comes first: on a telephone, where its parts stand below one another, that is what can be used
/// of what is ready, and else how it gets on. Where that changes while somebody looks, nothing changes its place under their eyes.
fn parts(now: Signal<EnvironmentView>) -> AnyView {
    let made = view! {
        <div class="stack made">{progress::panel(now)} {progress::receipt(now)}</div>
    }
    .into_any();
    let beside = view! {
        <aside class="stack">
            {use_it::panel(now)} {use_it::look(now)} {use_it::about(now)} {use_it::parameters(now)}
        </aside>
    }
    .into_any();
    let (first, second) = match now.with_untracked(|view| view.row.state) {
        State::Ready => (beside, made),
        _ => (made, beside),
    };
    view! {
        <div class="cols-2 environment">
            {first} {second}
            <div class="before">{progress::earlier(now)}</div>
        </div>
    }
    .into_any()
}

fn facts(row: EnvironmentRow, cluster: ClusterId) -> AnyView {
    let place = cluster_name(&row, cluster);
    let entity = row.entity.map(|entity| {
        let href = entity_page(&entity);
        view! {
            <a href=href>
                <Icon of=Glyph::Component />
                {entity.rsplit('/').next().map(str::to_owned)}
            </a>
        }
    });
    view! {
        <span>
            <Who name=row.team href=entity_page(&row.team_reference) />
        </span>
        <span>
            <Icon of=Glyph::FileCode />
            {format!("{}, version {}", row.blueprint, row.version)}
        </span>
        {entity}
        <span>
            <Icon of=Glyph::Server />
            {place}
        </span>
    }
    .into_any()
}

/// How old is what is told of one that is ready: what happens in its cluster behind Slipway's back is seen by a look.
fn looked_at(view: Signal<EnvironmentView>) -> AnyView {
    let is_ready = |view: &EnvironmentView| view.row.state == State::Ready;
    let at = Memo::new(move |_| view.with(|view| view.objects_seen_at.filter(|_| is_ready(view))));
    (move || at.get().map(|at| view! { <span>"Looked at " <Time micros=micros(at) /></span> })).into_any()
}

/// What stands above everything: what went wrong, where something did, and what happens next.
#[derive(Clone, Debug, PartialEq)]
struct Told {
    hue: Hue,
    reason: Option<String>,
    next: Option<String>,
}

impl Told {
    fn of(view: &EnvironmentView) -> Self {
        let status = &view.row.status;
        let next = match &view.reason {
            // What is next begins with the step's problem, which is the reason here.
            Some(reason) => {
                let next = status.next.strip_prefix(reason.as_str()).unwrap_or(&status.next);
                Some(next.trim_start_matches('.').trim_start().to_owned())
            }
            // Its expiry is what is next, and stands below, where it counts on.
            None if status.next == expiry_sentences(view.row.expires_at, view.now) => None,
            None => Some(status.next.clone()),
        };
        Self { hue: status.hue, reason: view.reason.clone(), next }
    }
}

fn why(told: &Told) -> Option<AnyView> {
    let reason = full_stop(told.reason.clone()?);
    let next = told.next.clone().unwrap_or_default();
    // Only its first sentence stands out.
    let (title, text) = match reason.split_once(". ") {
        Some((first, more)) => (format!("{first}."), format!("{more} {next}")),
        None => (reason, next),
    };
    let banner = view! {
        <div class="next-line">
            <Banner state=state(told.hue) title=title text=text />
        </div>
    };
    Some(banner.into_any())
}

fn next_line(told: &Told) -> Option<AnyView> {
    if told.reason.is_some() {
        return None;
    }
    let next = told.next.clone()?;
    Some(view! { <p class="dim next-line">{next}</p> }.into_any())
}

/// When it expires, by the clock of the page: a banner when that is soon, with the way to more time for whoever may give
/// it; else a line, where nothing else is next.
fn expiry(view: Signal<EnvironmentView>) -> AnyView {
    let clock = page_now();
    let when = Memo::new(move |_| {
        let now = Timestamp::from_microsecond(clock.get()).unwrap_or(Timestamp::UNIX_EPOCH);
        view.with(|view| expiry_words(view.row.expires_at, now))
    });
    let shown = Memo::new(move |_| view.with(ExpiryShown::of));
    (move || match shown.get() {
        ExpiryShown::Not => ().into_any(),
        ExpiryShown::Line => {
            let then = expiry_then(false);
            view! { <p class="dim next-line">{move || when.get()} " " {then}</p> }.into_any()
        }
        ExpiryShown::Soon { extend, then } => {
            let extend = extend.map(|href| (href, "Extend".to_owned()));
            view! {
                <div class="next-line">
                    <Banner title=when text=then action=extend />
                </div>
            }
            .into_any()
        }
    })
    .into_any()
}

/// How its expiry is shown above everything.
#[derive(Clone, Debug, PartialEq)]
enum ExpiryShown {
    /// Not there: something else is next.
    Not,
    Line,
    Soon {
        /// Where to give it more time.
        extend: Option<String>,
        /// What happens then.
        then: &'static str,
    },
}

impl ExpiryShown {
    fn of(view: &EnvironmentView) -> Self {
        let is_next = view.row.status.next == expiry_sentences(view.row.expires_at, view.now);
        match (view.row.warning, view.reason.is_none() && is_next) {
            (Some(_), _) => {
                let extend = format!("/environments/{}/extend", view.row.id);
                let extend = view.can_be_extended().then_some(extend);
                Self::Soon { extend, then: expiry_then(view.row.deleted_there) }
            }
            (None, true) => Self::Line,
            (None, false) => Self::Not,
        }
    }
}

/// Whether something of it changes soon without anybody's doing.
fn goes_on(state: State) -> bool {
    matches!(state, State::Requested | State::Queued) || state.is_running() || state.is_leaving()
}

/// What Slipway cannot end somebody else can.
fn who_gives_up() -> impl IntoView {
    let text = "If its cluster is gone for good, an administrator can give this environment up.";
    view! { <p class="dim next-line">{text}</p> }
}

/// Without JavaScript nothing comes by itself.
fn reload() -> impl IntoView {
    view! { <p class="dim next-line without-script">"Reload the page to see how it goes on."</p> }
}

/// The buttons. Forms, so that they work without JavaScript; extending and destroying ask on a page of their own.
#[component]
fn Actions(view: Signal<EnvironmentView>) -> impl IntoView {
    let id = view.with_untracked(|view| view.row.id.to_string());
    let actions = Memo::new(move |_| {
        view.with(|view| {
            let mut actions = view.actions.clone();
            actions.retain(|action| *action != Action::Extend || view.can_be_extended());
            actions
        })
    });
    let again = Memo::new(move |_| view.with(again));
    let button = move |action: Action, id: String| match action {
        Action::Extend => {
            let href = format!("/environments/{id}/extend");
            view! { <LinkButton href=href icon=Glyph::Clock>"Extend"</LinkButton> }.into_any()
        }
        Action::Destroy => {
            let href = format!("/environments/{id}/destroy");
            view! { <LinkButton href=href kind=ButtonKind::Danger icon=Glyph::Trash>"Destroy"</LinkButton> }
                .into_any()
        }
        Action::GiveUp => {
            let href = format!("/environments/{id}/give-up");
            view! { <LinkButton href=href kind=ButtonKind::Quiet icon=Glyph::Ban>"Give up"</LinkButton> }
                .into_any()
        }
        Action::Retry => view! {
            <Form action=RetryEnvironment::PATH of=("id", id)>
                <SubmitButton icon=Glyph::Refresh>"Retry"</SubmitButton>
            </Form>
        }
        .into_any(),
        Action::Cancel => view! {
            <Form action=CancelEnvironment::PATH of=("id", id)>
                <SubmitButton kind=ButtonKind::Plain icon=Glyph::Stop>"Cancel"</SubmitButton>
            </Form>
        }
        .into_any(),
    };
    let buttons = move |ends_it: bool| {
        let mut actions = actions.get();
        actions.retain(|action| matches!(action, Action::Destroy | Action::GiveUp) == ends_it);
        actions.into_iter().map(|action| button(action, id.clone())).collect_view()
    };
    // What ends it comes last.
    let last = buttons.clone();
    view! {
        <div class="environment-actions">
            {move || buttons(false)}
            {move || {
                again.get().map(|href| {
                    view! { <LinkButton href=href icon=Glyph::Copy>"Request again"</LinkButton> }
                })
            }}
            {move || last(true)}
        </div>
    }
    .into_any()
}

/// Where to ask for it again, for whoever may ask for something: what failed may have been asked for wrongly, and what has ended is
/// needed once more.
fn again(view: &EnvironmentView) -> Option<String> {
    let state = view.row.state;
    let is_offered = matches!(state, State::Ready | State::Stopped | State::Failed) || state.is_end();
    (is_offered && ask::may_ask())
        .then(|| format!("/environments/new/{}?like={}", view.blueprint, view.row.id))
}
