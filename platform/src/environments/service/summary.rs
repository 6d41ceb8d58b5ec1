//! Rows of lists: what an environment is and how it stands, in a few words.
//!
//! Invariant: what rows need of other tables is read once for all of them, never row by row.

use std::collections::{BTreeSet, HashMap};

use domain::environments::life::{State, StepState};
use domain::environments::lifetime::{self, Warning};
use domain::environments::status::{Facts, Status, StepFacts, out_of_sight, status};
use domain::ids::{BlueprintId, ClusterId, EnvironmentId, OperationId};
use jiff::{SignedDuration, Timestamp};

use super::super::rows::{Environment, Step};
use super::super::store::{self, BlueprintTitle};
use super::read::OperationWithSteps;
use crate::db::Session;
use crate::{Error, Result, clusters};

/// What stands in the place of a cluster's name that is not known.
const REMOVED: &str = "a cluster that was removed";

/// A row of a list.
#[derive(Clone, Debug)]
pub struct EnvironmentSummary {
    pub id: EnvironmentId,
    pub name: String,
    pub team: String,
    pub entity: Option<String>,
    pub blueprint_title: String,
    pub blueprint_version: i64,
    pub cluster: String,
    pub state: State,
    /// Why what is ready is not as it should be, or what keeps it from going; none where nothing wrong was seen.
    pub trouble: Option<String>,
    /// Why it cannot be seen how it stands, where it is ready and its cluster does not work.
    pub out_of_sight: Option<String>,
    /// Whether its cluster does not work now, and when that last answered.
    pub cluster_down: bool,
    pub cluster_answered_at: Option<Timestamp>,
    pub status: Status,
    pub requested_by_name: String,
    pub requested_at: Timestamp,
    pub expires_at: Timestamp,
    /// Whether that still says anything: not once it goes away.
    pub still_expires: bool,
    /// The warning before its expiry that it stands within.
    pub warning: Option<Warning>,
    pub changed_at: Timestamp,
}

/// The rows of a page, in their order.
pub(super) async fn summaries(
    s: &mut dyn Session,
    rows: &[Environment],
    now: Timestamp,
) -> Result<Vec<EnvironmentSummary>> {
    let names = Names::of(s, rows).await?;
    let latest = latest_of_all(s, rows).await?;
    rows.iter().map(|row| names.summary(row, latest.get(&row.id), now)).collect()
}

/// One row, of which the newest operation is known already.
pub(super) async fn summary(
    s: &mut dyn Session,
    row: &Environment,
    latest: Option<&OperationWithSteps>,
    now: Timestamp,
) -> Result<EnvironmentSummary> {
    Names::of(s, std::slice::from_ref(row)).await?.summary(row, latest, now)
}

/// The warning before its expiry that an environment stands within.
fn warning(row: &Environment, now: Timestamp) -> Result<Option<Warning>> {
    let (state, wanted) = (row.state()?, row.wanted()?);
    Ok(lifetime::expires_soon(state, wanted, row.expires_at.0, row.expiry_set_at.0, now))
}

/// What the blueprints and clusters of rows are called.
struct Names {
    blueprints: HashMap<BlueprintId, BlueprintTitle>,
    clusters: HashMap<ClusterId, clusters::Named>,
}

impl Names {
    async fn of(s: &mut dyn Session, rows: &[Environment]) -> Result<Self> {
        let blueprints: BTreeSet<BlueprintId> = rows.iter().map(|row| row.blueprint_id).collect();
        let clusters: BTreeSet<ClusterId> = rows.iter().map(|row| row.cluster_id).collect();
        let blueprints = store::blueprint_title_list(s, blueprints).await?;
        let clusters = clusters::contact::names_of(s, clusters).await?;
        Ok(Self { blueprints: blueprints.into_iter().map(|title| (title.id, title)).collect(), clusters })
    }

    fn summary(
        &self,
        row: &Environment,
        latest: Option<&OperationWithSteps>,
        now: Timestamp,
    ) -> Result<EnvironmentSummary> {
        let blueprint = self.blueprints.get(&row.blueprint_id);
        let blueprint =
            blueprint.ok_or_else(|| Error::internal("reading environments", "a blueprint is gone"))?;
        let cluster = self.clusters.get(&row.cluster_id);
        let called = cluster.map_or(REMOVED, |cluster| cluster.name.as_str());
        let warning = warning(row, now)?;
        let cluster_down = cluster.is_some_and(|cluster| cluster.does_not_work);
        let cluster_answered_at = cluster.and_then(|cluster| cluster.last_contact_at).map(Timestamp::from);
        let out_of_sight = (cluster_down && row.state()? == State::Ready)
            .then(|| out_of_sight(called, cluster_answered_at, now));
        Ok(EnvironmentSummary {
            id: row.id,
            name: row.name.clone(),
            team: row.team.clone(),
            entity: row.entity.clone(),
            blueprint_title: blueprint.title.clone(),
            blueprint_version: blueprint.version,
            cluster: called.to_owned(),
            state: row.state()?,
            trouble: row.trouble.clone(),
            status: status(&Facts {
                state: row.state()?,
                wanted: row.wanted()?,
                expires_at: Some(row.expires_at.0),
                warning,
                step: latest.map(|latest| step_facts(&latest.steps)).transpose()?.flatten(),
                cancelled: latest.is_some_and(|latest| latest.operation.state == "cancelled"),
                begun: latest.is_some_and(OperationWithSteps::begun),
                trouble: row.trouble.as_deref(),
                out_of_sight: out_of_sight.as_deref(),
                cluster: called,
                answered_at: cluster_answered_at,
                now,
            }),
            out_of_sight,
            cluster_down,
            cluster_answered_at,
            requested_by_name: row.requested_by_name.clone(),
            requested_at: row.requested_at.0,
            expires_at: row.expires_at.0,
            still_expires: lifetime::still_expires(row.state()?, row.wanted()?),
            warning,
            changed_at: row.changed_at.0,
        })
    }
}

/// The newest operations of those that have not ended: of what ended nothing is under way.
async fn latest_of_all(
    s: &mut dyn Session,
    rows: &[Environment],
) -> Result<HashMap<EnvironmentId, OperationWithSteps>> {
    let mut living = Vec::new();
    for row in rows {
        if !row.state()?.is_end() {
            living.push(row.id);
        }
    }
    let operations = store::operation_latest_all(s, &living).await?;
    let ids: Vec<OperationId> = operations.iter().map(|operation| operation.id).collect();
    let mut steps: HashMap<OperationId, Vec<Step>> = HashMap::new();
    for step in store::step_list_all(s, &ids).await? {
        steps.entry(step.operation_id).or_default().push(step);
    }
    let with_steps = operations.into_iter().map(|operation| {
        let steps = steps.remove(&operation.id).unwrap_or_default();
        (operation.environment_id, OperationWithSteps { operation, steps })
    });
    Ok(with_steps.collect())
}

/// The step at work, or the one that failed.
fn step_facts(steps: &[Step]) -> Result<Option<StepFacts<'_>>> {
    for (at, step) in steps.iter().enumerate() {
        let state = step.state()?;
        if matches!(state, StepState::Done | StepState::Skipped) {
            continue;
        }
        return Ok(Some(StepFacts {
            number: at + 1,
            of: steps.len(),
            title: &step.title,
            state,
            attempt: u32::try_from(step.attempt.max(1)).unwrap_or(u32::MAX),
            next_attempt_at: step.next_attempt_at.map(Timestamp::from),
            cluster_unreachable: step.unreachable,
            problem: step.problem.as_deref(),
            limit: SignedDuration::from_secs(step.time_limit_seconds),
        }));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use domain::environments::life::State;

    use crate::environments::service::{ListFilter, list_environments};
    use crate::environments::store;
    use crate::on_both_databases;
    use crate::testing::execute;
    use crate::testing::world::{GOOD, World, now, nowhere};

    on_both_databases!(each_row_of_a_list_says_what_its_own_page_says, |db| async move {
        let folder = tempfile::tempdir().expect("a folder");
        let world = World::set_up(db, folder.path(), &nowhere()).await;
        let (queued, leaving) = (world.ask("queued", GOOD).await, world.ask("leaving", GOOD).await);
        let (ready, troubled) = (world.ask("ready", GOOD).await, world.ask("troubled", GOOD).await);
        world.destroy(leaving).await;
        let mut tx = world.db.begin().await.expect("a transaction");
        for id in [ready, troubled] {
            store::environment_set_state(&mut tx, id, State::Ready, None, now()).await.expect("ready");
        }
        store::trouble_save(&mut tx, troubled, Some("It stands on its head."), now()).await.expect("kept");
        tx.commit().await.expect("kept");

        let time = now();
        let list = list_environments(&world.environments, &world.member, &ListFilter::default(), time).await;
        let rows = list.expect("a list").rows;
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [troubled, ready, leaving, queued]);
        let words: Vec<&str> = rows.iter().map(|row| row.status.word.as_str()).collect();
        assert_eq!((words[0], words[1], words[3]), ("Not ready", "Ready", "Queued"));
        assert!(words[2].starts_with("Destroying · step 1 of "), "{words:?}");
        // Whoever opens a page has the cluster looked at, which may find meanwhile that it does not answer.
        let all = ListFilter::default();
        let told = async |id| {
            let list = list_environments(&world.environments, &world.member, &all, time);
            let rows = list.await.expect("a list").rows;
            rows.into_iter().find(|row| row.id == id).expect("listed").status
        };
        for row in &rows {
            let before = told(row.id).await;
            let page = crate::environments::service::find_environment(
                &world.environments,
                &world.member,
                row.id,
                time,
            );
            let page = page.await.expect("a page");
            let lists = [before, told(row.id).await];
            assert!(lists.contains(&page.summary.status), "{lists:?} {:?}", page.summary.status);
            assert_eq!(
                (page.summary.blueprint_title, page.summary.cluster),
                ("Web service".to_owned(), "staging".to_owned())
            );
            let next = &page.summary.status.next;
            let said = |reason: &String| row.trouble.as_ref() == Some(reason) || next.starts_with(reason);
            assert!(page.reason.as_ref().is_none_or(said), "{:?} {next}", page.reason);
            assert!(row.trouble.is_none() || page.reason.is_some(), "{next}");
        }
        // Whatever becomes of it, that is not said of it any more.
        world.destroy(troubled).await;
        assert_eq!(world.page(troubled).await.summary.trouble, None);
    });

    on_both_databases!(that_its_cluster_is_away_comes_before_what_keeps_it_from_going, |db| async move {
        const HELD: &str = "Kubernetes waits for finalizers: a/b in 1 resource instances.";
        const AWAY: &str = "The cluster does not answer";
        let folder = tempfile::tempdir().expect("a folder");
        let world = World::set_up(db, folder.path(), &nowhere()).await;
        let id = world.ask("held", GOOD).await;
        world.destroy(id).await;
        let mut tx = world.db.begin().await.expect("a transaction");
        store::trouble_save(&mut tx, id, Some(HELD), now()).await.expect("kept");
        tx.commit().await.expect("kept");
        assert_eq!(world.page(id).await.reason.as_deref(), Some(HELD));
        let away = "update steps set state = 'retry_wait', unreachable = true, problem = 'The cluster does not answer'";
        execute(&world.db, away).await;
        let page = world.page(id).await;
        assert_eq!(page.reason.as_deref(), Some(AWAY));
        let next = &page.summary.status.next;
        assert!(next.starts_with(&format!("{AWAY}. ")), "{next}");
        assert!(next.ends_with(&format!("As last seen: {HELD}")), "{next}");
    });
}
