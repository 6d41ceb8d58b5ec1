//! Finding an environment by a few letters of its name.

use domain::environments::life::State;
use domain::ids::EnvironmentId;
use domain::people::{Action, Caller, authorize};

use super::super::{Environments, store};
use super::read::may_extend;
use crate::Result;

/// An environment that was found by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedEnvironment {
    pub id: EnvironmentId,
    pub name: String,
    /// The owning Group's reference.
    pub team: String,
    pub state: State,
    /// Whether the caller may give it more time.
    pub may_extend: bool,
}

/// How many are looked through for those that may have more time.
const LOOKED_AT: i64 = 100;

/// Environments whose names contain all of the words, those alive first, the best match before the newest, at most so many; or of these
/// only those that the caller may give more time to. Everyone signed in may.
pub async fn search_environments(
    environments: &Environments,
    caller: &Caller,
    words: &str,
    extendable: bool,
    most: usize,
) -> Result<Vec<NamedEnvironment>> {
    authorize(caller, Action::See)?;
    let mut reader = environments.db.read().await?;
    let mut found = Vec::new();
    let limit = if extendable { LOOKED_AT } else { i64::try_from(most).unwrap_or(LOOKED_AT) };
    for row in store::environment_named(&mut reader, words, limit).await? {
        let state = row.state()?;
        let may_extend = may_extend(environments, &mut reader, caller, &row).await?;
        if extendable && !may_extend {
            continue;
        }
        found.push(NamedEnvironment { id: row.id, name: row.name, team: row.team, state, may_extend });
    }
    found.truncate(most);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::search_environments;
    use crate::on_both_databases;
    use crate::testing::world::{GOOD, World, now, nowhere};

    on_both_databases!(
        environments_are_found_by_letters_of_their_names_and_those_alive_come_first,
        |db| async move {
            let folder = tempfile::tempdir().expect("a folder");
            let world = World::set_up(db, folder.path(), &nowhere()).await;
            let older = world.ask("payments-pr-1", GOOD).await;
            let gone = world.ask("payments-pr-2", GOOD).await;
            world.ask("search-pr-3", GOOD).await;
            let mut tx = world.db.begin().await.expect("a transaction");
            let destroyed = domain::environments::life::State::Destroyed;
            crate::environments::store::environment_set_state(&mut tx, gone, destroyed, None, now())
                .await
                .expect("gone");
            tx.commit().await.expect("kept");

            let found = |caller, words: &'static str| {
                let environments = &world.environments;
                async move {
                    let found =
                        search_environments(environments, caller, words, false, 10).await.expect("found");
                    found.into_iter().map(|one| (one.id, one.may_extend)).collect::<Vec<_>>()
                }
            };
            // The newer one is gone, so the older one is first; what is gone gets no more time from anybody.
            assert_eq!(found(&world.member, "PAY pr").await, [(older, true), (gone, false)]);
            let extendable = search_environments(&world.environments, &world.member, "pay", true, 1).await;
            assert_eq!(extendable.expect("found").into_iter().map(|one| one.id).collect::<Vec<_>>(), [older]);
            let extendable = search_environments(&world.environments, &world.viewer, "", true, 1).await;
            assert_eq!(extendable.expect("found"), []);
            // Seen by everybody, extended by its team.
            assert_eq!(found(&world.viewer, "pay pr").await, [(older, false), (gone, false)]);
            assert!(found(&world.member, "pr pay").await.is_empty());
            assert!(found(&world.member, "p%1").await.is_empty());
            assert!(
                search_environments(&world.environments, &domain::people::Caller::Stranger, "p", false, 1)
                    .await
                    .is_err()
            );
        }
    );

    on_both_databases!(the_one_that_is_called_so_comes_first_and_then_what_begins_so, |db| async move {
        let folder = tempfile::tempdir().expect("a folder");
        let world = World::set_up(db, folder.path(), &nowhere()).await;
        for name in ["huge", "huge2", "huge3", "not-huge"] {
            world.ask(name, GOOD).await;
        }
        let found = async |words: &str, most| {
            let found = search_environments(&world.environments, &world.member, words, false, most).await;
            found.expect("found").into_iter().map(|one| one.name).collect::<Vec<_>>()
        };
        assert_eq!(found(" Huge ", 10).await, ["huge", "huge3", "huge2", "not-huge"]);
        assert_eq!(found("huge", 1).await, ["huge"], "also where there is little room");
        assert_eq!(found("", 2).await, ["not-huge", "huge3"], "without words, the newest");
    });

    on_both_databases!(what_has_the_longest_lifetime_is_offered_no_more, |db| async move {
        let folder = tempfile::tempdir().expect("a folder");
        let world = World::set_up(db, folder.path(), &nowhere()).await;
        let mut request = world.request("longest", GOOD);
        request.lifetime = "14d".to_owned();
        world.ask_for(&request).await;
        world.ask("shorter", GOOD).await;
        let found = search_environments(&world.environments, &world.member, "", true, 10).await;
        let names: Vec<_> = found.expect("found").into_iter().map(|one| one.name).collect();
        assert_eq!(names, ["shorter"]);
    });
}
