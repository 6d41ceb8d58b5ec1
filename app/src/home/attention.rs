//! "Needs attention": those of my environments, and of the teams that I lead, that need attention or expire soon.
//! For administrators also the clusters that do not work, or need a new token.

use domain::clusters::{do_not_work, need_tokens};
use domain::environments::status::expiry_then;
use domain::time::in_words;
use jiff::Timestamp;
use leptos::prelude::*;

use super::functions::AttentionRow;
use crate::environments::{micros, state};
use crate::ui::prelude::*;

/// So many clusters are named.
const NAMED: usize = 5;

/// For administrators: which clusters do not work; nothing where all do.
pub fn clusters_down(names: &[String]) -> Option<AnyView> {
    let title = clusters_down_words(names)?;
    let action = ("/settings/clusters".to_owned(), "See clusters".to_owned());
    Some(view! { <Banner state=State::Bad title=title action=action /> }.into_any())
}

/// For administrators: to which clusters Slipway can soon sign in no more, or already cannot; nothing where that is none.
pub fn tokens_ending(list: &[(String, Timestamp)]) -> Option<AnyView> {
    let title = tokens_ending_words(list)?;
    let text = "The one that Slipway signs in with ends soon, or has ended.";
    let action = ("/settings/clusters".to_owned(), "See clusters".to_owned());
    Some(view! { <Banner title=title text=text action=action /> }.into_any())
}

/// "1 cluster needs a new token: lab (valid until 4 Dec 2026, 08:01 UTC)."
fn tokens_ending_words(list: &[(String, Timestamp)]) -> Option<String> {
    let until = |(name, ends): &(String, Timestamp)| format!("{name} (valid until {})", in_words(*ends));
    let named: Vec<String> = list.iter().map(until).collect();
    counted(&named, need_tokens(named.len()))
}

/// "2 clusters do not work: lab, prod."
fn clusters_down_words(names: &[String]) -> Option<String> {
    counted(names, do_not_work(names.len()))
}

/// How many clusters do something, and which.
fn counted(names: &[String], what: &str) -> Option<String> {
    let named = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let head = match names.len() {
        0 => return None,
        1 => format!("1 cluster {what}"),
        count => format!("{count} clusters {what}"),
    };
    let more = names.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(format!("{head}: {named}{rest}."))
}

/// The card; nothing where nothing needs anybody.
pub fn panel(list: Vec<AttentionRow>) -> Option<AnyView> {
    if list.is_empty() {
        return None;
    }
    let card = view! {
        <Card title="Needs attention" flush=true>
            <ul class="attention">{list.into_iter().map(|one| item(one, false)).collect_view()}</ul>
        </Card>
    };
    Some(card.into_any())
}

/// The card for whoever leads a team: also that no environment of it needs attention is worth knowing.
pub fn panel_of_teams(list: Vec<AttentionRow>) -> AnyView {
    let record = || view! { <a class="link" href="/settings/audit">"Changes to what your teams own"</a> };
    let rows = match list.is_empty() {
        true => {
            let none = "No environment of the teams that you lead needs attention.";
            view! { <p class="body dim">{none}</p> }.into_any()
        }
        false => {
            let items = list.into_iter().map(|one| item(one, true)).collect_view();
            view! { <ul class="attention">{items}</ul> }.into_any()
        }
    };
    view! {
        <Card title="Your teams" aside=record flush=true>
            {rows}
        </Card>
    }
    .into_any()
}

/// `of_others` says whose it is as well.
fn item(one: AttentionRow, of_others: bool) -> impl IntoView {
    let AttentionRow { row, may_extend } = one;
    let needs = row.status.needs_attention();
    let soon = row.warning.is_some();
    let href = format!("/environments/{}", row.id);
    let (hue, word) = if needs {
        (state(row.status.hue), row.status.word)
    } else {
        (State::Warn, "Expires soon".to_owned())
    };
    let problem = needs.then_some(row.status.next);
    let open = needs.then(|| {
        let (to, name) = (href.clone(), row.name.clone());
        view! {
            <LinkButton href=to icon=Glyph::ArrowRight>
                "Open"
                <span class="sr-only">" " {name}</span>
            </LinkButton>
        }
    });
    let (expires, then) = (micros(row.expires_at), expiry_then(row.deleted_there));
    let extend = (soon && may_extend && !row.deleted_there).then(|| {
        let (to, name) = (format!("{href}/extend"), row.name.clone());
        view! {
            <LinkButton href=to icon=Glyph::Clock>
                "Extend"
                <span class="sr-only">" " {name}</span>
            </LinkButton>
        }
    });
    view! {
        <li>
            <div class="what">
                <div class="name">
                    <a href=href data-row="">{row.name}</a>
                    <Status state=hue text=word />
                </div>
                {of_others.then(|| view! { <p class="text">{format!("{}, requested by {}", row.team, row.requested_by)}</p> })}
                {problem.map(|problem| view! { <p class="text">{problem}</p> })}
                {soon
                    .then(|| {
                        view! {
                            <p class="text">
                                "Expires " <Time micros=expires /> ". " {then}
                            </p>
                        }
                    })}
            </div>
            {extend}
            {open}
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_that_need_a_new_token_are_counted_and_named_with_its_end() {
        let until = |name: &str, ends: &str| (name.to_owned(), ends.parse::<Timestamp>().expect("a time"));
        let (lab, prod) = (until("lab", "2026-12-04T08:01:00Z"), until("prod", "2026-12-09T10:00:00Z"));
        assert_eq!(tokens_ending_words(&[]), None);
        assert_eq!(
            tokens_ending_words(std::slice::from_ref(&lab)).as_deref(),
            Some("1 cluster needs a new token: lab (valid until 4 Dec 2026, 08:01 UTC).")
        );
        let both = "2 clusters need a new token: lab (valid until 4 Dec 2026, 08:01 UTC), prod (valid until 9 Dec 2026, \
                    10:00 UTC).";
        assert_eq!(tokens_ending_words(&[lab, prod]).as_deref(), Some(both));
    }

    #[test]
    fn clusters_that_do_not_work_are_counted_and_named() {
        let words = |count: usize| {
            let names: Vec<String> = (1..=count).map(|number| format!("c{number}")).collect();
            clusters_down_words(&names)
        };
        assert_eq!(words(0), None);
        assert_eq!(words(1).as_deref(), Some("1 cluster does not work: c1."));
        assert_eq!(words(2).as_deref(), Some("2 clusters do not work: c1, c2."));
        assert_eq!(words(7).as_deref(), Some("7 clusters do not work: c1, c2, c3, c4, c5 and 2 more."));
    }
}
