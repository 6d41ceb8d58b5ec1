//! The table, as a table.

use uuid::Uuid;

use super::*;
use crate::catalog::reference::EntityRef;
use crate::ids::{AccountId, JobId};

fn team(name: &str) -> EntityRef {
    EntityRef::new("group", "default", name).expect("a reference")
}

fn person(number: u128, teams: &[(&str, bool)]) -> Person {
    Person {
        account: AccountId::from(Uuid::from_u128(number)),
        name: format!("person {number}"),
        administrator: false,
        teams: teams.iter().map(|(name, leader)| Membership { team: team(name), leader: *leader }).collect(),
        address: None,
    }
}

#[test]
fn roles_by_actions() {
    let payments = team("payments");
    let above = [team("commerce")];
    let requester = person(2, &[("payments", false)]);
    let owned = Owned { team: &payments, above: &above, requester: Some(requester.account) };
    let job = JobId::from(Uuid::from_u128(9));
    let callers: Vec<(&str, Caller)> = vec![
        ("stranger", Caller::Stranger),
        ("viewer", Caller::Person(person(1, &[]))),
        ("requester", Caller::Person(requester.clone())),
        ("member", Caller::Person(person(3, &[("payments", false)]))),
        ("leader", Caller::Person(person(4, &[("payments", true)]))),
        ("leader above", Caller::Person(person(5, &[("commerce", true)]))),
        ("member above", Caller::Person(person(6, &[("commerce", false)]))),
        ("leader beside", Caller::Person(person(7, &[("storefront", true)]))),
        ("administrator", Caller::Person(Person { administrator: true, ..person(8, &[]) })),
        ("job for viewer", Caller::System(System { job: Some(job), on_behalf_of: Some(person(1, &[])) })),
        ("job of Slipway", Caller::System(System { job: Some(job), on_behalf_of: None })),
    ];
    let actions: Vec<(&str, Action<'_>)> = vec![
        ("see", Action::See),
        ("own account", Action::OwnAccount),
        ("request", Action::RequestEnvironment(owned)),
        ("outputs", Action::SeeOutputs(owned)),
        ("change", Action::ChangeEnvironment(owned)),
        ("destroy", Action::DestroyEnvironment(owned)),
        ("give up", Action::GiveUpEnvironment),
        ("orphan", Action::RemoveOrphan(owned)),
        ("sources", Action::ManageSources),
        ("refresh", Action::RefreshSources),
        ("connections", Action::ManageConnections),
        ("blueprints", Action::ManageBlueprints),
        ("accounts", Action::ManageAccounts),
        ("operate", Action::Operate),
        ("team audit", Action::SeeTeamAudit),
        ("audit", Action::SeeAudit),
    ];
    let mut grid = format!("{:<15}", "");
    for (name, _) in &actions {
        grid += &format!("{name:<13}");
    }
    grid.push('\n');
    for (name, caller) in &callers {
        grid += &format!("{name:<15}");
        for (_, action) in &actions {
            let answer = if authorize(caller, *action).is_ok() { "yes" } else { "-" };
            grid += &format!("{answer:<13}");
        }
        grid = grid.trim_end().to_owned() + "\n";
    }
    insta::assert_snapshot!(grid);
}

#[test]
fn a_refusal_says_who_can() {
    let payments = team("payments");
    let owned = Owned { team: &payments, above: &[], requester: None };
    let refused = authorize(&Caller::Person(person(1, &[])), Action::DestroyEnvironment(owned));
    assert_eq!(
        refused.expect_err("a viewer may not").to_string(),
        "Only the person who requested it or a leader of payments can destroy it"
    );
}
