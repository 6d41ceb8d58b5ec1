//! What counts as a try, and against whom.

use super::*;
use crate::testing::count;

const FAILURES: &str = "select count(*) from sign_in_failures";

on_both_databases!(a_machine_with_many_ipv6_addresses_is_one_machine, |db| async move {
    let callers = Callers::new(db.clone());
    first_administrator(&db, &callers).await;
    let right = password("correct horse battery");
    for number in 0..10 {
        let address = format!("2001:db8:1:2::{number:x}");
        let refused = service::sign_in(&db, "mina", &password("wrong"), &address, at(10)).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }
    let refused = service::sign_in(&db, "mina", &right, "2001:db8:1:2:ffff::1", at(11)).await;
    assert!(matches!(refused, Err(Error::TooMany(_))), "{refused:?}");
    service::sign_in(&db, "mina", &right, "2001:db8:1:3::1", at(11)).await.expect("from elsewhere she may");
});

on_both_databases!(of_a_name_that_no_account_can_have_nothing_is_kept, |db| async move {
    let callers = Callers::new(db.clone());
    first_administrator(&db, &callers).await;
    let wrong = service::sign_in(&db, "mina", &password("wrong"), "10.0.0.1", at(5)).await;
    let sentence = wrong.expect_err("wrong").to_string();
    for name in ["", "mi na", "mina\0", "mína", &"x".repeat(65), &"x".repeat(1 << 20)] {
        let refused = service::sign_in(&db, name, &password("wrong"), "10.0.0.1", at(6)).await;
        assert_eq!(refused.expect_err("refused").to_string(), sentence);
    }
    assert_eq!(count(&db, FAILURES).await, 1);
});

on_both_databases!(a_name_to_sign_in_with_does_not_keep_anybody_from_a_new_password, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let name = root.account().expect("an account").to_string();
    let mut tx = db.begin().await.expect("a transaction");
    for _ in 0..100 {
        store::failure_create(&mut tx, mint(at(10)), &name, "10.0.0.9", at(10)).await.expect("a failure");
    }
    tx.commit().await.expect("kept");
    let (old, new) = (password("correct horse battery"), password("another horse battery"));
    service::change_password(&db, &root, &old, &new, at(11)).await.expect("changed");
});

on_both_databases!(a_link_of_who_may_not_invite_any_more_is_worthless, |db| async move {
    let callers = Callers::new(db.clone());
    let root = first_administrator(&db, &callers).await;
    let link = service::invite(&db, &root, true, "", at(2)).await.expect("a link");
    let tom =
        accepted(&db, &callers, link.reveal(), NewAccount { username: "tom".into(), ..mina_form() }).await;
    let his = Caller::Person(callers.find(tom, at(3)).await.expect("a read").expect("a person"));
    service::set_disabled(&db, &callers, &root, tom, true, at(4)).await.expect("kept out");
    // He asked while he still might, and it is kept only now.
    let late = service::invite(&db, &his, true, "", at(5)).await.expect("a link");
    let found = service::find_invitation(&db, late.reveal(), at(6)).await;
    assert!(matches!(found, Err(Error::NotFound(_))), "{found:?}");
    assert!(service::list_invitations(&db, &root, at(6)).await.expect("a list").is_empty());
    let new = NewAccount { username: "tom2".into(), ..mina_form() };
    let used = service::accept_invitation(&db, &callers, late.reveal(), new, "", at(6)).await;
    assert!(matches!(used, Err(Error::NotFound(_))), "{used:?}");
});
