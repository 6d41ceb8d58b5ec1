//! From the use cases to what the list shows. On the server only.

use domain::catalog::EntityRef;
use domain::catalog::query::{Attention, Facet, Query};
use domain::people::{Action, Caller, authorize};
use platform::catalog::snapshot::{FacetCounts, List, ListRequest};
use platform::catalog::source::Source;
use platform::catalog::{Catalog, Entry, Snapshot, Visibility, service};
use platform::{Platform, Result};

use super::address::ListAddress;
use super::list_view::*;

/// Values of a facet that are shown, and those that are shown when somebody asks for more.
const FEW_VALUES: usize = 8;
const MANY_VALUES: usize = 200;

/// A page of the list.
pub async fn list(platform: &Platform, caller: &Caller, address: &ListAddress) -> Result<CatalogList> {
    let catalog = &platform.catalog;
    let sources = service::list_sources(catalog, caller).await?;
    let findings: u64 = service::count_findings(catalog, caller, None).await?.into_values().sum();
    let ask = |page: usize| {
        let offset = (page - 1).saturating_mul(PAGE_ROWS);
        let request = ListRequest { query: &address.query, offset, limit: PAGE_ROWS, with_facets: true };
        service::list_entities(catalog, caller, &request)
    };
    let mut page = address.page;
    let mut list = ask(page)?;
    if list.rows.is_empty() && list.total > 0 {
        page = usize::try_from(list.total).unwrap_or(usize::MAX).div_ceil(PAGE_ROWS);
        list = ask(page)?;
    }
    let snapshot = catalog.snapshot();
    let reading = Reading { findings, ..reading(&sources, caller, &snapshot) };
    let orphans = orphans(catalog, caller, &address.query)?;
    Ok(CatalogList { orphans, ..shown(list, page, address.more, &snapshot, reading) })
}

/// The orphans of a list that is narrowed to them.
fn orphans(catalog: &Catalog, caller: &Caller, query: &Query) -> Result<Option<OrphansNote>> {
    if !query.has(Facet::Attention, Attention::Orphan.name()) {
        return Ok(None);
    }
    let which = service::WhichOrphans { query: query.clone(), source: None };
    let orphans = service::list_orphans(catalog, caller, &which)?;
    let removable = u64::try_from(orphans.removable.len()).unwrap_or(u64::MAX);
    Ok(Some(OrphansNote { removable, others: orphans.others }))
}

fn shown(list: List, page: usize, more: Option<Facet>, snapshot: &Snapshot, reading: Reading) -> CatalogList {
    CatalogList {
        orphans: None,
        rows: list.rows.iter().map(|entry| row(entry, snapshot)).collect(),
        total: list.total,
        whole: snapshot.len(),
        page,
        facets: list.facets.into_iter().map(|counts| facet(counts, more, snapshot)).collect(),
        reading,
    }
}

fn row(entry: &Entry, snapshot: &Snapshot) -> EntityRow {
    let entity = &entry.entity;
    EntityRow {
        reference: entry.reference().clone(),
        name: entity.display_name().to_owned(),
        description: entity.description().map(str::to_owned),
        kind: entity.kind.as_str().to_owned(),
        of_type: entity.spec_type().map(str::to_owned),
        owner: entity.owner().map(|owner| named(owner, "group", snapshot)),
        system: entity.system().map(|system| named(system, "system", snapshot)),
        lifecycle: entity.lifecycle().map(str::to_owned),
        orphan: entry.orphaned_at.is_some(),
        stale: entry.stale_since.is_some(),
    }
}

/// Another entity, by its title or by its short name where `kind` is understood.
pub fn named(reference: EntityRef, kind: &str, snapshot: &Snapshot) -> Named {
    Named {
        name: snapshot.name_of(&reference, kind),
        exists: snapshot.get(&reference, &Visibility::All).is_some(),
        reference,
    }
}

/// The most frequent values; those that are chosen are always among them.
fn facet(counts: FacetCounts, more: Option<Facet>, snapshot: &Snapshot) -> FacetView {
    let kind = match counts.facet {
        Facet::Owner => Some("group"),
        Facet::System => Some("system"),
        _ => None,
    };
    let title = |value: &str| snapshot.title(&value.parse::<EntityRef>().ok()?, kind?);
    let most = if more == Some(counts.facet) { MANY_VALUES } else { FEW_VALUES };
    let all = counts.values.len();
    let values: Vec<ValueView> = counts
        .values
        .into_iter()
        .enumerate()
        .filter(|(at, value)| *at < most || value.chosen)
        .map(|(_, value)| ValueView {
            title: title(&value.value),
            value: value.value.to_string(),
            count: value.count,
            on: value.chosen,
        })
        .collect();
    FacetView { facet: counts.facet, more: all - values.len(), values }
}

fn reading(sources: &[Source], caller: &Caller, snapshot: &Snapshot) -> Reading {
    let mut reading = Reading {
        sources: u64::try_from(sources.len()).unwrap_or(u64::MAX),
        changed_at: snapshot.changed_at().map(|at| at.as_microsecond()),
        may_add: authorize(caller, Action::ManageSources).is_ok(),
        ..Reading::default()
    };
    for source in sources {
        match &source.last_run {
            None => reading.waits = true,
            Some(run) => {
                let counts = run.counts.unwrap_or_default();
                reading.files += counts.files;
                if run.outcome.is_err() || source.unstored.is_some() {
                    reading.failing.push(source.settings.name.clone());
                }
            }
        }
    }
    reading
}
