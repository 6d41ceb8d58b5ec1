//! Lists of environments: which of them somebody wants to see, page by page, the newest first.

use domain::catalog::reference::EntityRef;
use domain::environments::phase::Phase;
use domain::ids::EnvironmentId;
use domain::people::{Action, Caller, authorize};
use jiff::Timestamp;

use super::super::store::Filter;
use super::super::{Environments, store};
use super::summary::{EnvironmentSummary, summaries};
use crate::{Error, Result};

/// How many rows a page of the list holds.
const PAGE: usize = 50;

/// Which environments somebody wants to see.
#[derive(Clone, Debug, Default)]
pub struct ListFilter {
    /// Those that the caller asked for.
    pub mine: bool,
    /// Those of the teams that the caller is in, and of those below the ones that they lead.
    pub my_teams: bool,
    /// Those that are gone, too.
    pub ended: bool,
    /// A Group's reference.
    pub team: Option<String>,
    /// An entity's reference.
    pub entity: Option<String>,
    /// Words of the name, in their order; or of the name of the team, the entity or the cluster.
    pub name: Option<String>,
    /// The group of states; that of what ended includes it.
    pub phase: Option<Phase>,
    /// Where the page before ended.
    pub after: Option<String>,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct ListPage {
    pub rows: Vec<EnvironmentSummary>,
    /// Where the next page begins; none after the last.
    pub next: Option<String>,
    /// None of them is alive, and some have ended.
    pub all_ended: bool,
}

/// Environments, the newest first. Everyone signed in may.
pub async fn list_environments(
    environments: &Environments,
    caller: &Caller,
    filter: &ListFilter,
    now: Timestamp,
) -> Result<ListPage> {
    authorize(caller, Action::See)?;
    let after = filter.after.as_deref().map(position).transpose()?;
    let person = caller.person().filter(|_| filter.my_teams);
    let snapshot = environments.catalog.snapshot();
    let teams = person.map(|person| snapshot.teams_of(person));
    let called = filter.name.as_deref().map(|name| snapshot.teams_called(name)).unwrap_or_default();
    let filter = Filter {
        ended: filter.ended,
        team: filter.team.as_deref(),
        teams: teams.as_deref(),
        requested_by: if filter.mine { caller.account() } else { None },
        entity: filter.entity.as_deref(),
        name: filter.name.as_deref(),
        called: &called,
        phase: filter.phase,
        after,
        limit: PAGE as i64 + 1,
    };
    let mut reader = environments.db.read().await?;
    let mut rows = store::environment_list(&mut reader, &filter).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let last = rows.last().filter(|_| more);
    let next = last.map(|row| format!("{}.{}", row.requested_at.0.as_microsecond(), row.id));
    let all_ended = rows.is_empty() && !filter.ended && filter.after.is_none() && {
        let ended = Filter { ended: true, limit: 1, ..filter };
        !store::environment_list(&mut reader, &ended).await?.is_empty()
    };
    Ok(ListPage { rows: summaries(&mut reader, &rows, now).await?, next, all_ended })
}

/// References of the teams that have environments, ended ones included: what a list can be narrowed to. Everyone signed in may.
pub async fn list_environment_teams(environments: &Environments, caller: &Caller) -> Result<Vec<String>> {
    authorize(caller, Action::See)?;
    let mut reader = environments.db.read().await?;
    Ok(store::environment_team_list(&mut reader).await?)
}

/// How many environments of these teams are alive. Everyone signed in may.
pub async fn count_alive_of_teams(
    environments: &Environments,
    caller: &Caller,
    teams: &[EntityRef],
) -> Result<u64> {
    authorize(caller, Action::See)?;
    let mut reader = environments.db.read().await?;
    let alive = store::environment_live_count_of_teams(&mut reader, teams).await?;
    Ok(u64::try_from(alive).unwrap_or_default())
}

/// Reads back where a page ended.
fn position(text: &str) -> Result<(Timestamp, EnvironmentId)> {
    let read = || {
        let (at, id) = text.split_once('.')?;
        Some((Timestamp::from_microsecond(at.parse().ok()?).ok()?, id.parse().ok()?))
    };
    read().ok_or_else(|| Error::field("after", "This is no position in the list"))
}

#[cfg(test)]
mod tests {
    use domain::environments::life::State;
    use domain::environments::phase::Phase;

    use super::{EntityRef, ListFilter, count_alive_of_teams, list_environment_teams, list_environments};
    use crate::on_both_databases;
    use crate::testing::execute;
    use crate::testing::world::{GOOD, TEAM, World, now, nowhere};

    on_both_databases!(a_list_is_narrowed_by_name_and_by_the_phase_that_people_think_in, |db| async move {
        let folder = tempfile::tempdir().expect("a folder");
        let world = World::set_up(db, folder.path(), &nowhere()).await;
        for (name, state) in [
            ("payments-pr-1", None),
            ("payments-pr-2", Some(State::Failed)),
            ("payments-main", Some(State::Ready)),
            ("search-pr-3", Some(State::DestroyBlocked)),
            ("search-pr-4", Some(State::Destroying)),
            ("search-old", Some(State::Destroyed)),
        ] {
            let id = world.ask(name, GOOD).await;
            let Some(state) = state else { continue };
            let mut tx = world.db.begin().await.expect("a transaction");
            crate::environments::store::environment_set_state(&mut tx, id, state, None, now())
                .await
                .expect("set");
            tx.commit().await.expect("kept");
        }
        let list = async |name: Option<&str>, phase: Option<Phase>| {
            let filter = ListFilter { name: name.map(str::to_owned), phase, ..ListFilter::default() };
            let page = list_environments(&world.environments, &world.viewer, &filter, now()).await;
            page.expect("a page").rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
        };
        assert_eq!(list(Some("PAY pr"), None).await, ["payments-pr-2", "payments-pr-1"]);
        assert_eq!(list(None, Some(Phase::ComingUp)).await, ["payments-pr-1"]);
        assert_eq!(list(None, Some(Phase::Ready)).await, ["payments-main"]);
        assert_eq!(list(None, Some(Phase::NeedsAttention)).await, ["search-pr-3", "payments-pr-2"]);
        assert_eq!(list(Some("search"), Some(Phase::NeedsAttention)).await, ["search-pr-3"]);
        assert_eq!(list(None, Some(Phase::GoingAway)).await, ["search-pr-4"]);
        // What ended is in the list where somebody asks for just that.
        assert_eq!(list(None, Some(Phase::Ended)).await, ["search-old"]);
        assert_eq!(list(Some("%"), None).await, Vec::<String>::new());
        // The names of what it belongs to are searched too, and not their kinds.
        assert_eq!(list(Some("Payments"), None).await.len(), 5);
        assert_eq!(list(Some("check"), Some(Phase::Ready)).await, ["payments-main"]);
        assert_eq!(list(Some("STAGING"), Some(Phase::Ready)).await, ["payments-main"]);
        assert_eq!(list(Some("group"), None).await, Vec::<String>::new());
        assert_eq!(list(Some("component"), None).await, Vec::<String>::new());
        world.title_team("Money Movers").await;
        assert_eq!(list(Some("money MOV"), Some(Phase::Ready)).await, ["payments-main"]);
        assert_eq!(list(Some("movers money"), None).await, Vec::<String>::new());
        assert_eq!(list(Some("Payments"), None).await.len(), 5, "its name is searched still");
        let teams = list_environment_teams(&world.environments, &world.viewer).await.expect("teams");
        assert_eq!(teams, [TEAM]);
        let stranger = domain::people::Caller::Stranger;
        assert!(list_environment_teams(&world.environments, &stranger).await.is_err());
        let teams: [EntityRef; 1] = [TEAM.parse().expect("a reference")];
        let alive = count_alive_of_teams(&world.environments, &world.viewer, &teams).await;
        assert_eq!(alive.expect("a count"), 5, "all but the one that is destroyed");
        assert_eq!(count_alive_of_teams(&world.environments, &world.viewer, &[]).await.expect("a count"), 0);
        assert!(count_alive_of_teams(&world.environments, &stranger, &teams).await.is_err());
    });

    on_both_databases!(what_needs_attention_is_what_a_row_says_in_amber_or_red, |db| async move {
        let folder = tempfile::tempdir().expect("a folder");
        let world = World::set_up(db, folder.path(), &nowhere()).await;
        let states =
            ["queued", "applying", "ready", "stopped", "failed", "expiring", "destroying", "verifying_gone"];
        let steps = [
            "state = 'pending'",
            "state = 'running'",
            "state = 'running', problem = 'It is held up.'",
            "state = 'running', problem = 'It does not answer.', unreachable = true",
            "state = 'probing', unreachable = true",
            "state = 'retry_wait', problem = 'It failed.'",
            "state = 'failed', problem = 'It failed.'",
        ];
        let mut asked = 0;
        for state in states {
            for step in steps {
                for trouble in ["null", "'It stands on its head.'"] {
                    let id = world.ask(&format!("number-{asked}"), GOOD).await;
                    asked += 1;
                    let operation = format!("(select id from operations where environment_id = '{id}')");
                    let stands = format!("state = '{state}', trouble = {trouble} where id = '{id}'");
                    execute(&world.db, &format!("update environments set {stands}")).await;
                    let step = format!("{step} where ordinal = 0 and operation_id in {operation}");
                    execute(&world.db, &format!("update steps set {step}")).await;
                }
            }
        }
        for last_error in ["null", "'It does not answer'"] {
            execute(&world.db, &format!("update clusters set last_error = {last_error}")).await;
            let mut found = 0;
            for phase in Phase::ALL {
                let mut after = None;
                loop {
                    let filter = ListFilter { phase: Some(phase), after, ..ListFilter::default() };
                    let page = list_environments(&world.environments, &world.viewer, &filter, now()).await;
                    let page = page.expect("a page");
                    for row in &page.rows {
                        let needs = phase == Phase::NeedsAttention;
                        assert_eq!(row.status.needs_attention(), needs, "{phase:?}: {row:?}");
                    }
                    found += page.rows.len();
                    after = page.next;
                    if after.is_none() {
                        break;
                    }
                }
            }
            assert_eq!(found, asked, "each lies in one phase");
        }
    });

    on_both_databases!(whoever_is_in_a_team_or_leads_it_has_the_list_of_what_it_owns, |db| async move {
        let folder = tempfile::tempdir().expect("a folder");
        let world = World::set_up(db, folder.path(), &nowhere()).await;
        world.ask("of-the-team", GOOD).await;
        for (caller, mine, of_teams) in [
            (&world.member, 1, 1),
            (&world.leader, 0, 1),
            // In another team.
            (&world.viewer, 0, 0),
            // In none.
            (&world.administrator, 0, 0),
        ] {
            let count = async |mine: bool, my_teams: bool| {
                let filter = ListFilter { mine, my_teams, ..ListFilter::default() };
                let page = list_environments(&world.environments, caller, &filter, now()).await;
                page.expect("a page").rows.len()
            };
            let found = [count(false, false).await, count(true, false).await, count(false, true).await];
            assert_eq!(found, [1, mine, of_teams], "{}", caller.actor_name());
        }
    });
}
