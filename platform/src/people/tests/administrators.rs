//! Who may do everything: given and taken at once, and never taken from the last one.

use super::*;
use crate::testing::count;

async fn tom(db: &Db, callers: &Callers, root: &Caller, administrator: bool) -> domain::ids::AccountId {
    let link = service::invite(db, root, administrator, "", at(2)).await.expect("a link");
    accepted(db, callers, link.reveal(), NewAccount { username: "tom".into(), ..mina_form() }).await
}

on_both_databases!(an_administrator_is_made_and_unmade_at_once, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let tom = tom(&db, &callers, &root, false).await;
    // The time stands still: nothing that is remembered grows old by itself.
    let now = async || callers.find(tom, at(3)).await.expect("a read").expect("a person");
    let before = Caller::Person(now().await);
    let refused = service::set_administrator(&db, &callers, &before, tom, true, at(3)).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    service::set_administrator(&db, &callers, &root, tom, true, at(4)).await.expect("made");
    assert!(now().await.administrator);
    service::set_administrator(&db, &callers, &root, tom, true, at(5)).await.expect("is one already");
    let his = Caller::Person(now().await);
    let link = service::invite(&db, &his, true, "", at(6)).await.expect("a link of his own");
    service::set_administrator(&db, &callers, &root, tom, false, at(7)).await.expect("taken");
    assert!(!now().await.administrator);
    service::set_administrator(&db, &callers, &root, tom, true, at(8)).await.expect("made again");
    let found = service::find_invitation(&db, link.reveal(), at(9)).await;
    assert!(matches!(found, Err(Error::NotFound(_))), "what he made before is void: {found:?}");
    for (action, expected) in [("account.make_administrator", 2), ("account.take_administrator", 1)] {
        let rows = format!("select count(*) from audit where action = '{action}'");
        assert_eq!(
            count(&db, &rows).await,
            expected,
            "{action}: a change each, and what changed nothing is none"
        );
    }
});

on_both_databases!(who_is_put_into_a_team_again_hears_what_is_different, |db| async move {
    use service::TeamChange;
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let tom = tom(&db, &callers, &root, false).await;
    let exists = |_: &domain::catalog::reference::EntityRef| true;
    for (second, leader, expected) in [
        (4, true, TeamChange::Added { leader: true }),
        (5, true, TeamChange::Nothing { leader: true }),
        (6, false, TeamChange::NoLongerLeader),
        (7, false, TeamChange::Nothing { leader: false }),
        (8, true, TeamChange::MadeLeader),
    ] {
        let attached =
            service::attach_team(&db, &callers, &root, tom, "payments", leader, exists, at(second)).await;
        let attached = attached.expect("an answer");
        assert_eq!((attached.name.as_str(), attached.change), ("Mina Okafor", expected), "at {second}");
    }
    let rows = "select count(*) from audit where action = 'account.team_add'";
    assert_eq!(count(&db, rows).await, 3, "a change each, and what changed nothing is none");
});

on_both_databases!(the_last_administrator_who_can_sign_in_stays_one, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let mina = root.account().expect("an account");
    let tom = tom(&db, &callers, &root, true).await;
    service::set_disabled(&db, &callers, &root, tom, true, at(4)).await.expect("kept out");
    let refused = service::set_administrator(&db, &callers, &root, mina, false, at(5)).await;
    let words = "Mina Okafor is the only administrator who can sign in";
    assert!(matches!(&refused, Err(Error::Conflict(sentence)) if sentence == words), "{refused:?}");
    service::set_administrator(&db, &callers, &root, tom, false, at(6))
        .await
        .expect("who is kept out counts for none");
    service::set_disabled(&db, &callers, &root, tom, false, at(7)).await.expect("let in");
    service::set_administrator(&db, &callers, &root, tom, true, at(8)).await.expect("made");
    service::set_administrator(&db, &callers, &root, mina, false, at(9)).await.expect("there is another one");
});

on_both_databases!(two_administrators_who_take_it_from_each_other_at_once_leave_one, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let mina = root.account().expect("an account");
    let tom = tom(&db, &callers, &root, true).await;
    let his = Caller::Person(callers.find(tom, at(3)).await.expect("a read").expect("a person"));
    let (one, other) = tokio::join!(
        service::set_administrator(&db, &callers, &root, tom, false, at(4)),
        service::set_administrator(&db, &callers, &his, mina, false, at(4)),
    );
    assert_eq!([one, other].iter().filter(|answer| answer.is_ok()).count(), 1);
});

on_both_databases!(whom_a_link_is_for_stands_in_the_list_where_it_was_noted, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    service::invite(&db, &root, false, " Nora Nowak ", at(2)).await.expect("a link");
    service::invite(&db, &root, false, " ", at(3)).await.expect("a link");
    let open = service::list_invitations(&db, &root, at(4)).await.expect("a list");
    let notes: Vec<_> = open.iter().map(|link| link.for_whom.as_deref()).collect();
    assert_eq!(notes, [None, Some("Nora Nowak")], "the newest first");
    let long = service::invite(&db, &root, false, &"x".repeat(81), at(5)).await;
    assert!(matches!(&long, Err(Error::Invalid(problems)) if problems[0].field == "for_whom"), "{long:?}");
});
