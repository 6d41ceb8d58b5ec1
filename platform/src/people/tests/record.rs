//! Every change of people stands in the record, with who made it and of whom.

use super::*;
use crate::audit::service::{Filter, Whose, list_audit};

/// Action, actor, kind and id of the object of every row, the first first.
async fn recorded(db: &Db, root: &Caller) -> Vec<(String, String, String, String)> {
    let page = list_audit(db, root, Whose::Everybody, &Filter::default(), None).await.expect("the record");
    assert!(page.next.is_none(), "all of it is on one page");
    page.rows.into_iter().rev().map(|row| (row.action, row.actor, row.object_kind, row.object_id)).collect()
}

on_both_databases!(every_change_of_people_is_recorded, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let mina = root.account().expect("an account");
    // Rows of one moment have no order: each change has a time of its own.
    let within = |milliseconds| at(2) + SignedDuration::from_millis(milliseconds);
    let withdrawn = service::invite(&db, &root, false, "", within(0)).await.expect("a link");
    let open = service::list_invitations(&db, &root, at(3)).await.expect("a list");
    let withdrawn_id = open[0].id;
    service::withdraw_invitation(&db, &root, withdrawn_id, within(300)).await.expect("withdrawn");
    let invited = service::invite(&db, &root, false, "", within(600)).await.expect("a link");
    let open = service::list_invitations(&db, &root, at(3)).await.expect("a list");
    let link_id = open[0].id;
    let tom =
        accepted(&db, &callers, invited.reveal(), NewAccount { username: "tom".into(), ..mina_form() }).await;
    let his = Caller::Person(callers.find(tom, at(3)).await.expect("a read").expect("a person"));

    let (old, new) = (password("correct horse battery"), password("another horse battery"));
    service::sign_in(&db, "tom", &old, "10.0.0.1", at(4)).await.expect("his password");
    service::record_sign_in(&db, &his, "10.0.0.1", at(4)).await.expect("signed in");
    service::sign_out(&db, &his, at(5)).await.expect("signed out");
    service::change_password(&db, &his, &old, &new, at(6)).await.expect("changed");
    let who = service::sign_in(&db, "tom", &new, "10.0.0.1", at(7)).await.expect("his password");
    sessions::create(&db, "his", Some(who), "{}", LIFETIMES, at(7)).await.expect("a session");
    service::record_sign_in(&db, &his, "10.0.0.1", at(7)).await.expect("signed in");
    service::end_session(&db, &his, &sessions::name_of("his"), at(8)).await.expect("ended");
    service::sign_out_everywhere(&db, &his, at(9)).await.expect("signed out");

    let exists = |_: &domain::catalog::reference::EntityRef| true;
    service::attach_team(&db, &callers, &root, tom, "payments", false, exists, at(10))
        .await
        .expect("attached");
    let team = "group:default/payments".parse().expect("a reference");
    service::detach_team(&db, &callers, &root, tom, &team, at(11)).await.expect("detached");
    service::end_sessions(&db, &root, tom, at(12)).await.expect("ended");
    service::set_disabled(&db, &callers, &root, tom, true, at(13)).await.expect("kept out");
    service::set_disabled(&db, &callers, &root, tom, false, at(14)).await.expect("let in");
    service::set_administrator(&db, &callers, &root, tom, true, at(15)).await.expect("made");
    service::set_administrator(&db, &callers, &root, tom, false, at(16)).await.expect("taken");
    let link = service::make_reset_link(&db, &root, tom, at(17)).await.expect("a link");
    service::reset_password(&db, link.reveal(), &old, "10.0.0.1", at(18)).await.expect("set");

    let (by_mina, by_tom) = (format!("account:{mina}"), format!("account:{tom}"));
    let of = |action: &str, by: &str, kind: &str, id: &dyn ToString| {
        (action.to_owned(), by.to_owned(), kind.to_owned(), id.to_string())
    };
    let all = recorded(&db, &root).await;
    assert_eq!((all[0].0.as_str(), all[0].1.as_str()), ("account.invite", "system:start"));
    let expected = [
        of("account.create", &by_mina, "account", &mina),
        of("account.invite", &by_mina, "invitation", &withdrawn_id),
        of("account.withdraw", &by_mina, "invitation", &withdrawn_id),
        of("account.invite", &by_mina, "invitation", &link_id),
        of("account.create", &by_tom, "account", &tom),
        of("session.start", &by_tom, "account", &tom),
        of("session.end", &by_tom, "account", &tom),
        of("account.password", &by_tom, "account", &tom),
        of("session.start", &by_tom, "account", &tom),
        of("session.end", &by_tom, "account", &tom),
        of("session.end_all", &by_tom, "account", &tom),
        of("account.team_add", &by_mina, "account", &tom),
        of("account.team_remove", &by_mina, "account", &tom),
        of("session.end_all", &by_mina, "account", &tom),
        of("account.disable", &by_mina, "account", &tom),
        of("account.enable", &by_mina, "account", &tom),
        of("account.make_administrator", &by_mina, "account", &tom),
        of("account.take_administrator", &by_mina, "account", &tom),
        of("account.reset_link", &by_mina, "account", &tom),
        of("account.password_reset", &by_tom, "account", &tom),
    ];
    assert_eq!(all[1..], expected);
    assert_ne!(withdrawn.reveal(), invited.reveal());
});
