//! The rows of the record, as every page shows them.

use leptos::prelude::*;

use super::micros;
use super::view::{AuditRow, action_words};
use crate::ui::prelude::*;

/// A table of what was changed; `why` is said where there is nothing.
pub fn table(label: &'static str, why: &'static str, rows: Vec<AuditRow>) -> AnyView {
    let columns = vec![
        Column::new("When"),
        Column::new("Who"),
        Column::new("What"),
        Column::new("Team").minor(),
        Column::new("From").minor(),
    ];
    let rows = if rows.is_empty() {
        view! { <NoRows columns=5><EmptyState why=why icon=Glyph::History /></NoRows> }.into_any()
    } else {
        rows.into_iter().map(row).collect_view().into_any()
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

fn row(row: AuditRow) -> AnyView {
    let detail = row.detail.map(|detail| {
        view! {
            <details class="audit-detail">
                <summary class="small dim">"Details"</summary>
                <pre class="mono">{detail}</pre>
            </details>
        }
    });
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
            <td>
                <span class="clip" title=row.actor.clone()>{row.actor.clone()}</span>
            </td>
            <td class="wrap giving">
                <span title=row.action.clone()>{action_words(&row.action).to_owned()}</span>
                " "
                {(!is_own_session).then(|| view! { <b>{row.object}</b> })}
                {detail}
            </td>
            <td class="dim minor" data-label="team">{row.team.map_or_else(|| unknown("No team owns it"), IntoAny::into_any)}</td>
            <td class="dim minor" data-label="from">{from}</td>
        </tr>
    }
    .into_any()
}
