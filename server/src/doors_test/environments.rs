//! The table of roles for environments, asked at the doors: what somebody may do is done, what they may not changes nothing.

use super::samples::sample;
use super::server::answer;
use super::world::{Role, World};

/// Who may, as the table of roles says it.
fn may(deed: &str, role: Role) -> bool {
    match deed {
        "request" | "extend" | "cancel" | "retry" => {
            matches!(role, Role::Member | Role::Requester | Role::Leader | Role::Above | Role::Administrator)
        }
        "destroy" => {
            matches!(role, Role::Requester | Role::Leader | Role::Above | Role::Administrator)
        }
        "give-up" => role == Role::Administrator,
        _ => panic!("{deed} is not in the table: say who may"),
    }
}

#[tokio::test]
async fn the_table_of_roles_holds_at_the_doors_of_environments() {
    let world = World::start().await;
    for role in Role::ALL {
        let cookie = world.sign_in(role).await;
        for deed in ["request", "extend", "cancel", "retry", "give-up", "destroy"] {
            let path = format!("/do/{deed}-environment");
            let objects = world.objects(role).await;
            let body = sample(&path, &objects).expect("a sample");
            let before = world.facts(&objects.environment).await;
            let answer = answer(world.server.post(&path, body, cookie.as_deref()).await).await;
            let changed = world.facts(&objects.environment).await != before;
            let there = world.has_environment(&objects.free_name).await;
            let done = match deed {
                "request" => there,
                // Nothing failed yet: who may is told so, and who may not is not.
                "retry" => answer.text.contains("Retry is not possible now"),
                "give-up" => answer.text.contains("is not being destroyed"),
                _ => changed,
            };
            assert_eq!(done, may(deed, role), "{deed} as {role:?}: {answer:?}");
            if !done {
                let no = if role == Role::Stranger { "401" } else { "refused" };
                assert_eq!(answer.word, no, "{deed} as {role:?}: {answer:?}");
                assert!(!changed && !there, "{deed} as {role:?} was refused and done all the same");
            }
        }
    }
}
