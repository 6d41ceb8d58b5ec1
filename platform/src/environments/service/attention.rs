//! What needs somebody of one's own environments and those of the teams that one leads: what needs attention, as rows of lists say it,
//! and what ends soon.

use domain::people::{Action, Caller, authorize};
use jiff::Timestamp;

use super::super::store::Filter;
use super::super::{Environments, store};
use super::read::may_extend;
use super::summary::{EnvironmentSummary, summaries};
use crate::Result;

/// More living environments than one person has, or the teams that one leads; those beyond are left out.
const MOST: i64 = 1_000;

/// An environment that needs somebody.
#[derive(Clone, Debug)]
pub struct Attention {
    pub summary: EnvironmentSummary,
    /// The caller asked for it; else a team that they lead owns it.
    pub own: bool,
    /// Whether the caller may give it more time: whoever asked for it may have left its team.
    pub may_extend: bool,
}

/// Those that the caller asked for, or that a team which they lead owns, and that expire soon or need attention
/// ([`domain::environments::status::Status::needs_attention`]); what ends first comes first. Everyone signed in may, for what is theirs.
pub async fn list_attention(
    environments: &Environments,
    caller: &Caller,
    now: Timestamp,
) -> Result<Vec<Attention>> {
    authorize(caller, Action::See)?;
    let Some(person) = caller.person() else { return Ok(Vec::new()) };
    let filter = Filter { requested_by: Some(person.account), limit: MOST, ..Filter::default() };
    let mut reader = environments.db.snapshot().await?;
    let mut rows = store::environment_list(&mut reader, &filter).await?;
    let led = environments.catalog.snapshot().teams_led_by(person);
    if !led.is_empty() {
        let filter = Filter { teams: Some(&led), limit: MOST, ..Filter::default() };
        let of_teams = store::environment_list(&mut reader, &filter).await?;
        rows.extend(of_teams.into_iter().filter(|row| row.requested_by != person.account));
    }
    let mut list = Vec::new();
    for (row, summary) in rows.iter().zip(summaries(&mut reader, &rows, now).await?) {
        if summary.status.needs_attention() || summary.warning.is_some() {
            let may_extend = may_extend(environments, &mut reader, caller, row).await?;
            let own = row.requested_by == person.account;
            list.push(Attention { summary, own, may_extend });
        }
    }
    list.sort_by_key(|one| one.summary.expires_at);
    Ok(list)
}

#[cfg(test)]
mod tests {
    use domain::people::{Caller, Membership};

    use super::list_attention;
    use crate::on_both_databases;
    use crate::testing::world::{GOOD, World, now, nowhere};

    on_both_databases!(what_fails_needs_its_asker_and_the_leader_of_its_team, |db| async move {
        let folder = tempfile::tempdir().expect("a folder");
        let world = World::set_up(db, folder.path(), &nowhere()).await;
        let failed = world.ask("fails", GOOD).await;
        world.ask("goes-on", GOOD).await;
        let mut tx = world.db.begin().await.expect("a transaction");
        let state = domain::environments::life::State::Failed;
        crate::environments::store::environment_set_state(&mut tx, failed, state, None, now())
            .await
            .expect("failed");
        tx.commit().await.expect("kept");
        for (caller, expected) in [
            (&world.member, vec![(failed, true)]),
            (&world.leader, vec![(failed, false)]),
            (&world.viewer, vec![]),
            // They may do everything, and lead nothing.
            (&world.administrator, vec![]),
        ] {
            let found = list_attention(&world.environments, caller, now()).await.expect("a list");
            let found: Vec<_> = found.into_iter().map(|one| (one.summary.id, one.own)).collect();
            assert_eq!(found, expected, "{}", caller.actor_name());
        }
    });

    on_both_databases!(what_waits_for_its_cluster_or_cannot_be_seen_needs_its_asker, |db| async move {
        let folder = tempfile::tempdir().expect("a folder");
        let world = World::set_up(db, folder.path(), &nowhere()).await;
        let (waits, ready) = (world.ask("waits", GOOD).await, world.ask("ready", GOOD).await);
        let needed = async || {
            let found = list_attention(&world.environments, &world.member, now()).await.expect("a list");
            let mut found: Vec<_> = found.into_iter().map(|one| one.summary.id).collect();
            found.sort_unstable();
            found
        };
        assert!(needed().await.is_empty());
        for change in [
            format!("update environments set state = 'ready', ready_at = 0 where id = '{ready}'"),
            format!("update environments set state = 'applying' where id = '{waits}'"),
            format!(
                "update steps set state = 'retry_wait', unreachable = true where ordinal = 0
                 and operation_id in (select id from operations where environment_id = '{waits}')"
            ),
        ] {
            crate::testing::execute(&world.db, &change).await;
        }
        assert_eq!(needed().await, [waits]);
        crate::testing::execute(&world.db, "update clusters set last_error = 'It does not answer'").await;
        let mut both = [waits, ready];
        both.sort_unstable();
        assert_eq!(needed().await, both);
    });

    on_both_databases!(what_fails_needs_the_leader_of_a_team_that_no_file_names_any_more, |db| async move {
        let folder = tempfile::tempdir().expect("a folder");
        let world = World::set_up(db, folder.path(), &nowhere()).await;
        let failed = world.ask("fails", GOOD).await;
        let gone = "update environments set team = 'group:default/gone', state = 'failed'";
        crate::testing::execute(&world.db, gone).await;
        let Caller::Person(leader) = &world.leader else { panic!("somebody leads") };
        for (leads, expected) in [(true, vec![failed]), (false, vec![])] {
            let membership =
                Membership { team: "group:default/gone".parse().expect("a reference"), leader: leads };
            let caller = Caller::Person(domain::people::Person { teams: vec![membership], ..leader.clone() });
            let found = list_attention(&world.environments, &caller, now()).await.expect("a list");
            let found: Vec<_> = found.into_iter().map(|one| one.summary.id).collect();
            assert_eq!(found, expected, "{leads}");
        }
    });
}
