//! A whole installation for tests: people of every role, a catalog with a team, a connected cluster, and the platform at work.
//!
//! [`World::set_up`] makes what is kept, [`World::start`] has a platform work on it in this process; a test that kills processes
//! sets up here and works elsewhere ([`start_platform`]).

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use domain::environments::blueprint::WEB_SERVICE;
use domain::environments::life::State;
use domain::ids::{AccountId, BlueprintId, ClusterId, EnvironmentId, SourceId};
use domain::people::{Caller, System};
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;

use crate::catalog::source::{Place, Settings as SourceSettings};
use crate::catalog::{self, Catalog};
use crate::clock::Clock;
use crate::clusters::connection::How;
use crate::clusters::draft::{AccessDraft, Checked, Draft, RegistryDraft};
use crate::clusters::store::SealedAccess;
use crate::clusters::{self, Access, Clients, Credentials, Identity};
use crate::db::dialect::both;
use crate::db::{Db, Sql};
use crate::environments::Environments;
use crate::environments::service::{self, EnvironmentPage, Request};
use crate::jobs::Waker;
use crate::logs::Logs;
use crate::outgoing::{Outgoing, OutgoingSettings};
use crate::people::{callers, store as people};
use crate::secrets::Keys;
use crate::{Platform, Settings};

/// The team of every test.
pub const TEAM: &str = "group:default/payments";
/// An image that the played nodes run.
pub const GOOD: &str = "registry.example.com/web:1";

const CATALOG: &str = "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: payments}\nspec: {type: team, children: []}\n---\n\
apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: other}\nspec: {type: team, children: []}\n---\n\
apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: checkout}\nspec: {type: service, lifecycle: production, owner: payments}\n";

/// The installation.
pub struct World {
    /// Its database.
    pub db: Db,
    /// Its data folder.
    pub folder: PathBuf,
    /// Its use cases of the catalog.
    pub catalog: Catalog,
    /// Its use cases of environments; they wake the platform's worker where there is one.
    pub environments: Environments,
    /// What credentials are sealed with.
    pub keys: Keys,
    /// May do everything.
    pub administrator: Caller,
    /// A member of the team.
    pub member: Caller,
    /// Leads the team.
    pub leader: Caller,
    /// Signed in, and in no team.
    pub viewer: Caller,
    /// The cluster that is connected.
    pub cluster: ClusterId,
    /// The shipped blueprint, with a wait of 15 s instead of minutes.
    pub blueprint: BlueprintId,
    /// The platform, once started.
    pub platform: Option<Platform>,
}

/// The time now.
pub fn now() -> Timestamp {
    Clock::System.now()
}

/// A platform that works on an installation.
pub async fn start_platform(db: Db, folder: &Path, lease: SignedDuration, one_process: bool) -> Platform {
    let settings = Settings {
        data: folder.to_owned(),
        key_file: folder.join("key"),
        lease,
        workers: 32,
        catalog_roots: Vec::new(),
        outgoing: OutgoingSettings::default(),
        one_process,
    };
    Platform::start(db, Clock::System, settings).await.expect("a platform")
}

/// Credentials for a port on which nobody answers.
pub fn nowhere() -> Credentials {
    Credentials {
        server: "https://127.0.0.1:1".to_owned(),
        certificate_authority: None,
        tls_server_name: None,
        identity: Identity::Token(secrecy::SecretString::from("secret")),
    }
}

impl World {
    /// An installation at work, on a cluster that takes these credentials.
    pub async fn start(db: Db, credentials: &Credentials) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder").keep();
        let mut world = Self::set_up(db, &folder, credentials).await;
        let platform = start_platform(world.db.clone(), &folder, SignedDuration::from_secs(30), false).await;
        world.environments = platform.environments.clone();
        world.platform = Some(platform);
        world
    }

    /// An installation that nothing works on yet.
    pub async fn set_up(db: Db, folder: &Path, credentials: &Credentials) -> Self {
        let now = now();
        let keys = Keys::open(&db, &folder.join("key"), now).await.expect("keys");
        let config = catalog::Config {
            mirrors: folder.join("repositories"),
            roots: Vec::new(),
            outgoing: Outgoing::default(),
        };
        let catalog =
            Catalog::open(db.clone(), Clock::System, Waker::default(), config).await.expect("a catalog");
        let environments = Environments::new(
            db.clone(),
            Waker::default(),
            catalog.clone(),
            Arc::new(Clients::default()),
            keys.clone(),
            Logs::in_folder(&folder.join("logs")).expect("a folder for logs"),
        );
        let administrator = person(&db, "ada", true, &[]).await;
        fill(&catalog, &administrator).await;
        let source = WEB_SERVICE
            .replace("name: web-service", "name: quick")
            .replace("time_limit: 5m", "time_limit: 15s");
        let published =
            service::publish_blueprint(&environments, &administrator, &source, now).await.expect("published");
        let mut world = Self {
            member: person(&db, "mina", false, &[(TEAM, false)]).await,
            leader: person(&db, "lee", false, &[(TEAM, true)]).await,
            viewer: person(&db, "vera", false, &[("group:default/other", false)]).await,
            cluster: ClusterId::from(uuid::Uuid::nil()),
            folder: folder.to_owned(),
            platform: None,
            db,
            catalog,
            environments,
            keys,
            administrator,
            blueprint: published.id,
        };
        world.cluster = world.connect("staging", credentials, "").await;
        world
    }

    /// Connects another cluster; `limit` is how many environments a team may have there. It is not called for that: what it is asked, and
    /// when it answers, is the test's own.
    pub async fn connect(&self, name: &str, credentials: &Credentials, limit: &str) -> ClusterId {
        let id: ClusterId = crate::ids::mint(now());
        let (checked, how, access) = checked(name, credentials, limit);
        let access = self.sealed(id, &how, &access);
        let mut tx = self.db.begin().await.expect("a transaction");
        let settings = &checked.settings;
        clusters::store::cluster_create_in_tx(&mut tx, id, &checked.name, &access, settings, now())
            .await
            .expect("connected");
        tx.commit().await.expect("kept");
        id
    }

    /// Puts other credentials into the connection of a cluster, which is not called for that, and may be another one.
    pub async fn reconnect(&self, id: ClusterId, name: &str, credentials: &Credentials) {
        let (checked, how, access) = checked(name, credentials, "");
        let access = self.sealed(id, &how, &access);
        let mut tx = self.db.begin().await.expect("a transaction");
        clusters::store::cluster_lock_in_tx(&mut tx, id).await.expect("locked");
        if clusters::store::cluster_living(&mut tx, id).await.expect("a number") == 0 {
            clusters::store::cluster_forget_identity_in_tx(&mut tx, id).await.expect("forgotten");
        }
        let (name, settings) = (&checked.name, &checked.settings);
        clusters::store::cluster_save_in_tx(&mut tx, id, name, Some(&access), settings, now())
            .await
            .expect("changed");
        tx.commit().await.expect("kept");
    }

    /// Has the file of the catalog give the team a title.
    pub async fn title_team(&self, title: &str) {
        let sources = catalog::service::list_sources(&self.catalog, &self.administrator).await;
        let source = sources.expect("sources").remove(0);
        let Place::Folder { path } = &source.settings.place else { panic!("its files lie in a folder") };
        let text = CATALOG.replace("{name: payments}", &format!("{{name: payments, title: {title}}}"));
        std::fs::write(path.join("catalog-info.yaml"), text).expect("a file");
        read(&self.catalog, source.id).await;
    }

    fn sealed<'a>(&self, id: ClusterId, how: &'a How, access: &Access) -> SealedAccess<'a> {
        let sealed = clusters::service::sealed(&self.keys, id, access).expect("sealed");
        SealedAccess { how, sealed, token_ends: clusters::token::ends(access) }
    }

    /// Gives the connection of a cluster credentials of registries, or takes them away.
    pub async fn pull_with(&self, id: ClusterId, name: &str, config: Option<&str>) {
        let registry = config.map_or(RegistryDraft::Forget, |config| RegistryDraft::Given(config.to_owned()));
        let draft = Draft { access: AccessDraft::Keep, registry, ..draft(name, &nowhere(), "") };
        let (keys, clients) = (&self.keys, &self.environments.clients);
        clusters::service::change_cluster(&self.db, keys, clients, &self.administrator, id, &draft, now())
            .await
            .expect("changed");
    }

    /// What the member asks for: an image under a name.
    pub fn request(&self, name: &str, image: &str) -> Request {
        Request {
            name: name.to_owned(),
            team: TEAM.to_owned(),
            entity: "component:default/checkout".to_owned(),
            cluster: self.cluster.to_string(),
            lifetime: String::new(),
            parameters: [("image".to_owned(), image.to_owned()), ("public".to_owned(), "true".to_owned())]
                .into(),
        }
    }

    /// The member asks for an environment.
    pub async fn ask(&self, name: &str, image: &str) -> EnvironmentId {
        self.ask_for(&self.request(name, image)).await
    }

    /// The member asks for what a request says.
    pub async fn ask_for(&self, request: &Request) -> EnvironmentId {
        self.try_to_ask(request).await.expect("asked for")
    }

    /// The same, where it may be refused.
    pub async fn try_to_ask(&self, request: &Request) -> crate::Result<EnvironmentId> {
        service::request_environment(&self.environments, &self.member, self.blueprint, request, now()).await
    }

    /// Whoever asked for it wants it gone.
    pub async fn destroy(&self, id: EnvironmentId) {
        let name = self.page(id).await.summary.name;
        service::destroy_environment(&self.environments, &self.member, id, &name, now())
            .await
            .expect("taken");
    }

    /// Moves the end of its time to so many seconds from now, as if the rest had passed.
    pub async fn set_expiry(&self, id: EnvironmentId, in_seconds: i64) {
        const EXPIRY: Sql =
            both!("update environments set expires_at = $2, expiry_set_at = $2 - 259200000000 where id = $1");
        const TIMER: Sql = both!("update jobs set due_at = $2 where unique_key = $1 and state = 'waiting'");
        let at = now().as_microsecond() + in_seconds * 1_000_000;
        let mut tx = self.db.begin().await.expect("a transaction");
        crate::sql!(&mut tx, run, EXPIRY, id.to_string(), at).expect("set");
        crate::sql!(&mut tx, run, TIMER, format!("timer/{id}"), now().as_microsecond()).expect("set");
        tx.commit().await.expect("kept");
    }

    /// Its page, as the member sees it.
    pub async fn page(&self, id: EnvironmentId) -> EnvironmentPage {
        service::find_environment(&self.environments, &self.member, id, now()).await.expect("a page")
    }

    /// Looks until the page is as expected.
    pub async fn wait_until(
        &self,
        id: EnvironmentId,
        expected: impl Fn(&EnvironmentPage) -> bool,
    ) -> EnvironmentPage {
        for _ in 0..3_000 {
            let page = self.page(id).await;
            if expected(&page) {
                return page;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        panic!("it did not become as expected: {:#?}", self.page(id).await);
    }

    /// Looks until it is in a state.
    pub async fn wait_for(&self, id: EnvironmentId, state: State) -> EnvironmentPage {
        self.wait_until(id, |page| page.summary.state == state).await
    }

    /// The actions that the audit recorded for an environment, in order.
    pub async fn audited(&self, id: EnvironmentId) -> Vec<String> {
        const TEXT: &str = "select action from audit where object_id = $1 order by id";
        const AUDITED: Sql = Sql::each(TEXT, TEXT);
        let mut reader = self.db.read().await.expect("a reader");
        let rows = crate::sql!(&mut reader, all(String,), AUDITED, id.to_string()).expect("rows");
        rows.into_iter().map(|(action,)| action).collect()
    }

    /// The log of a step of its newest operation, without colours.
    pub async fn log(&self, page: &EnvironmentPage, step: usize) -> Vec<String> {
        let step = page.operation.as_ref().expect("an operation").steps[step].id;
        let lines =
            service::read_step_log(&self.environments, &self.member, step, 0, 1_000).await.expect("a log");
        lines
            .into_iter()
            .map(|(_, line)| line.text.replace("\u{1b}[32m", "").replace("\u{1b}[0m", ""))
            .collect()
    }
}

/// A kubeconfig as a person would paste it.
pub fn kubeconfig(credentials: &Credentials) -> String {
    let Identity::Token(token) = &credentials.identity else { panic!("tests sign in with tokens") };
    let authority = credentials.certificate_authority.as_deref().map(|pem| {
        let encoded = base64::engine::general_purpose::STANDARD.encode(pem);
        format!(", certificate-authority-data: \"{encoded}\"")
    });
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: here\n\
         clusters: [{{name: c, cluster: {{server: \"{}\"{}}}}}]\n\
         users: [{{name: u, user: {{token: \"{}\"}}}}]\ncontexts: [{{name: here, context: {{cluster: c, user: u}}}}]\n",
        credentials.server,
        authority.unwrap_or_default(),
        token.expose_secret()
    )
}

fn draft(name: &str, credentials: &Credentials, limit: &str) -> Draft {
    let text = kubeconfig(credentials).into_bytes();
    Draft {
        name: name.to_owned(),
        access: AccessDraft::Kubeconfig { text, context: String::new() },
        ingress_class: "nginx".to_owned(),
        ingress_namespace: "ingress-nginx".to_owned(),
        base_domain: "envs.example.com".to_owned(),
        https: true,
        environments_per_team: limit.to_owned(),
        ..Draft::default()
    }
}

fn checked(name: &str, credentials: &Credentials, limit: &str) -> (Checked, How, Access) {
    let mut checked = draft(name, credentials, limit).check().expect("a form");
    let (how, access) = checked.access.take().expect("a way to sign in");
    (checked, how, access)
}

/// Its files lie in a folder of their own: none is read from where Slipway keeps what is its own.
async fn fill(catalog: &Catalog, administrator: &Caller) {
    let path = tempfile::tempdir().expect("a temporary folder").keep();
    std::fs::write(path.join("catalog-info.yaml"), CATALOG).expect("a file");
    let settings = SourceSettings {
        name: "files".to_owned(),
        place: Place::Folder { path },
        glob: None,
        trusted: true,
        allowance: None,
        every_minutes: 60,
    };
    let id = catalog::service::add_source(catalog, administrator, settings, now()).await.expect("a source");
    read(catalog, id).await;
}

async fn read(catalog: &Catalog, source: SourceId) {
    let job = Caller::System(System { job: Some(crate::ids::mint(now())), on_behalf_of: None });
    catalog::service::run_refresh(catalog, &job, source, &Clock::System).await.expect("read");
}

/// An account with its teams, and the caller that it is.
async fn person(db: &Db, name: &str, administrator: bool, teams: &[(&str, bool)]) -> Caller {
    let id: AccountId = crate::ids::mint(now());
    let account = people::Account {
        id,
        issuer: people::LOCAL.to_owned(),
        subject: name.to_owned(),
        name: name.to_owned(),
        password_hash: None,
        administrator,
        disabled_at: None,
        session_generation: 0,
        created_at: now().into(),
    };
    let mut tx = db.begin().await.expect("a transaction");
    people::account_create(&mut tx, &account, now()).await.expect("an account");
    for (team, leader) in teams {
        people::team_save(&mut tx, id, team, *leader, now()).await.expect("a team");
    }
    let person = callers::person(&mut tx, id).await.expect("read").expect("a person");
    tx.commit().await.expect("kept");
    Caller::Person(person)
}
