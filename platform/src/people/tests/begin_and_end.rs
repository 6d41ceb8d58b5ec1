//! A session begins only for a password that was right until then, and ends for whoever may end it.

use super::*;
use crate::people::SignedIn;

async fn sign_in(db: &Db, words: &str, second: i64) -> SignedIn {
    service::sign_in(db, "mina", &password(words), "10.0.0.1", at(second)).await.expect("signed in")
}

async fn begin(db: &Db, id: &str, who: SignedIn, second: i64) -> Begun {
    sessions::create(db, id, Some(who), "{}", LIFETIMES, at(second)).await.expect("an answer")
}

on_both_databases!(no_session_begins_after_its_account_s_sessions_were_ended, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let link = service::invite(&db, &root, true, "", at(2)).await.expect("a link");
    let tom =
        accepted(&db, &callers, link.reveal(), NewAccount { username: "tom".into(), ..mina_form() }).await;
    let other = Caller::Person(callers.find(tom, at(3)).await.expect("a read").expect("a person"));
    let mina = root.account().expect("an account");
    let (old, new) = (password("correct horse battery"), password("another horse battery"));

    let who = sign_in(&db, "correct horse battery", 10).await;
    service::sign_out_everywhere(&db, &root, at(11)).await.expect("ended by herself");
    assert_eq!(begin(&db, "one", who, 12).await, Begun::Ended);

    let who = sign_in(&db, "correct horse battery", 20).await;
    service::end_sessions(&db, &other, mina, at(21)).await.expect("ended by an administrator");
    assert_eq!(begin(&db, "two", who, 22).await, Begun::Ended);

    let who = sign_in(&db, "correct horse battery", 30).await;
    service::set_disabled(&db, &callers, &other, mina, true, at(31)).await.expect("kept out");
    assert_eq!(begin(&db, "three", who, 32).await, Begun::Ended);
    service::set_disabled(&db, &callers, &other, mina, false, at(33)).await.expect("let in");
    assert_eq!(begin(&db, "four", who, 34).await, Begun::Ended, "let in again, but the look was before");

    let who = sign_in(&db, "correct horse battery", 40).await;
    let renewed = service::change_password(&db, &root, &old, &new, at(41)).await.expect("changed");
    assert_eq!(begin(&db, "five", who, 42).await, Begun::Ended);
    assert_eq!(begin(&db, "six", renewed, 43).await, Begun::Yes, "whoever changed it goes on");
    let who = sign_in(&db, "another horse battery", 44).await;
    assert_eq!(begin(&db, "seven", who, 45).await, Begun::Yes);
});

on_both_databases!(a_session_that_begins_while_they_are_ended_does_not_outlive_it, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let account = root.account().expect("an account");
    for round in 0..20 {
        let who = SignedIn { account, generation: round };
        let id = format!("round-{round}");
        let (begun, ended) =
            tokio::join!(begin(&db, &id, who, 11), service::sign_out_everywhere(&db, &root, at(11)));
        ended.expect("ended");
        let left = sessions::find(&db, &id, at(12)).await.expect("a read");
        assert!(left.is_none(), "round {round}: {begun:?}, and it is still there");
    }
});

on_both_databases!(of_two_new_passwords_at_once_one_is_set, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let old = password("correct horse battery");
    let (first, second) = (password("another horse battery"), password("a third horse battery"));
    let (one, other) = tokio::join!(
        service::change_password(&db, &root, &old, &first, at(10)),
        service::change_password(&db, &root, &old, &second, at(10)),
    );
    assert_eq!([&one, &other].iter().filter(|answer| answer.is_ok()).count(), 1, "{one:?} {other:?}");
    let set = if one.is_ok() { &first } else { &second };
    service::sign_in(&db, "mina", set, "10.0.0.1", at(11)).await.expect("the one that was said to be set");
});

on_both_databases!(a_password_is_set_in_place_of_the_one_that_was_looked_at, |db| async move {
    let callers = Callers::new(db.clone());
    let mina = first_administrator(&db, &callers).await.account().expect("an account");
    let mut tx = db.begin().await.expect("a transaction");
    let hash = store::account_find(&mut tx, mina).await.expect("a read").and_then(|row| row.password_hash);
    let hash = hash.expect("a hash");
    let set = async |tx: &mut crate::db::Tx, old: &str| {
        store::account_set_password(tx, mina, old, "$argon2id$new", at(10)).await.expect("an answer")
    };
    assert!(!set(&mut tx, "$argon2id$other").await, "another was set meanwhile");
    store::account_set_disabled(&mut tx, mina, Some(at(9)), at(9)).await.expect("kept out");
    assert!(!set(&mut tx, &hash).await, "kept out meanwhile");
    store::account_set_disabled(&mut tx, mina, None, at(9)).await.expect("let in");
    assert!(set(&mut tx, &hash).await);
});

on_both_databases!(everybody_sees_their_sessions_and_ends_their_own_alone, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let link = service::invite(&db, &root, false, "", at(2)).await.expect("a link");
    let tom =
        accepted(&db, &callers, link.reveal(), NewAccount { username: "tom".into(), ..mina_form() }).await;
    let tom = Caller::Person(callers.find(tom, at(3)).await.expect("a read").expect("a person"));
    let who = sign_in(&db, "correct horse battery", 10).await;
    for (id, second) in [("here", 10), ("there", 20)] {
        begin(&db, id, who, second).await;
    }
    sessions::touch(&db, "here", LIFETIMES, "Firefox/1", at(90)).await.expect("touched");
    let listed = async |caller: &Caller, now| {
        service::list_sessions(&db, caller, Some("here"), at(now)).await.expect("a list")
    };
    let facts = |list: Vec<service::OwnSession>| -> Vec<(Timestamp, Timestamp, String, bool)> {
        list.into_iter().map(|one| (one.began_at, one.seen_at, one.user_agent, one.is_this)).collect()
    };
    let here = (at(10), at(90), "Firefox/1".to_owned(), true);
    let there = (at(20), at(20), String::new(), false);
    assert_eq!(facts(listed(&root, 91).await), [here.clone(), there]);
    assert_eq!(facts(listed(&tom, 91).await), []);

    let name = sessions::name_of("there");
    let refused = service::end_session(&db, &tom, &name, at(92)).await;
    assert!(matches!(refused, Err(Error::NotFound(_))), "{refused:?}");
    service::end_session(&db, &root, &name, at(92)).await.expect("ended");
    assert_eq!(facts(listed(&root, 93).await), [here]);
    let again = service::end_session(&db, &root, &name, at(94)).await;
    assert!(matches!(again, Err(Error::NotFound(_))), "{again:?}");
    let over = at(90).duration_since(at(0)) + LIFETIMES.idle;
    assert_eq!(facts(listed(&root, over.as_secs()).await), [], "what is over is not listed");

    let refused = service::end_sessions(&db, &tom, who.account, at(95)).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
});
