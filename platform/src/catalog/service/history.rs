//! Who owned an entity, what it was part of and who was member of it, at any time.

use domain::catalog::{EntityRef, Relation};
use domain::people::{Action, Caller, authorize};
use jiff::Timestamp;

use crate::catalog::{Catalog, store};
use crate::db::Error as Unreadable;
use crate::{Error, Result};

/// A time in which a file stated a relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interval {
    /// ownedBy, partOf or memberOf.
    pub relation: Relation,
    /// The other end.
    pub target: EntityRef,
    /// The entity whose file stated it: a membership may be stated by the user and by the group.
    pub stated_by: EntityRef,
    /// Its first moment.
    pub valid_from: Timestamp,
    /// The first moment at which it did not hold any more; `None` while it holds.
    pub valid_until: Option<Timestamp>,
}

/// Everything that was ever stated about an entity's owner, whole and memberships, oldest first. It need not be in the
/// catalog any more. Everyone signed in may.
pub async fn entity_history(
    catalog: &Catalog,
    caller: &Caller,
    reference: &EntityRef,
) -> Result<Vec<Interval>> {
    authorize(caller, Action::See)?;
    let mut reader = catalog.db.read().await?;
    let rows = store::interval::interval_list(&mut reader, reference).await?;
    // An earlier version kept what is no reference: it never meant anybody.
    let means_somebody = |target: &str| target.parse::<EntityRef>().is_ok();
    rows.into_iter()
        .filter(|row| means_somebody(&row.target))
        .map(|row| {
            Ok(Interval {
                relation: Relation::from_name(&row.relation).ok_or_else(|| unreadable(&row.relation))?,
                target: reference_of(&row.target)?,
                stated_by: if row.stated_by.is_empty() {
                    reference.clone()
                } else {
                    reference_of(&row.stated_by)?
                },
                valid_from: row.valid_from.0,
                valid_until: row.valid_until.map(|at| at.0),
            })
        })
        .collect()
}

fn reference_of(text: &str) -> Result<EntityRef> {
    text.parse().map_err(|_| unreadable(text))
}

fn unreadable(text: &str) -> Error {
    Unreadable::Unreadable(format!("{text} in the history of relations")).into()
}
