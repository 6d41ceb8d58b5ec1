//! All SQL of connected clusters.

use domain::catalog::reference::EntityRef;
use domain::environments::network::DnsSelector;
use domain::ids::ClusterId;
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::FromRow;

use super::connection::{Connection, Contact, How, Settings};
use crate::db::{At, Error, Json, Result, Session, Tx};
use crate::{sql, statements};

#[derive(FromRow)]
struct Row {
    #[sqlx(try_from = "String")]
    id: ClusterId,
    name: String,
    how: String,
    context: Option<String>,
    server: Option<String>,
    ingress_class: Option<String>,
    ingress_namespace: Option<String>,
    base_domain: Option<String>,
    https: bool,
    dns: Json<DnsSelector>,
    teams: Json<Vec<EntityRef>>,
    environments_per_team: Option<i64>,
    revision: i64,
    registries: Json<Vec<String>>,
    identity: Option<String>,
    token_ends: Option<At>,
    last_contact_at: Option<At>,
    last_error: Option<String>,
    last_error_at: Option<At>,
    error_since: Option<At>,
    error_said: Option<String>,
    server_version: Option<String>,
    missing_rights: Json<Vec<String>>,
    created_at: At,
    updated_at: At,
}

/// What a cluster is called, and whether what lives there can be seen.
#[derive(Clone, Debug, FromRow)]
pub struct Named {
    #[sqlx(try_from = "String")]
    pub id: ClusterId,
    pub name: String,
    /// Whether the last call to it failed; never of one that was removed.
    pub does_not_work: bool,
    /// When it last answered.
    pub last_contact_at: Option<At>,
}

/// Another connection to the same cluster.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Twin {
    #[sqlx(try_from = "String")]
    pub id: ClusterId,
    pub name: String,
}

statements! {
    CLUSTER_LOCK = "update clusters set updated_at = updated_at where id = $1";
    CLUSTER_CREATE = "insert into clusters (id, name, how, context, server, credentials, ingress_class, ingress_namespace, base_domain,
            https, dns, teams, environments_per_team, revision, missing_rights, token_ends, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, $14, $15, $16, $16)";
    CLUSTER_FIND = "select id, name, how, context, server, ingress_class, ingress_namespace, base_domain, https, dns, teams,
            environments_per_team, revision, registries, identity, token_ends, last_contact_at, last_error, last_error_at, error_since,
            error_said, server_version, missing_rights, created_at, updated_at
        from clusters where id = $1 and removed_at is null";
    CLUSTER_LIST = "select id, name, how, context, server, ingress_class, ingress_namespace, base_domain, https, dns, teams,
            environments_per_team, revision, registries, identity, token_ends, last_contact_at, last_error, last_error_at, error_since,
            error_said, server_version, missing_rights, created_at, updated_at
        from clusters where removed_at is null order by lower(name), id";
    CLUSTER_NAME = "select name from clusters where id = $1";
    CLUSTER_NAME_LIST = "select id, name, (last_error is not null and removed_at is null) as does_not_work, last_contact_at
        from clusters where id in (select value ->> 'key' from json_each($1))";
    CLUSTER_CREDENTIALS = "select credentials from clusters where id = $1 and removed_at is null";
    CLUSTER_SAVE = "update clusters set name = $2, ingress_class = $3, ingress_namespace = $4, base_domain = $5, https = $6, dns = $7,
            teams = $8, environments_per_team = $9, revision = revision + 1, updated_at = $10
        where id = $1 and removed_at is null";
    CLUSTER_SAVE_ACCESS = "update clusters set how = $2, context = $3, server = $4, credentials = $5, token_ends = $6,
            last_contact_at = null, last_error = null, last_error_at = null, error_since = null, error_said = null, server_version = null,
            missing_rights = $7
        where id = $1 and removed_at is null";
    CLUSTER_SAVE_TOKEN_END = "update clusters set token_ends = $3 where id = $1 and revision = $2 and removed_at is null";
    CLUSTER_SAVE_ANSWER = "update clusters set last_contact_at = $3, last_error = null, last_error_at = null, error_since = null,
            error_said = null
        where id = $1 and revision = $2 and removed_at is null";
    CLUSTER_SAVE_ERROR = "update clusters set last_error = $3, error_said = $4, last_error_at = $5,
            error_since = coalesce(error_since, $5)
        where id = $1 and revision = $2 and removed_at is null";
    CLUSTER_SAVE_TRIAL = "update clusters set server_version = coalesce($3, server_version), missing_rights = coalesce($4, missing_rights)
        where id = $1 and revision = $2 and removed_at is null";
    CLUSTER_SAVE_REGISTRY = "update clusters set registries = $2, registry_credentials = $3 where id = $1";
    CLUSTER_REGISTRY = "select registry_credentials from clusters where id = $1 and removed_at is null";
    CLUSTER_SAVE_IDENTITY = "update clusters set identity = coalesce(identity, $3)
        where id = $1 and revision = $2 and removed_at is null
        returning identity";
    IDENTITY_LOCK = "insert into cluster_identities (identity) values ($1)
        on conflict (identity) do update set identity = excluded.identity";
    CLUSTER_TWIN_LIST = "select id, name from clusters where identity = $1 and id <> $2 and removed_at is null order by created_at, id";
    CLUSTER_FORGET_IDENTITY = "update clusters set identity = null where id = $1";
    CLUSTER_LIVING = "select count(*) from environments where cluster_id = $1 and state not in ('destroyed', 'refused', 'given_up')";
    CLUSTER_DELETE = "update clusters set removed_at = $2, updated_at = $2, credentials = null, registry_credentials = null,
            revision = revision + 1
        where id = $1 and removed_at is null";
}

type Name = (String,);
type Sealed = (Option<String>,);
type Identity = (String,);
type Count = (i64,);

/// What a new or changed cluster signs in with; `sealed` is empty for the own account.
pub struct SealedAccess<'a> {
    /// How.
    pub how: &'a How,
    /// Sealed credentials.
    pub sealed: Option<String>,
    /// When the token among them ends, where it says so.
    pub token_ends: Option<Timestamp>,
}

impl How {
    fn columns(&self) -> (&'static str, Option<&str>, Option<&str>) {
        match self {
            How::OwnAccount => ("own_account", None, None),
            How::Kubeconfig { context, server } => ("kubeconfig", Some(context), Some(server)),
        }
    }
}

/// Keeps a new cluster; a unique violation when the name is taken.
pub async fn cluster_create_in_tx(
    tx: &mut Tx,
    id: ClusterId,
    name: &str,
    access: &SealedAccess<'_>,
    settings: &Settings,
    now: Timestamp,
) -> Result<()> {
    let (how, context, server) = access.how.columns();
    sql!(
        tx,
        run,
        CLUSTER_CREATE,
        id.to_string(),
        name,
        how,
        context,
        server,
        access.sealed.as_deref(),
        settings.ingress_class.as_deref(),
        settings.ingress_namespace.as_deref(),
        settings.base_domain.as_deref(),
        settings.https,
        Json(&settings.dns),
        Json(&settings.teams),
        settings.environments_per_team.map(i64::from),
        Json(Vec::<String>::new()),
        access.token_ends.map(At),
        At(now)
    )?;
    Ok(())
}

/// A connected cluster.
pub async fn cluster_find(s: &mut dyn Session, id: ClusterId) -> Result<Option<Connection>> {
    sql!(s, optional Row, CLUSTER_FIND, id.to_string())?.map(connection).transpose()
}

/// Locks a cluster's row until the transaction ends.
pub async fn cluster_lock_in_tx(tx: &mut Tx, id: ClusterId) -> Result<()> {
    sql!(tx, run, CLUSTER_LOCK, id.to_string())?;
    Ok(())
}

/// Every connected cluster, by name.
pub async fn cluster_list(s: &mut dyn Session) -> Result<Vec<Connection>> {
    sql!(s, all Row, CLUSTER_LIST)?.into_iter().map(connection).collect()
}

/// The name of a cluster, also of one that was removed.
pub async fn cluster_name(s: &mut dyn Session, id: ClusterId) -> Result<Option<String>> {
    Ok(sql!(s, optional Name, CLUSTER_NAME, id.to_string())?.map(|(name,)| name))
}

/// What these clusters are called, also those that were removed, and whether they can be seen.
pub async fn cluster_name_list(
    s: &mut dyn Session,
    ids: impl IntoIterator<Item = ClusterId>,
) -> Result<Vec<Named>> {
    let ids: Vec<Value> = ids.into_iter().map(|id| json!({ "key": id.to_string() })).collect();
    sql!(s, all Named, CLUSTER_NAME_LIST, Json(ids))
}

/// The sealed credentials; none for the own account.
pub async fn cluster_credentials(s: &mut dyn Session, id: ClusterId) -> Result<Option<String>> {
    Ok(sql!(s, optional Sealed, CLUSTER_CREDENTIALS, id.to_string())?.and_then(|(sealed,)| sealed))
}

/// Keeps when the token of these credentials ends, unless they were replaced meanwhile.
pub async fn cluster_save_token_end(
    s: &mut dyn Session,
    id: ClusterId,
    revision: i64,
    ends: Option<Timestamp>,
) -> Result<()> {
    sql!(s, run, CLUSTER_SAVE_TOKEN_END, id.to_string(), revision, ends.map(At))?;
    Ok(())
}

/// Keeps the credentials of image registries, sealed, or none.
pub async fn cluster_save_registry_in_tx(
    tx: &mut Tx,
    id: ClusterId,
    hosts: &[String],
    sealed: Option<&str>,
) -> Result<()> {
    sql!(tx, run, CLUSTER_SAVE_REGISTRY, id.to_string(), Json(hosts.to_vec()), sealed)?;
    Ok(())
}

/// The sealed credentials of image registries; none where there are none.
pub async fn cluster_registry(s: &mut dyn Session, id: ClusterId) -> Result<Option<String>> {
    Ok(sql!(s, optional Sealed, CLUSTER_REGISTRY, id.to_string())?.and_then(|(sealed,)| sealed))
}

/// Changes a cluster's name and settings, and what it signs in with if that is given.
pub async fn cluster_save_in_tx(
    tx: &mut Tx,
    id: ClusterId,
    name: &str,
    access: Option<&SealedAccess<'_>>,
    settings: &Settings,
    now: Timestamp,
) -> Result<()> {
    sql!(
        tx,
        run,
        CLUSTER_SAVE,
        id.to_string(),
        name,
        settings.ingress_class.as_deref(),
        settings.ingress_namespace.as_deref(),
        settings.base_domain.as_deref(),
        settings.https,
        Json(&settings.dns),
        Json(&settings.teams),
        settings.environments_per_team.map(i64::from),
        At(now)
    )?;
    if let Some(access) = access {
        let (how, context, server) = access.how.columns();
        let (sealed, ends) = (access.sealed.as_deref(), access.token_ends.map(At));
        let none = Json(Vec::<String>::new());
        sql!(tx, run, CLUSTER_SAVE_ACCESS, id.to_string(), how, context, server, sealed, ends, none)?;
    }
    Ok(())
}

/// It answered.
pub async fn cluster_save_answer(
    s: &mut dyn Session,
    id: ClusterId,
    revision: i64,
    now: Timestamp,
) -> Result<()> {
    sql!(s, run, CLUSTER_SAVE_ANSWER, id.to_string(), revision, At(now))?;
    Ok(())
}

/// It did not, or not well; `said` is what it said itself.
pub async fn cluster_save_error(
    s: &mut dyn Session,
    id: ClusterId,
    revision: i64,
    error: &str,
    said: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    sql!(s, run, CLUSTER_SAVE_ERROR, id.to_string(), revision, error, said, At(now))?;
    Ok(())
}

/// What a test found; what it did not come to stays as it was.
pub async fn cluster_save_trial(
    s: &mut dyn Session,
    id: ClusterId,
    revision: i64,
    server_version: Option<&str>,
    missing_rights: Option<&[String]>,
) -> Result<()> {
    let missing_rights = missing_rights.map(|missing| Json(missing.to_vec()));
    sql!(s, run, CLUSTER_SAVE_TRIAL, id.to_string(), revision, server_version, missing_rights)?;
    Ok(())
}

/// Locks which cluster something leads to, until the transaction ends: nobody else gives it to a connection meanwhile. After the row of
/// the connection, before jobs.
pub async fn identity_lock_in_tx(tx: &mut Tx, identity: &str) -> Result<()> {
    sql!(tx, run, IDENTITY_LOCK, identity)?;
    Ok(())
}

/// The other connections that lead to this cluster, the oldest first.
pub async fn cluster_twin_list(s: &mut dyn Session, identity: &str, id: ClusterId) -> Result<Vec<Twin>> {
    sql!(s, all Twin, CLUSTER_TWIN_LIST, identity, id.to_string())
}

/// Keeps which cluster it is, if that is not known yet; gives the one that is kept, or none where the connection was changed
/// or removed meanwhile: what its earlier revision led to says nothing of this one.
pub async fn cluster_save_identity(
    s: &mut dyn Session,
    id: ClusterId,
    revision: i64,
    identity: &str,
) -> Result<Option<String>> {
    let kept = sql!(s, optional Identity, CLUSTER_SAVE_IDENTITY, id.to_string(), revision, identity)?;
    Ok(kept.map(|(kept,)| kept))
}

/// Forgets which cluster it is: nothing of ours is there, so that it may be another.
pub async fn cluster_forget_identity_in_tx(tx: &mut Tx, id: ClusterId) -> Result<()> {
    sql!(tx, run, CLUSTER_FORGET_IDENTITY, id.to_string())?;
    Ok(())
}

/// How many environments live there, of any team.
pub async fn cluster_living(s: &mut dyn Session, id: ClusterId) -> Result<i64> {
    let (count,) = sql!(s, one Count, CLUSTER_LIVING, id.to_string())?;
    Ok(count)
}

/// Takes a cluster out of use and its credentials out of the database. Its name stays for the environments that were there.
pub async fn cluster_delete_in_tx(tx: &mut Tx, id: ClusterId, now: Timestamp) -> Result<()> {
    sql!(tx, run, CLUSTER_DELETE, id.to_string(), At(now))?;
    Ok(())
}

fn connection(row: Row) -> Result<Connection> {
    let how = match (row.how.as_str(), row.context, row.server) {
        ("own_account", ..) => How::OwnAccount,
        ("kubeconfig", Some(context), Some(server)) => How::Kubeconfig { context, server },
        (other, ..) => return Err(Error::Unreadable(format!("clusters.how: {other}"))),
    };
    let environments_per_team = match row.environments_per_team {
        None => None,
        Some(limit) => Some(
            u32::try_from(limit)
                .map_err(|_| Error::Unreadable(format!("clusters.environments_per_team: {limit}")))?,
        ),
    };
    Ok(Connection {
        id: row.id,
        name: row.name,
        how,
        settings: Settings {
            ingress_class: row.ingress_class,
            ingress_namespace: row.ingress_namespace,
            base_domain: row.base_domain,
            https: row.https,
            dns: row.dns.0,
            teams: row.teams.0,
            environments_per_team,
        },
        revision: row.revision,
        registries: row.registries.0,
        identity: row.identity,
        token_ends: row.token_ends.map(Timestamp::from),
        contact: Contact {
            last_contact_at: row.last_contact_at.map(Timestamp::from),
            last_error: row.last_error,
            last_error_at: row.last_error_at.map(Timestamp::from),
            error_since: row.error_since.map(Timestamp::from),
            error_said: row.error_said,
            server_version: row.server_version,
            missing_rights: row.missing_rights.0,
        },
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    })
}
