//! Everyone reads what they did themselves, leaders what concerns their teams, administrators everything; nothing is passed over between
//! two pages.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use domain::catalog::reference::EntityRef;
use domain::ids::AccountId;
use domain::people::{Caller, Membership, Person, System};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::service::{Filter, PAGE, PAGE_OF_OWN, Page, Whose, list_audit};
use super::{Entry, ago, record_in_tx};
use crate::catalog::source::{Place, Settings};
use crate::catalog::{self, Catalog};
use crate::clock::Clock;
use crate::db::{Db, Sql};
use crate::ids::mint;
use crate::jobs::Waker;
use crate::{Error, on_both_databases};

const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));

/// Search stands beside payments, which is below shop.
const TEAMS: &str = "apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: shop}
spec: {type: department, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: payments}
spec: {type: team, parent: shop, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: search}
spec: {type: team, children: []}
";

fn person(name: &str, administrator: bool) -> Caller {
    person_in(name, administrator, &[])
}

/// Somebody in teams; whether they lead each.
fn person_in(name: &str, administrator: bool, teams: &[(&str, bool)]) -> Caller {
    let account: AccountId = mint(Timestamp::UNIX_EPOCH);
    let teams = teams.iter().map(|(name, leader)| Membership { team: team(name), leader: *leader }).collect();
    Caller::Person(Person { account, name: name.to_owned(), administrator, teams, address: Some(ADDRESS) })
}

#[test]
fn how_long_ago_is_said_in_one_unit() {
    for (seconds, words) in [
        (-3, "a moment ago"),
        (4, "a moment ago"),
        (59, "59 s ago"),
        (150, "2 min ago"),
        (7_300, "2 h ago"),
        (200_000, "2 d ago"),
    ] {
        assert_eq!(ago(SignedDuration::from_secs(seconds)), words);
    }
}

fn team(name: &str) -> EntityRef {
    EntityRef::new("group", "default", name).expect("a reference")
}

/// A catalog that holds [`TEAMS`].
async fn catalog_of_teams(db: &Db, folder: &Path) -> Catalog {
    let (root, now) = (person("Root", true), Clock::System.now());
    let path = folder.join("teams");
    std::fs::create_dir(&path).expect("a folder");
    std::fs::write(path.join("catalog-info.yaml"), TEAMS).expect("a file");
    let config = catalog::Config {
        mirrors: folder.join("mirrors"),
        roots: vec![folder.to_owned()],
        outgoing: Default::default(),
    };
    let catalog =
        Catalog::open(db.clone(), Clock::System, Waker::default(), config).await.expect("a catalog");
    let settings = Settings {
        name: "teams".to_owned(),
        place: Place::Folder { path },
        glob: None,
        trusted: true,
        allowance: None,
        every_minutes: 60,
    };
    let source = catalog::service::add_source(&catalog, &root, settings, now).await.expect("a source");
    let job = Caller::System(System { job: Some(mint(now)), on_behalf_of: None });
    catalog::service::run_refresh(&catalog, &job, source, &Clock::System).await.expect("read");
    catalog
}

/// Records actions, a second apart, each named by its number.
async fn record(db: &Db, caller: &Caller, action: &'static str, numbers: std::ops::Range<i64>) {
    record_of(db, caller, action, None, numbers).await;
}

/// The same, done to what a team owns.
async fn record_of(
    db: &Db,
    caller: &Caller,
    action: &'static str,
    of: Option<&str>,
    numbers: std::ops::Range<i64>,
) {
    let mut tx = db.begin().await.expect("begin");
    for number in numbers {
        let now = Timestamp::from_second(1_790_000_000).expect("a time") + SignedDuration::from_secs(number);
        let entry = Entry::new(action, "environment", number, "pr-311").detail(json!({ "number": number }));
        let entry = match of {
            Some(name) => entry.team(&team(name)),
            None => entry,
        };
        record_in_tx(&mut tx, caller, entry, now).await.expect("recorded");
    }
    tx.commit().await.expect("commit");
}

fn numbers(page: &Page) -> Vec<i64> {
    page.rows.iter().map(|row| row.detail.0["number"].as_i64().expect("a number")).collect()
}

on_both_databases!(own_actions_for_everyone_all_for_administrators, |db| async move {
    let (mina, tom, root) = (person("Mina", false), person("Tom", false), person("Root", true));
    record(&db, &mina, "environment.request", 0..2).await;
    record(&db, &tom, "environment.extend", 2..4).await;
    let all = Filter::default();
    let own = list_audit(&db, &mina, Whose::Own, &all, None).await.expect("a list");
    assert_eq!(numbers(&own), [1, 0]);
    let row = &own.rows[0];
    assert_eq!((row.actor_name.as_str(), row.action.as_str()), ("Mina", "environment.request"));
    assert_eq!((row.object_kind.as_str(), row.object_id.as_str()), ("environment", "1"));
    assert_eq!((row.object_name.as_str(), row.address.as_deref()), ("pr-311", Some("192.0.2.7")));
    let refused = list_audit(&db, &mina, Whose::Everybody, &all, None).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    for whose in [Whose::Own, Whose::Everybody] {
        let refused = list_audit(&db, &Caller::Stranger, whose, &all, None).await;
        assert!(matches!(refused, Err(Error::SignInFirst)), "{refused:?}");
    }
    let everybody = list_audit(&db, &root, Whose::Everybody, &all, None).await.expect("a list");
    assert_eq!(numbers(&everybody), [3, 2, 1, 0]);
    assert_eq!(numbers(&list_audit(&db, &root, Whose::Own, &all, None).await.expect("a list")), [0_i64; 0]);
});

on_both_databases!(leaders_see_what_concerns_their_teams_and_those_below, |db| async move {
    let folder = tempfile::tempdir().expect("a folder");
    let catalog = catalog_of_teams(&db, folder.path()).await;
    let snapshot = catalog.snapshot();
    let tom = person("Tom", false);
    record(&db, &tom, "environment.request", 0..1).await;
    for (name, number) in [("shop", 1), ("payments", 2), ("search", 3), ("closed", 4)] {
        record_of(&db, &tom, "environment.request", Some(name), number..number + 1).await;
    }
    record_of(&db, &tom, "account.team_add", Some("payments"), 5..6).await;
    let list = async |teams: &[(&str, bool)], action: Option<&str>| {
        let filter = Filter { action: action.map(str::to_owned), object: None };
        let page =
            list_audit(&db, &person_in("Lee", false, teams), Whose::Led(&snapshot), &filter, None).await;
        page.map(|page| numbers(&page))
    };
    assert_eq!(
        list(&[("payments", true)], None).await.expect("a list"),
        [5, 2],
        "of a team below, not above"
    );
    assert_eq!(
        list(&[("shop", true)], None).await.expect("a list"),
        [5, 2, 1],
        "of a team and of those below"
    );
    assert_eq!(list(&[("shop", true)], Some("environment")).await.expect("a list"), [2, 1]);
    assert_eq!(list(&[("search", true), ("shop", false)], None).await.expect("a list"), [3]);
    assert_eq!(
        list(&[("closed", true)], None).await.expect("a list"),
        [4],
        "though the catalog knows it not"
    );
    for teams in [&[][..], &[("shop", false)]] {
        let refused = list(teams, None).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{teams:?}: {refused:?}");
    }
    let all = Filter::default();
    let refused = list_audit(&db, &Caller::Stranger, Whose::Led(&snapshot), &all, None).await;
    assert!(matches!(refused, Err(Error::SignInFirst)), "{refused:?}");
    let leader = person_in("Lee", false, &[("shop", true)]);
    let refused = list_audit(&db, &leader, Whose::Everybody, &all, None).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    let environments = Filter { action: Some("environment".to_owned()), object: None };
    let page = list_audit(&db, &person("Root", true), Whose::Everybody, &environments, None).await;
    assert_eq!(numbers(&page.expect("a list")), [4, 3, 2, 1, 0]);
});

on_both_databases!(what_concerns_the_teams_of_a_leader_has_pages_too, |db| async move {
    let folder = tempfile::tempdir().expect("a folder");
    let catalog = catalog_of_teams(&db, folder.path()).await;
    let snapshot = catalog.snapshot();
    let (tom, leader) = (person("Tom", false), person_in("Lee", false, &[("shop", true)]));
    let half = PAGE as i64 / 2;
    record_of(&db, &tom, "environment.request", Some("shop"), 0..half).await;
    record_of(&db, &tom, "environment.request", Some("search"), half..half + 9).await;
    record_of(&db, &tom, "environment.request", Some("payments"), half + 9..2 * half + 12).await;
    let (all, whose) = (Filter::default(), Whose::Led(&snapshot));
    let first = list_audit(&db, &leader, whose, &all, None).await.expect("a page");
    let newest = (half + 9..2 * half + 12).rev();
    assert_eq!(numbers(&first), newest.chain((3..half).rev()).collect::<Vec<_>>());
    let last = list_audit(&db, &leader, whose, &all, first.next).await.expect("a page");
    assert_eq!((numbers(&last), last.next), (vec![2, 1, 0], None));
});

on_both_databases!(the_record_is_searched_by_action_and_by_object, |db| async move {
    let root = person("Root", true);
    record(&db, &root, "environment.request", 0..2).await;
    record(&db, &root, "environment.extend", 2..4).await;
    record(&db, &root, "cluster.add", 4..5).await;
    let list = async |action: Option<&str>, object: Option<&str>| {
        let filter = Filter {
            action: action.map(str::to_owned),
            object: object.map(|id| ("environment".to_owned(), id.to_owned())),
        };
        numbers(&list_audit(&db, &root, Whose::Everybody, &filter, None).await.expect("a list"))
    };
    assert_eq!(list(Some("environment.extend"), None).await, [3, 2]);
    assert_eq!(list(Some("environment"), None).await, [3, 2, 1, 0], "a room with all of its actions");
    assert_eq!(list(Some("environ"), None).await, [0_i64; 0], "but no part of a word");
    assert_eq!(list(None, Some("1")).await, [1]);
    assert_eq!(list(Some("environment.extend"), Some("1")).await, [0_i64; 0]);
});

on_both_databases!(pages_follow_one_another, |db| async move {
    let root = person("Root", true);
    let whole = PAGE as i64;
    record(&db, &root, "environment.request", 0..2 * whole + 3).await;
    let (mut after, mut seen, mut sizes) = (None, Vec::new(), Vec::new());
    loop {
        let page = list_audit(&db, &root, Whose::Everybody, &Filter::default(), after).await.expect("a page");
        seen.extend(numbers(&page));
        sizes.push(page.rows.len());
        // What is recorded meanwhile moves nothing.
        record(&db, &root, "environment.request", 1_000..1_001).await;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [PAGE, PAGE, 3]);
    assert_eq!(seen, (0..2 * whole + 3).rev().collect::<Vec<_>>());
});

on_both_databases!(what_one_did_oneself_has_pages_too, |db| async move {
    let (mina, tom) = (person("Mina", false), person("Tom", false));
    let whole = PAGE_OF_OWN as i64;
    record(&db, &mina, "environment.request", 0..whole + 1).await;
    record(&db, &tom, "environment.request", 500..501).await;
    let all = Filter::default();
    let first = list_audit(&db, &mina, Whose::Own, &all, None).await.expect("a page");
    assert_eq!(numbers(&first), (1..whole + 1).rev().collect::<Vec<_>>());
    let last = list_audit(&db, &mina, Whose::Own, &all, first.next).await.expect("a page");
    assert_eq!((numbers(&last), last.next), (vec![0], None));
});

on_both_databases!(a_last_page_that_is_full_is_the_last, |db| async move {
    let root = person("Root", true);
    record(&db, &root, "environment.request", 0..PAGE as i64).await;
    let page = list_audit(&db, &root, Whose::Everybody, &Filter::default(), None).await.expect("a page");
    assert_eq!((page.rows.len(), page.next), (PAGE, None));
});

on_both_databases!(an_outcome_names_the_row_that_asked_for_it, |db| async move {
    let mina = person("Mina", false);
    let now = Timestamp::from_second(1_790_000_000).expect("a time");
    let mut tx = db.begin().await.expect("begin");
    let asked = Entry::new("environment.request", "environment", 1, "pr-311");
    let intent = record_in_tx(&mut tx, &mina, asked, now).await.expect("recorded");
    let became = Entry::new("environment.ready", "environment", 1, "pr-311").outcome_of(Some(intent));
    record_in_tx(&mut tx, &mina, became, now).await.expect("recorded");
    tx.commit().await.expect("commit");
    const TEXT: &str = "select phase, coalesce(intent_id, '') from audit order by phase";
    const PHASES: Sql = Sql::each(TEXT, TEXT);
    let mut reader = db.read().await.expect("a reader");
    let rows = crate::sql!(&mut reader, all(String, String), PHASES).expect("rows");
    let (asked, became) = (("intent".to_owned(), String::new()), ("outcome".to_owned(), intent.to_string()));
    assert_eq!(rows, [asked, became]);
});
