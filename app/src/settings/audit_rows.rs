//! The rows of the record, as every page shows them.

use leptos::prelude::*;

use super::micros;
use super::view::{AuditRow, DetailValue, action_words};
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
        rows.into_iter().map(|one| row(who(&one.actor), one)).collect_view().into_any()
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

fn row(who: Option<AnyView>, row: AuditRow) -> AnyView {
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
            <td class="dim">
                <Time micros=micros(row.at) />
            </td>
            {who}
            <td class="wrap giving">
                <span title=row.action.clone()>{action_words(&row.action).to_owned()}</span>
                " "
                {(!is_own_session).then(|| view! { <b>{row.object}</b> })}
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
            <dt>{name}</dt>
            " "
            <dd>{value}</dd>
        </div>
    }
    .into_any()
}
