//! From the use cases to what the pages of Settings show. On the server only.

use std::collections::BTreeMap;

use domain::clusters::{Standing, do_not_work, need_tokens};
use domain::environments::{form, lifetime};
use domain::ids::{BlueprintId, JobId};
use domain::people::Caller;
use jiff::Timestamp;
use platform::audit::service::{self as record, Filter, Recorded, Whose};
use platform::environments::service::{self as environments, BlueprintView};
use platform::jobs::service::{self as jobs, Listed};
use platform::{Platform, Result, catalog, clusters, people};

use super::view::*;
use crate::environments::read::short;
use crate::request::{Done, parsed};

/// The live facts of the index. Clusters first: only administrators may know them, so nobody else gets further.
pub async fn overview(platform: &Platform, caller: &Caller, now: Timestamp) -> Result<Overview> {
    let connections = clusters::service::list_connections(&platform.db, caller).await?;
    let ending = connections.iter().filter(|one| one.needs_token(now)).count();
    let sources = catalog::service::list_sources(&platform.catalog, caller).await?;
    let findings = catalog::service::count_findings(&platform.catalog, caller, None).await?;
    let findings = usize::try_from(findings.into_values().sum::<u64>()).unwrap_or(usize::MAX);
    let blueprints = environments::list_blueprints(&platform.environments, caller).await?;
    let accounts = people::service::list_accounts(&platform.db, caller).await?;
    let counts = jobs::count_jobs(&platform.db, caller).await?;
    let last = record::list_audit(&platform.db, caller, Whose::Everybody, &Filter::default(), None).await?;
    let standing =
        |wanted: Standing| connections.iter().filter(|one| one.contact.standing() == wanted).count();
    let (broken, poor) = (standing(Standing::DoesNotWork), standing(Standing::RightsMissing));
    let unread = sources
        .iter()
        .filter(|source| {
            let failed = source.last_run.as_ref().is_some_and(|run| run.outcome.is_err());
            failed || source.unstored.is_some()
        })
        .count();
    let in_state = |state: &str| -> usize {
        let all = counts.iter().filter(|count| count.state == state).map(|count| count.number).sum::<i64>();
        usize::try_from(all).unwrap_or_default()
    };
    let withdrawn = blueprints.iter().filter(|blueprint| blueprint.withdrawn).count();
    let published = number(blueprints.len(), "blueprint is published", "blueprints are published");
    let published =
        if withdrawn == 0 { published } else { format!("{published}, {withdrawn} of them withdrawn") };
    let disabled = accounts.iter().filter(|account| account.disabled_at.is_some()).count();
    let people = number(accounts.len(), "account", "accounts");
    let people = if disabled == 0 { people } else { format!("{people}, {disabled} of them disabled") };
    Ok(Overview {
        clusters: Summary {
            fact: number(connections.len(), "cluster", "clusters"),
            problem: (broken > 0).then(|| format!("{broken} {}", do_not_work(broken))),
            warnings: [
                (poor > 0).then(|| number(poor, "lacks permissions", "lack permissions")),
                (ending > 0).then(|| format!("{ending} {}", need_tokens(ending))),
            ]
            .into_iter()
            .flatten()
            .collect(),
        },
        sources: Summary {
            fact: number(sources.len(), "source", "sources"),
            problem: (unread > 0).then(|| number(unread, "could not be read", "could not be read")),
            warnings: (findings > 0).then(|| number(findings, "finding", "findings")).into_iter().collect(),
        },
        blueprints: Summary::new(published),
        people: Summary::new(people),
        queue: Summary {
            fact: format!("{} waiting, {} running", in_state("waiting"), in_state("running")),
            problem: Some(in_state("failed"))
                .filter(|failed| *failed > 0)
                .map(|failed| number(failed, "job has failed", "jobs have failed")),
            warnings: Vec::new(),
        },
        audit: Summary::new(last_change(last.rows.first())),
    })
}

/// The newest version of each blueprint.
pub async fn blueprints(platform: &Platform, caller: &Caller) -> Result<Vec<BlueprintRow>> {
    let blueprints = environments::list_blueprints(&platform.environments, caller).await?;
    Ok(blueprints.iter().map(row).collect())
}

/// One published version.
pub async fn blueprint(platform: &Platform, caller: &Caller, id: BlueprintId) -> Result<BlueprintDetail> {
    let found = environments::find_blueprint(&platform.environments, caller, id).await?;
    let row = row(&found);
    let BlueprintView { blueprint, source, .. } = found;
    Ok(BlueprintDetail {
        row,
        default_lifetime: lifetime::print(blueprint.lifetime.default),
        maximum_lifetime: lifetime::print(blueprint.lifetime.maximum),
        fields: form::fields(&blueprint.parameters),
        steps: blueprint.steps.iter().map(|step| step.title.clone()).collect(),
        outputs: blueprint.outputs.iter().map(|output| output.title.clone()).collect(),
        source,
    })
}

/// Jobs with their counts.
pub async fn queue(platform: &Platform, caller: &Caller, filter: QueueFilter) -> Result<QueueView> {
    let after = filter.after.as_deref().and_then(position);
    let (state, kind) = (filled(filter.state), filled(filter.kind));
    let page = jobs::list_jobs(&platform.db, caller, state.as_deref(), kind.as_deref(), after).await?;
    let counts = jobs::count_jobs(&platform.db, caller).await?;
    let next = page.next.map(cursor);
    Ok(QueueView { kinds: kinds(counts), jobs: page.jobs.into_iter().map(job).collect(), next })
}

/// Has a failed job run again.
pub async fn retry_job(
    platform: &Platform,
    caller: &Caller,
    id: &str,
    back: &str,
    now: Timestamp,
) -> Result<Done> {
    let id = parsed(id, "job")?;
    jobs::retry_job(&platform.db, &platform.waker, caller, id, now).await?;
    let query = back.strip_prefix("/settings/queue").filter(|rest| rest.is_empty() || rest.starts_with('?'));
    Ok(Done::to(format!("/settings/queue{}", query.unwrap_or_default())).saying("The job is queued again"))
}

fn number(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn last_change(row: Option<&Recorded>) -> String {
    match row {
        Some(row) => {
            let team = row.team.as_deref().map(|team| short(team, "group"));
            let team = team_words(&row.action, team.as_deref()).map(|words| format!(" {words}"));
            let (what, team) = (action_words(&row.action), team.unwrap_or_default());
            format!("Last: {} {what} {}{team}", row.actor_name, row.object_name)
        }
        None => "Nothing changed yet".to_owned(),
    }
}

pub(super) fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn row(view: &BlueprintView) -> BlueprintRow {
    BlueprintRow {
        id: view.id,
        name: view.blueprint.name.clone(),
        title: view.blueprint.title.clone(),
        description: view.blueprint.description.clone(),
        version: view.blueprint.version,
        digest: view.blueprint.digest.clone(),
        published_at: view.published_at,
        withdrawn: view.withdrawn,
    }
}

fn job(job: Listed) -> JobRow {
    let environment = job.environment_id.map(|id| format!("/environments/{id}")).zip(job.environment_name);
    let source = job.source_id.map(|id| format!("/settings/sources/{id}")).zip(job.source_name);
    JobRow {
        id: job.id,
        kind: job.kind,
        key: job.unique_key,
        about: environment.or(source),
        state: job.state,
        due_at: job.due_at.0,
        attempt: job.attempt,
        failures: job.failures,
        lease_owner: job.lease_owner,
        last_error: job.last_error,
        changed_at: job.updated_at.0,
    }
}

fn kinds(counts: Vec<jobs::Count>) -> Vec<KindCounts> {
    let mut kinds: BTreeMap<String, KindCounts> = BTreeMap::new();
    for count in counts {
        let of_kind = kinds.entry(count.kind.clone()).or_insert_with(|| KindCounts {
            kind: count.kind.clone(),
            waiting: 0,
            running: 0,
            failed: 0,
            done: 0,
            cancelled: 0,
            first_due_at: None,
        });
        match count.state.as_str() {
            "waiting" => {
                of_kind.waiting = count.number;
                of_kind.first_due_at = Some(count.oldest_due_at.0);
            }
            "running" => of_kind.running = count.number,
            "failed" => of_kind.failed = count.number,
            "done" => of_kind.done = count.number,
            "cancelled" => of_kind.cancelled = count.number,
            _ => {}
        }
    }
    kinds.into_values().collect()
}

/// Where the page after a job begins: `MICROSECONDS.ID`.
fn cursor((at, id): (Timestamp, JobId)) -> String {
    format!("{}.{id}", at.as_microsecond())
}

fn position(cursor: &str) -> Option<(Timestamp, JobId)> {
    let (at, id) = cursor.split_once('.')?;
    Some((Timestamp::from_microsecond(at.parse().ok()?).ok()?, id.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_that_is_none_begins_at_the_beginning() {
        let id = "0190a5a0-0000-7000-8000-000000000000";
        let at = Timestamp::from_microsecond(1_795_400_000_000_001).expect("a time");
        let read = position(&format!("1795400000000001.{id}")).expect("a position");
        assert_eq!(read, (at, id.parse().expect("an id")));
        for wrong in ["", "1795400000000001", "x.y", "1.2", &format!("{}.{id}", i64::MAX)] {
            assert_eq!(position(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn counts_stand_by_kind() {
        let at = platform::db::At(Timestamp::UNIX_EPOCH);
        let count = |kind: &str, state: &str, number| jobs::Count {
            kind: kind.to_owned(),
            state: state.to_owned(),
            number,
            oldest_due_at: at,
        };
        let kinds = kinds(vec![count("a", "waiting", 2), count("b", "failed", 1), count("a", "done", 7)]);
        let seen: Vec<_> =
            kinds.iter().map(|kind| (kind.kind.as_str(), kind.waiting, kind.failed, kind.done)).collect();
        assert_eq!(seen, [("a", 2, 0, 7), ("b", 0, 1, 0)]);
        assert!(kinds[0].first_due_at.is_some() && kinds[1].first_due_at.is_none());
    }
}
