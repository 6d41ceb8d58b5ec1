//! How long a step usually takes: the middle half of what the same step took in the newest operations before.

use domain::ids::BlueprintId;
use jiff::SignedDuration;

use super::rows::{Operation, Step};
use super::store;
use crate::Result;
use crate::db::Session;

/// So many of the newest are looked at.
const NEWEST: i64 = 20;
/// Fewer say nothing about the next one.
const FEWEST: usize = 5;

/// From the first to the third quartile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usual {
    pub from: SignedDuration,
    pub to: SignedDuration,
}

/// What is usual for each step of an operation of a blueprint, in their order; nothing for those too few went before, and for an
/// operation that is over.
pub(crate) async fn of_steps(
    s: &mut dyn Session,
    blueprint: BlueprintId,
    operation: &Operation,
    steps: &[Step],
) -> Result<Vec<Option<Usual>>> {
    if operation.finished_at.is_some() {
        return Ok(vec![None; steps.len()]);
    }
    let times = store::step_times(s, blueprint, operation.kind()?, operation.id, NEWEST).await?;
    let of_step = |step: &Step| {
        let times: Vec<i64> =
            times.iter().filter(|(key, _)| *key == step.key).map(|(_, took)| *took).collect();
        usual(&times)
    };
    Ok(steps.iter().map(of_step).collect())
}

/// Of times in microseconds, the shortest first.
fn usual(times: &[i64]) -> Option<Usual> {
    if times.len() < FEWEST {
        return None;
    }
    let quartile = |quarter: usize| {
        let at = (times.len() - 1) * quarter;
        // Between two of them where it does not fall on one.
        let (low, high) = (times.get(at / 4)?, times.get(at.div_ceil(4))?);
        let part = i64::try_from(at % 4).ok()?;
        Some(SignedDuration::from_micros(low + (high - low) * part / 4))
    };
    Some(Usual { from: quartile(1)?, to: quartile(3)? })
}

#[cfg(test)]
mod tests {
    use domain::ids::EnvironmentId;

    use super::*;
    use crate::db::Sql;
    use crate::db::dialect::both;
    use crate::environments::service::find_environment;
    use crate::on_both_databases;
    use crate::testing::world::{GOOD, World, now, nowhere};

    #[test]
    fn the_middle_half_is_usual_and_a_few_say_nothing() {
        let of = |seconds: &[i64]| {
            let times: Vec<i64> = seconds.iter().map(|seconds| seconds * 1_000_000).collect();
            usual(&times).map(|usual| (usual.from.as_secs(), usual.to.as_secs()))
        };
        assert_eq!(of(&[1, 2, 3, 4]), None);
        // One that hung does not count.
        assert_eq!(of(&[1, 2, 3, 4, 500]), Some((2, 4)));
        assert_eq!(of(&[10, 20, 30, 40, 50, 60]), Some((22, 47)));
    }

    /// As if everything of it had been done, each step in so many seconds.
    async fn finish(world: &World, id: EnvironmentId, seconds: i64) {
        const STEPS: Sql = both!(
            "update steps set state = 'done', started_at = 1000000, finished_at = 1000000 + $2 * 1000000
                where operation_id in (select id from operations where environment_id = $1)"
        );
        const OPERATION: Sql =
            both!("update operations set state = 'done', finished_at = $2 where environment_id = $1");
        let mut tx = world.db.begin().await.expect("a transaction");
        crate::sql!(&mut tx, run, STEPS, id.to_string(), seconds).expect("done");
        crate::sql!(&mut tx, run, OPERATION, id.to_string(), now().as_microsecond()).expect("done");
        tx.commit().await.expect("kept");
    }

    on_both_databases!(a_step_knows_what_it_usually_takes_from_those_before_it, |db| async move {
        let folder = tempfile::tempdir().expect("a folder");
        let world = World::set_up(db, folder.path(), &nowhere()).await;
        let usual = |id| {
            let world = &world;
            async move {
                let page =
                    find_environment(&world.environments, &world.viewer, id, now()).await.expect("a page");
                page.operation.expect("an operation").steps.first().expect("a step").usual
            }
        };
        for (number, seconds) in [30, 10, 20, 40].into_iter().enumerate() {
            let id = world.ask(&format!("before-{number}"), GOOD).await;
            finish(&world, id, seconds).await;
        }
        let id = world.ask("now", GOOD).await;
        assert_eq!(usual(id).await, None, "four are too few");
        finish(&world, id, 500).await;
        assert_eq!(usual(id).await, None, "it is over");

        let id = world.ask("next", GOOD).await;
        let (from, to) = (SignedDuration::from_secs(20), SignedDuration::from_secs(40));
        assert_eq!(usual(id).await, Some(Usual { from, to }));
        // What comes later says nothing about it.
        for number in 0..9 {
            let later = world.ask(&format!("later-{number}"), GOOD).await;
            finish(&world, later, 1).await;
        }
        assert_eq!(usual(id).await, Some(Usual { from, to }));
    });
}
