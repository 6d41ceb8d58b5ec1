//! A forgotten password has a way back: a link for one account, once, for a day.

use super::*;
use crate::people::SignedIn;
use crate::testing::count;

const NEW: &str = "another horse battery";

async fn second(db: &Db, callers: &Callers, root: &Caller, administrator: bool) -> Caller {
    let link = service::invite(db, root, administrator, "", at(2)).await.expect("a link");
    let new = NewAccount { username: "tom".into(), ..mina_form() };
    let id = accepted(db, callers, link.reveal(), new).await;
    Caller::Person(callers.find(id, at(3)).await.expect("a read").expect("a person"))
}

async fn reset(db: &Db, secret: &str, second: i64) -> Result<SignedIn, Error> {
    service::reset_password(db, secret, &password(NEW), "10.0.0.1", at(second)).await
}

on_both_databases!(a_reset_link_sets_a_password_once_and_ends_the_sessions, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let tom = second(&db, &callers, &root, false).await.account().expect("an account");
    let old = password("correct horse battery");
    let who = service::sign_in(&db, "tom", &old, "10.0.0.1", at(4)).await.expect("signed in");
    sessions::create(&db, "his", Some(who), "{}", LIFETIMES, at(4)).await.expect("a session");

    let link = service::make_reset_link(&db, &root, tom, at(5)).await.expect("a link");
    let of = service::find_reset(&db, link.reveal(), at(6)).await.expect("it can be used");
    assert_eq!((of.username.as_str(), of.name.as_str()), ("tom", "Mina Okafor"));
    service::sign_in(&db, "tom", &old, "10.0.0.1", at(6)).await.expect("until it is used nothing changes");
    let weak = service::reset_password(&db, link.reveal(), &password("short"), "", at(7)).await;
    assert!(matches!(weak, Err(Error::Invalid(_))), "{weak:?}");
    let who = reset(&db, link.reveal(), 8).await.expect("a bad password uses no link up");
    assert_eq!(who.account, tom);
    assert!(sessions::find(&db, "his", at(9)).await.expect("a read").is_none(), "his sessions have ended");
    let begun = sessions::create(&db, "new", Some(who), "{}", LIFETIMES, at(9)).await.expect("an answer");
    assert_eq!(begun, Begun::Yes, "whoever used it goes on");

    assert!(service::sign_in(&db, "tom", &old, "10.0.0.1", at(10)).await.is_err(), "the old one is gone");
    service::sign_in(&db, "tom", &password(NEW), "10.0.0.1", at(10)).await.expect("the new one");
    let again = reset(&db, link.reveal(), 11).await;
    assert!(matches!(again, Err(Error::NotFound(_))), "{again:?}");
    assert!(matches!(service::find_reset(&db, link.reveal(), at(11)).await, Err(Error::NotFound(_))));
});

on_both_databases!(a_reset_link_ends_after_a_day_and_with_a_newer_one, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let mina = root.account().expect("an account");
    let older = service::make_reset_link(&db, &root, mina, at(2)).await.expect("a link");
    let newer = service::make_reset_link(&db, &root, mina, at(3)).await.expect("a link");
    let void = reset(&db, older.reveal(), 4).await;
    assert!(matches!(void, Err(Error::NotFound(_))), "{void:?}");
    let late = reset(&db, newer.reveal(), 3 + 24 * 3_600).await;
    assert!(matches!(late, Err(Error::NotFound(_))), "{late:?}");
    reset(&db, newer.reveal(), 2 + 24 * 3_600).await.expect("until then it works");
});

on_both_databases!(of_two_who_use_a_reset_link_at_once_one_does, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let mina = root.account().expect("an account");
    let link = service::make_reset_link(&db, &root, mina, at(2)).await.expect("a link");
    let (one, other) = tokio::join!(reset(&db, link.reveal(), 3), reset(&db, link.reveal(), 3));
    assert_eq!([&one, &other].iter().filter(|answer| answer.is_ok()).count(), 1, "{one:?} {other:?}");
});

on_both_databases!(a_reset_clears_the_tries_that_failed, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    for second in 10..20 {
        let _wrong = service::sign_in(&db, "mina", &password("wrong"), "10.0.0.1", at(second)).await;
    }
    let refused = service::sign_in(&db, "mina", &password(NEW), "10.0.0.1", at(20)).await;
    assert!(matches!(refused, Err(Error::TooMany(_))), "{refused:?}");
    let mina = root.account().expect("an account");
    let link = service::make_reset_link(&db, &root, mina, at(21)).await.expect("a link");
    reset(&db, link.reveal(), 22).await.expect("set");
    service::sign_in(&db, "mina", &password(NEW), "10.0.0.1", at(23)).await.expect("at once");
});

on_both_databases!(who_is_kept_out_has_no_reset_link, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let his = second(&db, &callers, &root, true).await;
    let (mina, tom) = (root.account().expect("an account"), his.account().expect("an account"));
    let before = service::make_reset_link(&db, &root, tom, at(4)).await.expect("a link");
    let own =
        service::make_reset_link(&db, &his, mina, at(4)).await.expect("a link for another administrator");
    service::set_disabled(&db, &callers, &root, tom, true, at(5)).await.expect("kept out");
    let refused = service::make_reset_link(&db, &root, tom, at(6)).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    // He asked while he still might, and it is kept only now.
    let late = service::make_reset_link(&db, &his, mina, at(6)).await.expect("a link");
    for link in [&before, &own, &late] {
        let used = reset(&db, link.reveal(), 7).await;
        assert!(matches!(used, Err(Error::NotFound(_))), "{used:?}");
    }
    service::set_disabled(&db, &callers, &root, tom, false, at(8)).await.expect("let in");
    let used = reset(&db, before.reveal(), 9).await;
    assert!(matches!(used, Err(Error::NotFound(_))), "let in again, but the link was from before: {used:?}");
});

on_both_databases!(a_new_password_voids_the_reset_link, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let mina = root.account().expect("an account");
    let link = service::make_reset_link(&db, &root, mina, at(2)).await.expect("a link");
    let (old, new) = (password("correct horse battery"), password("a third horse battery"));
    service::change_password(&db, &root, &old, &new, at(3)).await.expect("changed");
    let used = reset(&db, link.reveal(), 4).await;
    assert!(matches!(used, Err(Error::NotFound(_))), "{used:?}");
});

on_both_databases!(the_command_line_makes_a_link_by_the_name_to_sign_in_with, |db| async move {
    let callers = Callers::new(db.clone());
    first_administrator(&db, &callers).await;
    let nobody = service::make_reset_link_by_name(&db, &Caller::START, "nobody", at(2)).await;
    assert!(matches!(nobody, Err(Error::NotFound(_))), "{nobody:?}");
    let link = service::make_reset_link_by_name(&db, &Caller::START, " MINA ", at(3)).await.expect("a link");
    reset(&db, link.reveal(), 4).await.expect("set");
    let rows = "select count(*) from audit where actor_name = 'Slipway' and action = 'account.reset_link'";
    assert_eq!(count(&db, rows).await, 1);
});

on_both_databases!(a_reset_link_is_seen_while_it_works_and_can_be_revoked, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let tom = second(&db, &callers, &root, false).await.account().expect("an account");
    let open = async |second| service::find_reset_link(&db, &root, tom, at(second)).await.expect("a read");
    assert!(open(4).await.is_none(), "none was made");
    let link = service::make_reset_link(&db, &root, tom, at(4)).await.expect("a link");
    let seen = open(5).await.expect("it works");
    let until = at(4 + 24 * 3_600);
    assert_eq!((seen.made_by.as_deref(), seen.expires_at.0), (Some("Mina Okafor"), until));
    assert!(open(4 + 24 * 3_600).await.is_none(), "it has expired");
    service::revoke_reset_link(&db, &root, tom, at(6)).await.expect("revoked");
    assert!(open(7).await.is_none());
    let used = reset(&db, link.reveal(), 7).await;
    assert!(matches!(used, Err(Error::NotFound(_))), "{used:?}");
    let again = service::revoke_reset_link(&db, &root, tom, at(8)).await;
    assert!(matches!(again, Err(Error::NotFound(_))), "{again:?}");
    let rows = "select count(*) from audit where action = 'account.reset_link_revoked'";
    assert_eq!(count(&db, rows).await, 1);
    service::make_reset_link_by_name(&db, &Caller::START, "tom", at(9)).await.expect("a link");
    assert_eq!(open(10).await.expect("it works").made_by, None, "the command line is nobody");
});

on_both_databases!(only_administrators_make_reset_links, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let viewer = second(&db, &callers, &root, false).await;
    let own = viewer.account().expect("an account");
    let refused = service::make_reset_link(&db, &viewer, own, at(4)).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    let refused = service::make_reset_link_by_name(&db, &viewer, "tom", at(4)).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    service::make_reset_link(&db, &root, own, at(4)).await.expect("a link");
    let refused = service::find_reset_link(&db, &viewer, own, at(5)).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    let refused = service::revoke_reset_link(&db, &viewer, own, at(5)).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
});

on_both_databases!(who_is_kept_out_at_the_same_time_gets_no_link, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let tom = second(&db, &callers, &root, false).await.account().expect("an account");
    let mut tx = db.begin().await.expect("a transaction");
    store::account_set_disabled(&mut tx, tom, Some(at(5)), at(5)).await.expect("kept out");
    let keep = async {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        tx.commit().await.expect("kept");
    };
    let (made, ()) = tokio::join!(service::make_reset_link(&db, &root, tom, at(6)), keep);
    assert!(matches!(made, Err(Error::Conflict(_))), "{:?}", made.err());
    assert_eq!(count(&db, "select count(*) from password_resets").await, 0);
});

on_both_databases!(
    a_reset_and_whatever_else_changes_the_account_do_not_lock_each_other_out,
    |db| async move {
        let callers = Callers::new(db.clone());
        let root = first_administrator(&db, &callers).await;
        let mina = root.account().expect("an account");
        let link = service::make_reset_link(&db, &root, mina, at(2)).await.expect("a link");
        // As a change of the password does: first the row, then the link.
        let mut tx = db.begin().await.expect("a transaction");
        store::account_lock_in_tx(&mut tx, mina).await.expect("locked");
        let change = async {
            // Until the other has hashed its password and waits.
            tokio::time::sleep(std::time::Duration::from_secs(2)).await;
            store::resets::reset_delete_of(&mut tx, mina)
                .await
                .expect("not locked by whoever waits for the row");
            tx.commit().await.expect("kept");
        };
        let (used, ()) = tokio::join!(reset(&db, link.reveal(), 3), change);
        assert!(matches!(used, Err(Error::NotFound(_))), "{used:?}");
    }
);
