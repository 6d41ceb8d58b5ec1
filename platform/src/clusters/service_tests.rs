//! Connecting, changing and removing clusters, on both databases.

use domain::form::ANYWAY;
use domain::ids::{AccountId, JobId};
use domain::people::{Person, System};
use uuid::Uuid;

use super::*;
use crate::audit::service::{Filter, Whose, list_audit};
use crate::clusters::Fault;
use crate::clusters::connection::How;
use crate::clusters::contact::{check_identity, open_cluster, record_contact};
use crate::clusters::draft::AccessDraft;
use crate::db::Sql;
use crate::on_both_databases;

pub(in crate::clusters) async fn keys(db: &Db) -> Keys {
    let folder = tempfile::tempdir().expect("a folder").keep();
    Keys::open(db, &folder.join("key"), at(0)).await.expect("keys")
}

pub(in crate::clusters) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).expect("a time")
}

pub(in crate::clusters) fn person(administrator: bool) -> Caller {
    Caller::Person(Person {
        account: AccountId::from(Uuid::from_u128(1)),
        name: "Mina".to_owned(),
        administrator,
        teams: Vec::new(),
        address: None,
    })
}

/// Nobody answers there.
pub(in crate::clusters) const AWAY: &str = "https://127.0.0.1:1";
/// Nor there.
const AWAY_TOO: &str = "https://127.0.0.1:2";

pub(in crate::clusters) fn draft(name: &str, server: &str) -> Draft {
    let text = format!(
        "kind: Config\ncurrent-context: here\nclusters: [{{name: c, cluster: {{server: \"{server}\"}}}}]\n\
         users: [{{name: u, user: {{token: very-secret}}}}]\ncontexts: [{{name: here, context: {{cluster: c, user: u}}}}]\n"
    );
    let access = AccessDraft::Kubeconfig { text: text.into_bytes(), context: String::new() };
    Draft { name: name.to_owned(), access, base_domain: "envs.example.com".to_owned(), ..Draft::default() }
}

/// Connects one that does not answer, in spite of that.
pub(in crate::clusters) async fn connected(db: &Db, keys: &Keys, name: &str) -> ClusterId {
    let (clients, draft) = (Clients::default(), draft(name, AWAY));
    let refused = connect_cluster(db, keys, &clients, &person(true), &draft, at(0)).await;
    let (_, anyway) = told(refused.expect_err("it does not answer"));
    let draft = Draft { anyway, ..draft };
    connect_cluster(db, keys, &clients, &person(true), &draft, at(0)).await.expect("connected").0
}

/// Changes one in spite of what a trial of it finds.
pub(in crate::clusters) async fn changed(
    db: &Db,
    keys: &Keys,
    id: ClusterId,
    draft: Draft,
    now: Timestamp,
) -> Result<()> {
    let clients = Clients::default();
    let anyway = match change_cluster(db, keys, &clients, &person(true), id, &draft, now).await {
        Err(Error::Invalid(problems)) if problems.iter().any(|one| one.field == ANYWAY) => {
            told(Error::Invalid(problems)).1
        }
        other => return other.map(drop),
    };
    let draft = Draft { anyway, ..draft };
    change_cluster(db, keys, &clients, &person(true), id, &draft, now).await.map(drop)
}

/// What somebody is told who may still have it kept, and what says so.
pub(in crate::clusters) fn told(error: Error) -> (String, String) {
    match error {
        Error::Invalid(mut problems) if problems.len() == 2 && problems[1].field == ANYWAY => {
            assert_eq!(problems[0].field, "", "it is of no field");
            (problems.swap_remove(0).message, problems.swap_remove(0).message)
        }
        other => panic!("{other:?}"),
    }
}

on_both_databases!(a_cluster_is_kept_with_its_credentials_sealed, |db| async move {
    let keys = keys(&db).await;
    let id = connected(&db, &keys, "Production").await;
    let connection = find_connection(&db, &person(true), id).await.expect("found");
    assert_eq!(connection.name, "Production");
    assert_eq!(connection.how, How::Kubeconfig { context: "here".into(), server: AWAY.into() });
    assert_eq!(connection.settings.base_domain.as_deref(), Some("envs.example.com"));
    assert_eq!(connection.revision, 1);
    let contact = &connection.contact;
    assert_eq!((contact.standing(), contact.error_since), (Standing::DoesNotWork, Some(at(0))));
    let sealed =
        store::cluster_credentials(&mut db.read().await.expect("a reader"), id).await.expect("a read");
    let sealed = sealed.expect("credentials");
    assert!(!sealed.contains("very-secret"), "nothing is kept in clear");
    let (_, client) = open_cluster(&db, &keys, &Clients::default(), id).await.expect("opened");
    client.expect("a client");
});

on_both_databases!(names_are_for_everybody_and_details_for_administrators, |db| async move {
    let keys = keys(&db).await;
    let id = connected(&db, &keys, "Production").await;
    let connection = find_connection(&db, &person(true), id).await.expect("found");
    let names = list_clusters(&db, &person(false), |_| true).await.expect("names");
    assert_eq!(names.iter().map(|cluster| cluster.name.as_str()).collect::<Vec<_>>(), ["Production"]);
    assert!(matches!(list_clusters(&db, &Caller::Stranger, |_| true).await, Err(Error::SignInFirst)));
    let me = person(false);
    let clients = Clients::default();
    let refused = [
        list_connections(&db, &me).await.map(drop),
        find_connection(&db, &me, id).await.map(drop),
        find_obstacle(&db, &me, id).await.map(drop),
        connect_cluster(&db, &keys, &clients, &me, &draft("x", AWAY), at(1)).await.map(drop),
        change_cluster(&db, &keys, &clients, &me, id, &draft("x", AWAY), at(1)).await.map(drop),
        remove_cluster(&db, &clients, &me, id, at(1)).await,
        test_cluster(&db, &keys, &clients, &me, id, at(1)).await.map(drop),
        list_twins(&db, &me, &connection).await.map(drop),
        read_contexts(&me, b"").map(drop),
        print_manifest(&me, &manifest::Options::default()).map(drop),
    ];
    for (number, answer) in refused.into_iter().enumerate() {
        assert!(matches!(answer, Err(Error::Forbidden(_))), "{number}: {answer:?}");
    }
});

on_both_databases!(when_a_token_ends_is_kept_in_clear, |db| async move {
    let keys = keys(&db).await;
    let id = connected(&db, &keys, "Staging").await;
    let find = async || find_connection(&db, &person(true), id).await.expect("found");
    assert_eq!(find().await.token_ends, None, "its token does not say");
    // Its claims are {"exp":1796112060}.
    let token = "head.eyJleHAiOjE3OTYxMTIwNjB9.sign";
    let AccessDraft::Kubeconfig { text, context } = draft("Staging", AWAY).access else { panic!("none") };
    let text = String::from_utf8(text).expect("text").replace("very-secret", token);
    let access = AccessDraft::Kubeconfig { text: text.into_bytes(), context };
    changed(&db, &keys, id, Draft { access, ..draft("Staging", AWAY) }, at(1)).await.expect("changed");
    let end = "2026-12-01T08:01:00Z".parse::<Timestamp>().expect("a time");
    let kept = find().await;
    assert_eq!(kept.token_ends, Some(end));
    assert!(!kept.needs_token(at(0)) && kept.needs_token(end));
    // What was connected before that was kept is looked at by the next call, but nobody's who has read what was replaced since.
    let forget = async |revision: i64| {
        let mut tx = db.begin().await.expect("a transaction");
        store::cluster_save_token_end(&mut tx, id, revision, None).await.expect("forgotten");
        tx.commit().await.expect("kept");
    };
    forget(kept.revision - 1).await;
    assert_eq!(find().await.token_ends, Some(end));
    forget(kept.revision).await;
    assert_eq!(find().await.token_ends, None);
    let (_, client) = open_cluster(&db, &keys, &Clients::default(), id).await.expect("opened");
    client.expect("a client");
    assert_eq!(find().await.token_ends, Some(end));
    // A change that keeps the credentials keeps their end, and others have their own.
    let keep = Draft { access: AccessDraft::Keep, ..draft("Staging", AWAY) };
    changed(&db, &keys, id, keep, at(2)).await.expect("changed");
    assert_eq!(find().await.token_ends, Some(end));
    changed(&db, &keys, id, draft("Staging", AWAY), at(3)).await.expect("changed");
    assert_eq!(find().await.token_ends, None);
});

on_both_databases!(a_name_is_taken_once_and_free_again_after_removal, |db| async move {
    let keys = keys(&db).await;
    let id = connected(&db, &keys, "Production").await;
    // Names that differ by case alone are one.
    let (clients, taken) = (Clients::default(), draft("production", AWAY));
    let again = connect_cluster(&db, &keys, &clients, &person(true), &taken, at(1)).await;
    assert!(matches!(again, Err(Error::Invalid(problems)) if problems[0].field == "name"));
    let other = connected(&db, &keys, "Other").await;
    let renamed = changed(&db, &keys, other, Draft { access: AccessDraft::Keep, ..taken }, at(1)).await;
    assert!(matches!(renamed, Err(Error::Invalid(problems)) if problems[0].field == "name"));
    remove_cluster(&db, &clients, &person(true), id, at(2)).await.expect("removed");
    connected(&db, &keys, "Production").await;
    assert_eq!(cluster_name(&db, &person(false), id).await.expect("its name stays"), "Production");
    let mut reader = db.read().await.expect("a reader");
    assert_eq!(store::cluster_credentials(&mut reader, id).await.expect("a read"), None, "they are gone");
    drop(reader);
    let gone = find_connection(&db, &person(true), id).await;
    assert!(matches!(gone, Err(Error::NotFound(_))));
});

on_both_databases!(a_change_keeps_credentials_unless_new_ones_are_given, |db| async move {
    let keys = keys(&db).await;
    let id = connected(&db, &keys, "Production").await;
    let clients = Clients::default();
    let (before, client) = open_cluster(&db, &keys, &clients, id).await.expect("opened");
    client.expect("a client");
    let keep = Draft { access: AccessDraft::Keep, ..draft("Renamed", AWAY_TOO) };
    let tried = change_cluster(&db, &keys, &clients, &person(true), id, &keep, at(1)).await.expect("changed");
    assert_eq!(tried, None, "nothing was called");
    let kept = find_connection(&db, &person(true), id).await.expect("found");
    assert_eq!(
        Draft::of(&kept).check().expect("right").settings,
        kept.settings,
        "a form that is sent back changes nothing"
    );
    assert_eq!((kept.name.as_str(), &kept.how, kept.revision), ("Renamed", &before.how, 2));
    assert!(clients.find(id, 1).is_some() && clients.find(id, 2).is_none(), "a client is of one revision");
    record_contact(&db, &kept, Ok(()), at(2)).await.expect("kept");
    changed(&db, &keys, id, draft("Renamed", AWAY_TOO), at(3)).await.expect("changed");
    let replaced = find_connection(&db, &person(true), id).await.expect("found");
    assert_eq!(replaced.how, How::Kubeconfig { context: "here".into(), server: AWAY_TOO.into() });
    let contact = replaced.contact;
    assert_eq!(contact.last_contact_at, None, "what another cluster told says nothing of this one");
    assert_eq!((contact.error_since, contact.last_error_at), (Some(at(3)), Some(at(3))));
});

on_both_databases!(what_another_administrator_saved_meanwhile_is_not_overwritten_unseen, |db| async move {
    let keys = keys(&db).await;
    let id = connected(&db, &keys, "Production").await;
    let opened = Draft::of(&find_connection(&db, &person(true), id).await.expect("found"));
    let first = Draft { base_domain: "first.example.com".to_owned(), ..opened.clone() };
    changed(&db, &keys, id, first, at(10)).await.expect("changed");
    let domain = async || {
        let connection = find_connection(&db, &person(true), id).await.expect("found");
        connection.settings.base_domain.expect("a domain")
    };
    let mut second = Draft { base_domain: "second.example.com".to_owned(), ..opened };
    let refused = changed(&db, &keys, id, second.clone(), at(135)).await;
    let Err(Error::ChangedMeanwhile { sentence, version }) = refused else { panic!("{refused:?}") };
    assert!(sentence.starts_with("Mina changed it 2 min ago while you had this page open"), "{sentence}");
    assert_eq!((version, domain().await.as_str()), (2, "first.example.com"));
    // A test changes nothing that the form shows.
    test_cluster(&db, &keys, &Clients::default(), &person(true), id, at(136)).await.expect("tested");
    second.seen = Some(version);
    changed(&db, &keys, id, second, at(140)).await.expect("knowingly");
    assert_eq!(domain().await, "second.example.com");
});

on_both_databases!(the_last_contact_and_error_are_kept, |db| async move {
    let keys = keys(&db).await;
    let id = connected(&db, &keys, "Production").await;
    let clients = Clients::default();
    let trial = test_cluster(&db, &keys, &clients, &person(true), id, at(5)).await.expect("tested");
    assert!(matches!(trial.fault, Some(Fault::Unreachable { .. })), "{trial:?}");
    let connection = find_connection(&db, &person(true), id).await.expect("found");
    assert_eq!(connection.contact.last_error, trial.fault.map(|fault| fault.to_string()));
    let contact = &connection.contact;
    assert_eq!((contact.error_since, contact.last_error_at), (Some(at(0)), Some(at(5))), "since it was kept");
    let names = list_clusters(&db, &person(false), |_| true).await.expect("names");
    assert_eq!(names[0].standing, Standing::DoesNotWork);
    record_contact(&db, &connection, Ok(()), at(6)).await.expect("kept");
    let connection = find_connection(&db, &person(true), id).await.expect("found");
    assert_eq!((connection.contact.last_contact_at, connection.contact.last_error), (Some(at(6)), None));
    let stale = Connection { revision: 0, ..find_connection(&db, &person(true), id).await.expect("found") };
    record_contact(&db, &stale, Err(&Fault::Unauthorized), at(7)).await.expect("ignored");
    let connection = find_connection(&db, &person(true), id).await.expect("found");
    assert_eq!(
        connection.contact.last_error, None,
        "the answer to an earlier revision says nothing of this one"
    );
});

on_both_databases!(a_job_of_slipway_may_do_what_an_administrator_may, |db| async move {
    let keys = keys(&db).await;
    let id = connected(&db, &keys, "Production").await;
    let job = Caller::System(System { job: Some(JobId::from(Uuid::from_u128(2))), on_behalf_of: None });
    find_connection(&db, &job, id).await.expect("found");
});

on_both_databases!(a_cluster_with_living_environments_stays, |db| async move {
    let keys = keys(&db).await;
    let id = connected(&db, &keys, "Production").await;
    let mut tx = db.begin().await.expect("a transaction");
    crate::sql!(&mut tx, run, BLUEPRINT).expect("a blueprint");
    crate::sql!(&mut tx, run, ENVIRONMENT, id.to_string()).expect("an environment");
    tx.commit().await.expect("kept");
    let clients = Clients::default();
    let told = find_obstacle(&db, &person(true), id).await.expect("an answer").expect("an environment");
    assert_eq!(told.why, "One environment still lives there");
    let refused = remove_cluster(&db, &clients, &person(true), id, at(1)).await;
    let sentence = "One environment still lives there. Destroy it before you remove the cluster";
    assert!(matches!(&refused, Err(Error::Conflict(said)) if said == sentence), "{refused:?}");
    let mut tx = db.begin().await.expect("a transaction");
    crate::sql!(&mut tx, run, DESTROYED).expect("destroyed");
    tx.commit().await.expect("kept");
    assert_eq!(find_obstacle(&db, &person(true), id).await.expect("an answer"), None);
    remove_cluster(&db, &clients, &person(true), id, at(2)).await.expect("removed");
});

on_both_databases!(what_an_earlier_revision_led_to_pins_no_cluster, |db| async move {
    let keys = keys(&db).await;
    let id = connected(&db, &keys, "Production").await;
    let before = find_connection(&db, &person(true), id).await.expect("found");
    changed(&db, &keys, id, draft("Production", AWAY_TOO), at(1)).await.expect("changed");
    let late = check_identity(&db, &before, "old").await;
    assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
    let mut tx = db.begin().await.expect("a transaction");
    assert_eq!(keep_identity_in_tx(&mut tx, &before, "old").await.expect("asked"), None);
    tx.commit().await.expect("kept");
    let after = find_connection(&db, &person(true), id).await.expect("found");
    assert_eq!(after.identity, None, "nothing is known of the new one yet");
    assert_eq!(check_identity(&db, &after, "new").await.expect("kept"), Ok(()));
    let known = find_connection(&db, &person(true), id).await.expect("found");
    assert_eq!(known.identity.as_deref(), Some("new"));
    assert_eq!(check_identity(&db, &known, "old").await.expect("known"), Err(Fault::AnotherCluster));
    remove_cluster(&db, &Clients::default(), &person(true), id, at(2)).await.expect("removed");
    let mut tx = db.begin().await.expect("a transaction");
    assert_eq!(keep_identity_in_tx(&mut tx, &known, "new").await.expect("asked"), None, "it is gone");
});

on_both_databases!(every_change_is_in_the_audit_with_who_and_what, |db| async move {
    let keys = keys(&db).await;
    let (mina, clients) = (person(true), Clients::default());
    let id = connected(&db, &keys, "Production").await;
    let taken = draft("Production", AWAY);
    connect_cluster(&db, &keys, &clients, &mina, &taken, at(1)).await.expect_err("the name is taken");
    let keep = Draft { access: AccessDraft::Keep, ..draft("Renamed", AWAY) };
    changed(&db, &keys, id, keep, at(2)).await.expect("changed");
    changed(&db, &keys, id, draft("Renamed", AWAY_TOO), at(3)).await.expect("changed");
    changed(&db, &keys, id, draft("Renamed", AWAY), at(4)).await.expect("changed");
    test_cluster(&db, &keys, &clients, &mina, id, at(5)).await.expect("tested");
    remove_cluster(&db, &clients, &mina, id, at(6)).await.expect("removed");
    remove_cluster(&db, &clients, &mina, id, at(7)).await.expect_err("it is gone");
    let page = list_audit(&db, &mina, Whose::Everybody, &Filter::default(), None).await.expect("the record");
    let mut rows = page.rows;
    rows.reverse();
    let told: Vec<_> = rows.iter().map(|row| (row.action.as_str(), row.object_name.as_str())).collect();
    assert_eq!(
        told,
        [
            ("cluster.connect", "Production"),
            ("cluster.change", "Renamed"),
            ("cluster.change", "Renamed"),
            ("cluster.change", "Renamed"),
            ("cluster.test", "Renamed"),
            ("cluster.remove", "Renamed"),
        ],
        "what was refused is not among them"
    );
    for row in &rows {
        assert_eq!((row.actor.as_str(), row.actor_name.as_str()), (mina.actor().as_str(), "Mina"));
        assert_eq!((row.object_kind.as_str(), row.object_id.as_str()), ("cluster", id.to_string().as_str()));
        assert!(!row.detail.0.to_string().contains("very-secret"), "{}", row.detail.0);
    }
    let replaced: Vec<_> = rows[1..4].iter().map(|row| &row.detail.0["credentials_replaced"]).collect();
    assert_eq!(replaced, [false, true, true]);
    let anyway: Vec<_> = rows[..4].iter().map(|row| &row.detail.0["kept_anyway"]).collect();
    assert_eq!(anyway, [true, false, true, true]);
    let wrong: Vec<_> = rows[..2].iter().map(|row| row.detail.0["in_spite_of"].as_str()).collect();
    assert!(wrong[0].is_some_and(|said| said.starts_with("The cluster does not answer")), "{wrong:?}");
    assert_eq!(wrong[1], None);
    assert_eq!(rows[0].detail.0["server"], AWAY);
    // Of a change only what is another than before.
    let renamed = json!({ "name": { "was": "Production", "is": "Renamed" },
        "credentials_replaced": false, "registries_replaced": false, "kept_anyway": false });
    assert_eq!(rows[1].detail.0, renamed);
    assert_eq!(rows[2].detail.0["server"], json!({ "was": AWAY, "is": AWAY_TOO }));
    assert!(rows[2].detail.0.get("base_domain").is_none() && rows[2].detail.0.get("name").is_none());
    assert_eq!(rows[4].detail.0["good"], false, "nobody answers there");
});

pub(in crate::clusters) const BLUEPRINT: Sql = Sql::each(INSERT_BLUEPRINT, INSERT_BLUEPRINT);
const INSERT_BLUEPRINT: &str =
    "insert into blueprints (id, name, version, title, description, source, digest, published_at)
    values ('b', 'web', 1, '', '', '', '', 0)";
pub(in crate::clusters) const ENVIRONMENT: Sql = Sql::each(INSERT_ENVIRONMENT, INSERT_ENVIRONMENT);
const INSERT_ENVIRONMENT: &str = "insert into environments (id, name, namespace, team, blueprint_id, cluster_id, parameters, state, wanted,
        outputs, requested_by, requested_by_name, requested_at, expires_at, expiry_set_at, changed_at)
    values ('e', 'a', 'a', 'group:default/a', 'b', $1, '{}', 'ready', 'present', '[]', 'x', 'x', 0, 0, 0, 0)";
const DESTROYED: Sql =
    Sql::each("update environments set state = 'destroyed'", "update environments set state = 'destroyed'");
