//! From the use cases to what the page that removes several orphans shows. On the server only.

use std::collections::BTreeMap;

use domain::people::Caller;
use jiff::Timestamp;
use platform::catalog::service::{self, WhichOrphans};
use platform::{Platform, Result};

use super::address::{self, ListAddress};
use super::orphans_view::{OrphanKind, OrphansView};
use crate::request::parsed;

/// Names that are shown of one kind.
const FIRST: usize = 12;

/// The orphans that an address means; `search` is what stands in it after the `?`.
pub fn orphans(platform: &Platform, caller: &Caller, search: &str) -> Result<OrphansView> {
    let orphans = service::list_orphans(&platform.catalog, caller, &which(search)?)?;
    let mut kinds: BTreeMap<&str, OrphanKind> = BTreeMap::new();
    for entry in &orphans.removable {
        let kind = entry.reference().kind();
        let of_kind = || OrphanKind { kind: kind.to_owned(), total: 0, first: Vec::new() };
        let of_kind = kinds.entry(kind).or_insert_with(of_kind);
        of_kind.total += 1;
        if of_kind.first.len() < FIRST {
            of_kind.first.push((entry.reference().clone(), entry.entity.display_name().to_owned()));
        }
    }
    Ok(OrphansView {
        removable: u64::try_from(orphans.removable.len()).unwrap_or(u64::MAX),
        others: orphans.others,
        referring: orphans.referring,
        teams: kinds.get("group").map_or(0, |groups| groups.total),
        source: orphans.source.map(|source| source.name),
        seen: orphans.seen,
        kinds: kinds.into_values().collect(),
    })
}

/// Removes those that an address means, if they are those that were seen; how many.
pub async fn remove(
    platform: &Platform,
    caller: &Caller,
    search: &str,
    seen: &str,
    now: Timestamp,
) -> Result<u64> {
    service::remove_orphans(&platform.catalog, caller, &which(search)?, seen, now).await
}

/// The filters of the list, and a source of its own.
fn which(search: &str) -> Result<WhichOrphans> {
    let source = address::pairs(search).into_iter().find(|(name, _)| name == "source");
    Ok(WhichOrphans {
        query: ListAddress::parse(search).query,
        source: source.map(|(_, id)| parsed(&id, "source")).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_means_the_orphans_of_a_list_or_of_a_source() {
        let of_list = which("?kind=group&attention=orphan").expect("a list");
        assert_eq!(of_list.query.to_pairs().len(), 2);
        assert_eq!(of_list.source, None);
        let of_source = which("source=0190a5a0-0000-7000-8000-000000000000").expect("a source");
        assert!(of_source.query.is_unfiltered() && of_source.source.is_some());
        // An address that was mistyped must not mean all of them.
        assert!(which("source=nonsense").is_err());
    }
}
