//! Sign-in, links, teams and sessions on both databases.

mod administrators;
mod begin_and_end;
mod record;
mod resets;
mod tries;

use domain::people::Caller;
use jiff::{SignedDuration, Timestamp};

use super::service::{self, NewAccount};
use super::sessions::{self, Begun, Lifetimes};
use super::{Callers, Password, store};
use crate::db::Db;
use crate::ids::mint;
use crate::{Error, on_both_databases};

const LIFETIMES: Lifetimes =
    Lifetimes { idle: SignedDuration::from_hours(1), absolute: SignedDuration::from_hours(24) };

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).expect("a time")
}

fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

fn mina_form() -> NewAccount {
    NewAccount {
        username: "Mina".into(),
        name: "Mina Okafor".into(),
        password: password("correct horse battery"),
    }
}

async fn first_administrator(db: &Db, callers: &Callers) -> Caller {
    let secret = service::first_link(db, at(0)).await.expect("a link").expect("nobody is there yet");
    let id = service::accept_invitation(db, callers, secret.reveal(), mina_form(), "127.0.0.1", at(1))
        .await
        .expect("an account")
        .account;
    Caller::Person(callers.find(id, at(1)).await.expect("a read").expect("a person"))
}

async fn accepted(db: &Db, callers: &Callers, link: &str, new: NewAccount) -> domain::ids::AccountId {
    service::accept_invitation(db, callers, link, new, "", at(3)).await.expect("an account").account
}

on_both_databases!(the_first_link_works_once, |db| async move {
    let callers = Callers::new(db.clone());
    let older = service::first_link(&db, at(0)).await.expect("a link").expect("nobody is there yet");
    let secret = service::first_link(&db, at(0)).await.expect("a link").expect("nobody is there yet");
    let stale = service::accept_invitation(&db, &callers, older.reveal(), mina_form(), "", at(1)).await;
    assert!(matches!(stale, Err(Error::NotFound(_))), "an older link is worthless");
    let late = service::accept_invitation(&db, &callers, secret.reveal(), mina_form(), "", at(86_401)).await;
    assert!(matches!(late, Err(Error::NotFound(_))), "it ends after 24 hours");
    let id = service::accept_invitation(&db, &callers, secret.reveal(), mina_form(), "", at(1))
        .await
        .expect("an account")
        .account;
    assert!(callers.find(id, at(1)).await.expect("a read").expect("a person").administrator);
    let again = service::accept_invitation(&db, &callers, secret.reveal(), mina_form(), "", at(2)).await;
    assert!(matches!(again, Err(Error::NotFound(_))), "it is used up");
    assert!(service::first_link(&db, at(3)).await.expect("a read").is_none(), "there is an administrator");
});

on_both_databases!(a_bad_form_uses_no_link_up, |db| async move {
    let callers = Callers::new(db.clone());
    let secret = service::first_link(&db, at(0)).await.expect("a link").expect("nobody is there yet");
    let bad = NewAccount { username: "mina okafor".into(), name: " ".into(), password: password("short") };
    let refused = service::accept_invitation(&db, &callers, secret.reveal(), bad, "", at(1)).await;
    let Err(Error::Invalid(problems)) = refused else { panic!("it must be refused") };
    let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["username", "name", "secret_password"]);
    service::accept_invitation(&db, &callers, secret.reveal(), mina_form(), "", at(2))
        .await
        .expect("the link still works");
});

on_both_databases!(signing_in_is_throttled_by_name_and_address, |db| async move {
    let callers = Callers::new(db.clone());
    first_administrator(&db, &callers).await;
    let right = password("correct horse battery");
    for second in 10..20 {
        let refused = service::sign_in(&db, "mina", &password("wrong"), "10.0.0.1", at(second)).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "wrong, and nothing more");
    }
    let refused = service::sign_in(&db, "MINA", &right, "10.0.0.1", at(20)).await;
    assert!(matches!(refused, Err(Error::TooMany(wait)) if wait > 800), "{refused:?}");
    service::sign_in(&db, "mina", &right, "10.0.0.2", at(20))
        .await
        .expect("nobody keeps her out from elsewhere");
    for second in 30..40 {
        let _wrong = service::sign_in(&db, "mina", &password("wrong"), "10.0.0.1", at(second)).await;
    }
    let refused = service::sign_in(&db, "mina", &right, "10.0.0.1", at(40)).await;
    assert!(matches!(refused, Err(Error::TooMany(_))), "{refused:?}");
    service::sign_in(&db, "mina", &right, "10.0.0.1", at(40 + 15 * 60)).await.expect("the window has passed");
});

on_both_databases!(an_address_is_throttled_whatever_names_it_tries, |db| async move {
    let callers = Callers::new(db.clone());
    first_administrator(&db, &callers).await;
    let mut tx = db.begin().await.expect("a transaction");
    for number in 0..50 {
        let name = format!("somebody-{number}");
        store::failure_create(&mut tx, mint(at(10)), &name, "10.0.0.1", at(10)).await.expect("a failure");
    }
    tx.commit().await.expect("kept");
    let right = password("correct horse battery");
    let refused = service::sign_in(&db, "mina", &right, "10.0.0.1", at(20)).await;
    assert!(matches!(refused, Err(Error::TooMany(_))), "{refused:?}");
    service::sign_in(&db, "mina", &right, "10.0.0.2", at(20)).await.expect("from elsewhere she may");
});

on_both_databases!(a_link_that_was_given_out_is_listed_and_can_be_withdrawn, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let link = service::invite(&db, &root, true, "", at(2)).await.expect("a link");
    let open = service::list_invitations(&db, &root, at(3)).await.expect("a list");
    let facts: Vec<_> = open.iter().map(|link| (link.administrator, link.made_by.as_deref())).collect();
    assert_eq!(facts, [(true, Some("Mina Okafor"))], "the one that was used is not among them");
    let over = service::list_invitations(&db, &root, at(2 + 24 * 3_600)).await.expect("a list");
    assert!(over.is_empty(), "nor is one that has ended");
    let viewer = Caller::Person(domain::people::Person {
        account: mint(at(0)),
        name: "Vera".to_owned(),
        administrator: false,
        teams: Vec::new(),
        address: None,
    });
    let id = open[0].id;
    assert!(matches!(service::list_invitations(&db, &viewer, at(3)).await, Err(Error::Forbidden(_))));
    assert!(matches!(service::withdraw_invitation(&db, &viewer, id, at(3)).await, Err(Error::Forbidden(_))));
    service::withdraw_invitation(&db, &root, id, at(4)).await.expect("withdrawn");
    let again = service::withdraw_invitation(&db, &root, id, at(4)).await;
    assert!(matches!(again, Err(Error::NotFound(_))), "{again:?}");
    let new = NewAccount { username: "tom".into(), ..mina_form() };
    let used = service::accept_invitation(&db, &callers, link.reveal(), new, "", at(5)).await;
    assert!(matches!(used, Err(Error::NotFound(_))), "it is worthless");
});

on_both_databases!(tries_at_the_same_time_are_counted_each, |db| async move {
    let callers = Callers::new(db.clone());
    first_administrator(&db, &callers).await;
    let wrong = password("wrong");
    let tries = (0..40).map(|_| service::sign_in(&db, "mina", &wrong, "10.0.0.1", at(10)));
    let answers = futures::future::join_all(tries).await;
    let looked_at = answers.iter().filter(|answer| matches!(answer, Err(Error::Invalid(_)))).count();
    // A replica has so many connections to PostgreSQL; what they count at the same moment is not seen by the others.
    assert!((10..=30).contains(&looked_at), "{looked_at} of 40 were looked at");
});

on_both_databases!(who_is_kept_out_has_no_link_to_come_back_by, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let link = service::invite(&db, &root, true, "", at(2)).await.expect("a link");
    let new = NewAccount { username: "tom".into(), ..mina_form() };
    let tom = accepted(&db, &callers, link.reveal(), new).await;
    let caller = Caller::Person(callers.find(tom, at(3)).await.expect("a read").expect("a person"));
    let own = service::invite(&db, &caller, true, "", at(4)).await.expect("a link of his own");
    service::set_disabled(&db, &callers, &root, tom, true, at(5)).await.expect("kept out");
    let new = NewAccount { username: "tom2".into(), ..mina_form() };
    let back = service::accept_invitation(&db, &callers, own.reveal(), new, "", at(6)).await;
    assert!(matches!(back, Err(Error::NotFound(_))), "{back:?}");
});

on_both_databases!(a_wrong_name_reads_like_a_wrong_password, |db| async move {
    let callers = Callers::new(db.clone());
    first_administrator(&db, &callers).await;
    let nobody =
        service::sign_in(&db, "nobody", &password("wrong"), "10.0.0.1", at(5)).await.expect_err("nobody");
    let wrong =
        service::sign_in(&db, "mina", &password("wrong"), "10.0.0.1", at(5)).await.expect_err("wrong");
    assert_eq!(nobody.to_string(), wrong.to_string());
});

on_both_databases!(nobody_keeps_themselves_out_and_the_last_administrator_stays, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let link = service::invite(&db, &root, true, "", at(2)).await.expect("a link");
    let new = NewAccount { username: "tom".into(), ..mina_form() };
    let tom = accepted(&db, &callers, link.reveal(), new).await;
    let his = Caller::Person(callers.find(tom, at(3)).await.expect("a read").expect("a person"));
    let mina = root.account().expect("an account");
    let refused_with = async |caller: &Caller, words: &str| {
        let refused = service::set_disabled(&db, &callers, caller, mina, true, at(9)).await;
        assert!(
            matches!(&refused, Err(Error::Conflict(sentence)) if sentence.contains(words)),
            "{refused:?}"
        );
    };
    refused_with(&root, "You cannot disable your own account").await;
    service::set_disabled(&db, &callers, &root, tom, true, at(4)).await.expect("kept out");
    // He asked while he still might.
    refused_with(&his, "Mina Okafor is the only administrator who can sign in").await;
});

on_both_databases!(two_administrators_who_keep_each_other_out_at_once_leave_one, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let link = service::invite(&db, &root, true, "", at(2)).await.expect("a link");
    let new = NewAccount { username: "tom".into(), ..mina_form() };
    let tom = accepted(&db, &callers, link.reveal(), new).await;
    let tom = Caller::Person(callers.find(tom, at(3)).await.expect("a read").expect("a person"));
    let (first, second) = (root.account().expect("an account"), tom.account().expect("an account"));
    let (one, other) = tokio::join!(
        service::set_disabled(&db, &callers, &root, second, true, at(4)),
        service::set_disabled(&db, &callers, &tom, first, true, at(4)),
    );
    assert_eq!([one, other].iter().filter(|answer| answer.is_ok()).count(), 1);
});

on_both_databases!(teams_are_attached_by_administrators_to_groups_that_exist, |db| async move {
    let callers = Callers::new(db.clone());
    let caller = first_administrator(&db, &callers).await;
    let id = caller.account().expect("an account");
    let attach = |caller: Caller, team: &'static str, now| {
        let (db, callers) = (db.clone(), callers.clone());
        async move {
            service::attach_team(
                &db,
                &callers,
                &caller,
                id,
                team,
                true,
                |team| team.name() == "payments",
                now,
            )
            .await
        }
    };
    assert!(matches!(attach(caller.clone(), "nowhere", at(2)).await, Err(Error::Invalid(_))));
    let attached = attach(caller.clone(), "payments", at(3)).await.expect("attached");
    assert_eq!(attached.change, service::TeamChange::Added { leader: true });
    let person = callers.find(id, at(3)).await.expect("a read").expect("a person");
    assert_eq!(person.teams[0].team.as_str(), "group:default/payments");
    let mut nobody = person.clone();
    nobody.administrator = false;
    assert!(matches!(attach(Caller::Person(nobody), "payments", at(4)).await, Err(Error::Forbidden(_))));
});

on_both_databases!(a_session_that_ended_never_comes_back, |db| async move {
    let lifetimes =
        Lifetimes { idle: SignedDuration::from_secs(100), absolute: SignedDuration::from_secs(250) };
    let create = async || sessions::create(&db, "one", None, "{}", lifetimes, at(0)).await.expect("asked");
    assert_eq!(create().await, Begun::Yes);
    assert_eq!(create().await, Begun::IdTaken, "not made twice");
    sessions::touch(&db, "one", lifetimes, "agent", at(90)).await.expect("touched");
    assert!(sessions::find(&db, "one", at(180)).await.expect("a read").is_some(), "use moves the idle end");
    sessions::touch(&db, "one", lifetimes, "agent", at(180)).await.expect("touched");
    assert!(
        sessions::find(&db, "one", at(251)).await.expect("a read").is_none(),
        "never beyond the absolute end"
    );
    sessions::delete(&db, "one").await.expect("deleted");
    sessions::save(&db, "one", None, "{\"account\":1}").await.expect("a late request saves");
    assert!(sessions::find(&db, "one", at(10)).await.expect("a read").is_none());
});
