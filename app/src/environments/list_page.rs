//! `/environments`: what is alive, whose it is, how long it lives.

use domain::ids::EnvironmentId;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::narrowed::{LIST, Narrowed};
use super::view::{EnvironmentList, EnvironmentRow};
use super::{ask, entity_page, filters, live, micros, state};
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(EnvironmentsPage in environments, view);

fn view() -> AnyView {
    let query = use_query_map();
    let narrowed = Memo::new(move |_| query.with(Narrowed::read));
    let after = Memo::new(move |_| query.with(|query| query.get("after")));
    let news = live::news();
    let list = Resource::new(
        move || (narrowed.get(), after.get(), changes().get(), news.count.get()),
        |(narrowed, after, ..)| narrowed.list(after),
    );
    let not_live = live::kept(news, list);
    view! {
        <Page title="Environments" icon=Glyph::Environment actions=ask::button>
        {filters::bar(narrowed)}
        {not_live}
        // The list changes while somebody types: how many are left is said, not only shown.
        <p class="sr-only" role="status">
            <Transition>
                {move || Suspend::new(async move { list.await.ok().map(|list| summary(&list, false)) })}
            </Transition>
        </p>
        <Transition fallback=|| view! { <Skeleton lines=6 rows=true /> }>
            {move || Suspend::new(async move {
                match list.await {
                    Ok(list) => rows(list, &narrowed.get_untracked(), after.get_untracked().is_some()),
                    Err(error) => failed("The environments could not be read", &error),
                }
            })}
        </Transition>
        </Page>
    }
    .into_any()
}

fn rows(list: EnvironmentList, narrowed: &Narrowed, is_later: bool) -> AnyView {
    if list.rows.is_empty() {
        let is_narrowed = narrowed.is_narrow();
        let ended = narrowed.only_ended().href(None);
        if list.all_ended && !is_narrowed {
            return ask::none_now(&ended);
        }
        return match (is_narrowed, narrowed.mine, narrowed.my_teams) {
            (true, ..) => {
                let also_ended = list.all_ended;
                let ways = move || {
                    view! {
                        <LinkButton href=LIST>"Clear filters"</LinkButton>
                        {also_ended
                            .then(|| {
                                view! {
                                    <LinkButton href=ended kind=ButtonKind::Quiet>
                                        "Show ended environments"
                                    </LinkButton>
                                }
                            })}
                    }
                };
                view! { <EmptyState why="No environments match these filters" icon=Glyph::Environment action=ways /> }
                    .into_any()
            }
            (false, true, _) => ask::none_yet("You have no environments"),
            (false, false, true) => ask::none_yet("Your teams have no environments"),
            (false, false, false) => ask::none_yet("No environments yet"),
        };
    }
    let summary = summary(&list, is_later);
    let next = list.next.map(|after| narrowed.href(Some(&after)));
    let first = is_later.then(|| narrowed.href(None));
    let own = narrowed.mine;
    view! {
        <Card flush=true>
            <EnvironmentTable rows=list.rows own />
        </Card>
        <Pager summary=summary first=first next=next keys=true />
    }
    .into_any()
}

fn summary(list: &EnvironmentList, is_later: bool) -> String {
    match (list.rows.len(), list.next.is_some() || is_later) {
        (0, _) => "No environments".to_owned(),
        (1, false) => "1 environment".to_owned(),
        (many, false) => format!("{many} environments"),
        (many, true) => format!("{many} on this page"),
    }
}

/// Below the first environments of a list that goes on: where all of them are.
pub fn see_all(list: &EnvironmentList, href: &str) -> Option<AnyView> {
    list.next.as_ref()?;
    let (href, count) = (href.to_owned(), list.rows.len());
    let line = view! {
        <footer>
            <a class="link" href=href>"See all"</a>
            <span class="aside">{format!("These are the newest {count}.")}</span>
        </footer>
    };
    Some(line.into_any())
}

/// The table of environments, here and on Home.
#[component]
pub fn EnvironmentTable(
    /// The rows.
    rows: Vec<EnvironmentRow>,
    /// Those of which the page says already what is wrong.
    #[prop(optional)]
    told: Vec<EnvironmentId>,
    /// Whoever looks asked for all of them: by whom is not said in each row.
    #[prop(optional)]
    own: bool,
) -> impl IntoView {
    let mut columns =
        vec![Column::new("Name"), Column::new("State"), Column::new("Team"), Column::new("Where").minor()];
    columns.extend((!own).then(|| Column::new("Requested by").minor()));
    columns.push(Column::number("Expires"));
    view! {
        <Table label="Environments" columns=columns stacks=true>
            {rows
                .into_iter()
                .map(|one| {
                    let is_told = told.contains(&one.id);
                    row(one, is_told, own)
                })
                .collect_view()}
        </Table>
    }
    .into_any()
}

fn row(row: EnvironmentRow, is_told: bool, own: bool) -> impl IntoView {
    let href = format!("/environments/{}", row.id);
    // What needs somebody says why, as far as there is room: its page has the whole sentence.
    let needs = row.status.needs_attention() && !is_told;
    let why = needs.then(|| {
        let next = row.status.next.clone();
        view! { <div class="why" title=next.clone()>{next.clone()}</div> }
    });
    let expires = micros(row.expires_at);
    let ended = row.state.is_end().then_some("Ended");
    let goes = ended.or((!row.still_expires).then_some("Being destroyed"));
    let expires = if let Some(reason) = goes {
        view! { <NoValue reason=reason /> }.into_any()
    } else if row.warning.is_some() {
        view! {
            <span class="soon">
                <Icon of=Glyph::Warning />
                <span class="sr-only">"soon: "</span>
                <Time micros=expires />
            </span>
        }
        .into_any()
    } else {
        view! { <Time micros=expires /> }.into_any()
    };
    view! {
            <tr class="environment-row">
                <td class="main giving">
    <div class="named">
                    <span class="who">
                        <Icon of=Glyph::Environment class="ink-off" />
                        <a href=href data-row="">{row.name}</a>
                    </span>
                    <span class="under">{format!("{} {}", row.blueprint, row.version)}</span>
                </div>
                {why}
    </td>
                <td>
                    <Status state=state(row.status.hue) text=row.status.word />
                </td>
                <td data-label="team">
                    <Who name=row.team href=entity_page(&row.team_reference) />
                </td>
                <td class="dim minor" data-label="in">{row.cluster}</td>
                {(!own).then(|| view! { <td class="dim minor" data-label="requested by">{row.requested_by}</td> })}
                <td class="num dim" data-label="expires">
                    {expires}
                </td>
            </tr>
        }
}
