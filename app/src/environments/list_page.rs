//! `/environments`: what is alive, whose it is, how long it lives.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::functions::environments;
use super::view::{EnvironmentList, EnvironmentRow};
use super::{entity_page, micros, state};
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(EnvironmentsPage in environments, view);

fn view() -> AnyView {
    let query = use_query_map();
    let switch =
        move |name: &'static str| Memo::new(move |_| query.with(|query| query.get_str(name) == Some("1")));
    let (mine, ended) = (switch("mine"), switch("ended"));
    let after = Memo::new(move |_| query.with(|query| query.get("after")));
    let team = Memo::new(move |_| query.with(|query| query.get("team")));
    let list = Resource::new(
        move || (mine.get(), ended.get(), team.get(), after.get(), changes().get()),
        |(mine, ended, team, after, _)| environments(mine, ended, team, None, after),
    );
    let actions = || {
        view! {
            <LinkButton href="/environments/new" kind=ButtonKind::Primary icon=Glyph::Plus>
                "Request environment"
            </LinkButton>
        }
    };
    view! {
        <Page title="Environments" icon=Glyph::Environment actions=actions>
        <div class="filters">
            {move || {
                let (mine, ended) = (mine.get(), ended.get());
                view! {
                    <Chip text="All" href=address(false, ended, None) on=!mine />
                    <Chip text="Mine" href=address(true, ended, None) on=mine />
                    <Chip text="With those that are gone" href=address(mine, !ended, None) on=ended />
                }
            }}
        </div>
        <Transition fallback=|| view! { <Skeleton lines=6 rows=true /> }>
            {move || Suspend::new(async move {
                match list.await {
                    Ok(list) => rows(list, mine.get_untracked(), ended.get_untracked()).into_any(),
                    Err(error) => view! { <ErrorState what="The environments could not be read" text=sentence(&error) /> }.into_any(),
                }
            })}
        </Transition>
        </Page>
    }
    .into_any()
}

fn address(mine: bool, ended: bool, after: Option<&str>) -> String {
    let after = after.map(|after| format!("after={after}"));
    let parts: Vec<&str> = [mine.then_some("mine=1"), ended.then_some("ended=1"), after.as_deref()]
        .into_iter()
        .flatten()
        .collect();
    if parts.is_empty() { "/environments".to_owned() } else { format!("/environments?{}", parts.join("&")) }
}

fn rows(list: EnvironmentList, mine: bool, ended: bool) -> AnyView {
    if list.rows.is_empty() {
        let why = if mine { "You have no environments" } else { "No environments yet" };
        let action = || view! { <LinkButton href="/environments/new" kind=ButtonKind::Primary>"Request one"</LinkButton> };
        return view! {
            <EmptyState why=why icon=Glyph::Environment text="An environment runs a service of yours in a closed namespace, for as long as you say." action=action />
        }
        .into_any();
    }
    let next = list.next.map(|after| address(mine, ended, Some(&after)));
    let summary = match list.rows.len() {
        1 => "1 environment".to_owned(),
        many => format!("{many} environments"),
    };
    view! {
        <Card flush=true>
            <EnvironmentTable rows=list.rows />
        </Card>
        <Pager summary=summary next=next keys=true />
    }
    .into_any()
}

/// The table of environments, here and on Home.
#[component]
pub fn EnvironmentTable(
    /// The rows.
    rows: Vec<EnvironmentRow>,
) -> impl IntoView {
    let columns = vec![
        Column::new("Name"),
        Column::new("State"),
        Column::new("Team"),
        Column::new("Where").minor(),
        Column::new("Asked for by").minor(),
        Column::number("Expires"),
    ];
    view! {
        <Table label="Environments" columns=columns stacks=true>
            {rows.into_iter().map(row).collect_view()}
        </Table>
    }
    .into_any()
}

fn row(row: EnvironmentRow) -> impl IntoView {
    let href = format!("/environments/{}", row.id);
    let expires = micros(row.expires_at);
    let expires = if row.state.is_end() {
        view! { <Unknown reason="It is gone" /> }.into_any()
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
            <tr>
                <td class="main giving">
    <div class="named">
                    <span class="who">
                        <Icon of=Glyph::Environment class="ink-off" />
                        <a href=href data-row="">{row.name}</a>
                    </span>
                    <span class="under">{format!("{} {}", row.blueprint, row.version)}</span>
                </div>
    </td>
                <td>
                    <Status state=state(row.status.hue) text=row.status.word />
                </td>
                <td>
                    <Who name=row.team href=entity_page(&row.team_reference) />
                </td>
                <td class="dim minor" data-label="in">{row.cluster}</td>
                <td class="dim minor" data-label="asked for by">{row.requested_by}</td>
                <td class="num dim" data-label="expires">
                    {expires}
                </td>
            </tr>
        }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn the_next_page_keeps_what_the_list_was_narrowed_to() {
        assert_eq!(address(false, false, None), "/environments");
        assert_eq!(address(true, true, Some("x")), "/environments?mine=1&ended=1&after=x");
        assert_eq!(address(false, false, Some("x")), "/environments?after=x");
    }
}
