//! A table of rows.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// In which direction a column is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// The head of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    label: String,
    numeric: bool,
    hidden: bool,
    minor: bool,
    sort: Option<(String, Option<Order>)>,
}

impl Column {
    /// A column of words.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), numeric: false, hidden: false, minor: false, sort: None }
    }

    /// A column of numbers, at the right; the unit stands in the label. Its cells have the class `num`.
    pub fn number(label: impl Into<String>) -> Self {
        Self { numeric: true, ..Self::new(label) }
    }

    /// A column of buttons: its label is for screen readers.
    pub fn actions(label: impl Into<String>) -> Self {
        Self { numeric: true, hidden: true, ..Self::new(label) }
    }

    /// Left out where the table has little room. Its cells have the class `minor`.
    pub fn minor(self) -> Self {
        Self { minor: true, ..self }
    }

    /// Can be sorted: `href` shows the table sorted by this column, the other way where it already is.
    pub fn sorted_by(self, href: impl Into<String>, order: Option<Order>) -> Self {
        Self { sort: Some((href.into(), order)), ..self }
    }
}

/// A table. It scrolls sideways within itself, or its rows become small cards where it `stacks`; there a cell whose value does not speak for
/// itself has a `data-label` and a line of its own. The cell that takes the room that others leave has the class `giving`. Its children are `<tr>`s; the cell that names the row is `<td class="main">`, and its link carries
/// `data-row`, so that `j`, `k` and Enter go through the rows.
#[component]
pub fn Table(
    /// What it lists, read by screen readers.
    #[prop(into)]
    label: String,
    /// The heads.
    columns: Vec<Column>,
    /// On a telephone its rows become small cards.
    #[prop(optional)]
    stacks: bool,
    /// The rows; or one [`NoRows`].
    children: Children,
) -> impl IntoView {
    let heads: Vec<_> = columns.into_iter().map(head).collect();
    let region = label.clone();
    let class = if stacks { "table stacks" } else { "table" };
    view! {
        <div
            class=class
            role="region"
            aria-label=region
            tabindex="0"
        >
            <table aria-label=label>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn head(column: Column) -> AnyView {
    let class = match (column.numeric, column.minor) {
        (false, false) => None,
        (true, false) => Some("num"),
        (false, true) => Some("minor"),
        (true, true) => Some("num minor"),
    };
    let order = column.sort.as_ref().and_then(|(_, order)| *order);
    let sort = order.map(|order| match order {
        Order::Ascending => "ascending",
        Order::Descending => "descending",
    });
    let arrow = match order {
        Some(Order::Ascending) => Glyph::ArrowUp,
        Some(Order::Descending) => Glyph::ArrowDown,
        None => Glyph::ChevronsUpDown,
    };
    let words = match column.sort {
        Some((href, _)) => {
            view! { <a href=href>{column.label} <Icon of=arrow class="faint" /></a> }.into_any()
        }
        None if column.hidden => view! { <span class="sr-only">{column.label}</span> }.into_any(),
        None => column.label.into_any(),
    };
    view! {
        <th scope="col" class=class aria-sort=sort>
            {words}
        </th>
    }
    .into_any()
}

/// The row of a table without rows; an [`EmptyState`](super::message::EmptyState) stands in it.
#[component]
pub fn NoRows(
    /// How many columns the table has.
    columns: usize,
    /// Why there are none, and what can be done.
    children: Children,
) -> impl IntoView {
    view! {
        <tr>
            <td class="none" colspan=columns.to_string()>
                {children()}
            </td>
        </tr>
    }
    .into_any()
}
