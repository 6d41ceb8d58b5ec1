//! The rows of the record, as every page shows them.

use jiff::Timestamp;
use leptos::prelude::*;

use super::micros;
use super::view::{AuditRow, DetailValue, action_words, team_words};
use crate::ui::prelude::*;

/// A table of what was changed; `why` is said where there is nothing.
pub fn table(label: &'static str, why: &'static str, rows: Vec<AuditRow>) -> AnyView {
    let who = |actor: &str| {
        let actor = actor.to_owned();
        Some(view! { <td><span class="clip" title=actor.clone()>{actor.clone()}</span></td> }.into_any())
    };
    shown(label, why, vec![Column::new("When"), Column::new("Who")], rows, who)
}

/// A table of what one person changed, who is the one that looks.
pub fn own_table(label: &'static str, why: &'static str, rows: Vec<AuditRow>) -> AnyView {
    shown(label, why, vec![Column::new("When")], rows, |_| None)
}

/// The columns begin with `first`; `who` is the cell that says who it was.
fn shown(
    label: &'static str,
    why: &'static str,
    first: Vec<Column>,
    rows: Vec<AuditRow>,
    who: fn(&str) -> Option<AnyView>,
) -> AnyView {
    let mut columns = first;
    columns.extend([Column::new("What"), Column::new("Team").minor(), Column::new("From").minor()]);
    let rows = if rows.is_empty() {
        view! { <NoRows columns=columns.len()><EmptyState why=why icon=Glyph::History /></NoRows> }.into_any()
    } else {
        let rows = fold(rows).into_iter();
        rows.map(|(one, before)| row(who(&one.actor), one, before)).collect_view().into_any()
    };
    view! {
        <Table label=label columns=columns stacks=true>
            {rows}
        </Table>
    }
    .into_any()
}

/// "12 changes".
pub fn summary(rows: &[AuditRow]) -> String {
    match rows.len() {
        1 => "1 change".to_owned(),
        many => format!("{many} changes"),
    }
}

/// A change, with how often it was made before, without any other between, and when first.
type Folded = (AuditRow, Option<(usize, Timestamp)>);

/// Neighbours that differ in nothing but their time stand in one row ([`are_alike`]), the last of them: twenty times signing in do not hide what was changed
/// between. In what is shown alone; a page of the record counts each.
fn fold(rows: Vec<AuditRow>) -> Vec<Folded> {
    let mut folded: Vec<Folded> = Vec::new();
    for row in rows {
        let alike = folded.last().is_some_and(|(last, _)| are_alike(last, &row));
        match folded.last_mut().filter(|_| alike) {
            Some((_, before)) => {
                let times = before.map_or(0, |(times, _)| times);
                *before = Some((times + 1, row.at));
            }
            None => folded.push((row, None)),
        }
    }
    folded
}

/// Whether one person did the same to the same object, with the same outcome. Every part is named, so that a new one is thought of here.
fn are_alike(one: &AuditRow, other: &AuditRow) -> bool {
    let AuditRow { at: _, actor, by_slipway, action, object, object_id, team, address, details } = one;
    *actor == other.actor
        && *by_slipway == other.by_slipway
        && *action == other.action
        && *object == other.object
        && *object_id == other.object_id
        && *team == other.team
        && *address == other.address
        && *details == other.details
}

fn row(who: Option<AnyView>, row: AuditRow, before: Option<(usize, Timestamp)>) -> AnyView {
    let last = micros(row.at);
    let often = before.map(|(times, first)| {
        view! {
            <p class="why">
                {format!("{} times, from ", times + 1)} <DateTime micros=micros(first) seconds=true /> " to "
                <DateTime micros=last seconds=true />
            </p>
        }
    });
    let team = team_words(&row.action, row.team.as_deref()).map(|words| format!(" {words}"));
    let details: Vec<_> = row.details.into_iter().map(detail).collect();
    let details = (!details.is_empty()).then(|| view! { <dl class="audit-details">{details}</dl> });
    // "Mina signed in Mina" says it twice.
    let is_own_session =
        matches!(row.action.as_str(), "session.start" | "session.end") && row.object == row.actor;
    let unknown = |reason: &'static str| view! { <Unknown reason=reason /> }.into_any();
    let from = match (row.address, row.by_slipway) {
        (Some(address), _) => address.into_any(),
        (None, true) => view! {
            <span title="From no address: Slipway did it itself.">
                <span aria-hidden="true">"Slipway"</span>
                <span class="sr-only">"from no address: Slipway did it itself"</span>
            </span>
        }
        .into_any(),
        (None, false) => unknown("It was not recorded"),
    };
    view! {
        <tr>
            <td class="dim when">
                <DateTime micros=last seconds=true />
            </td>
            {who}
            <td class="wrap giving">
                <span title=row.action.clone()>{action_words(&row.action).to_owned()}</span>
                " "
                {(!is_own_session).then(|| view! { <b>{row.object}</b> })}
                {team}
                {often}
                {details}
            </td>
            <td class="dim minor" data-label="team">{row.team.map_or_else(|| unknown("No team owns it"), IntoAny::into_any)}</td>
            <td class="dim minor" data-label="from">{from}</td>
        </tr>
    }
    .into_any()
}

fn detail((name, value): (String, DetailValue)) -> AnyView {
    let value = match value {
        DetailValue::Words(text) => text.into_any(),
        DetailValue::Time(at) => view! { <DateTime micros=micros(at) /> }.into_any(),
    };
    view! {
        <div>
            <dt>{name} ":"</dt>
            " "
            <dd>{value}</dd>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed_in(second: i64, actor: &str) -> AuditRow {
        AuditRow {
            at: at(second),
            actor: actor.to_owned(),
            by_slipway: false,
            action: "session.start".to_owned(),
            object: actor.to_owned(),
            object_id: "1".to_owned(),
            team: None,
            address: Some("10.0.0.1".to_owned()),
            details: Vec::new(),
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    #[test]
    fn neighbours_that_are_alike_stand_in_one_row_and_none_is_lost() {
        let elsewhere = AuditRow { address: Some("10.0.0.2".to_owned()), ..signed_in(4, "Mina") };
        let rows = [5, 3, 2].map(|second| signed_in(second, "Mina"));
        let [last, third, second] = rows.clone();
        let folded = fold(vec![last.clone(), elsewhere.clone(), third.clone(), second, signed_in(1, "Tom")]);
        let expected =
            [(last, None), (elsewhere, None), (third, Some((1, at(2)))), (signed_in(1, "Tom"), None)];
        assert_eq!(folded, expected);
        let [last, ..] = rows.clone();
        assert_eq!(fold(rows.to_vec()), [(last, Some((2, at(2))))]);
        assert!(fold(Vec::new()).is_empty());
        // Two environments may bear one name, one after the other.
        let [one, other, _] = rows;
        let other = AuditRow { object_id: "2".to_owned(), ..other };
        assert_eq!(fold(vec![one.clone(), other.clone()]), [(one, None), (other, None)]);
    }
}
