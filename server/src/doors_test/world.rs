//! Who knocks, and what there is behind the doors: teams, a component, a cluster that does not answer, environments.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use domain::catalog::reference::EntityRef;
use domain::environments::blueprint::WEB_SERVICE;
use domain::environments::life::{State, Wanted};
use domain::form::ANYWAY;
use domain::ids::{BlueprintId, ClusterId, EnvironmentId, SourceId};
use domain::people::Caller;
use jiff::Timestamp;
use platform::catalog::source::{Place, Settings as SourceSettings};
use platform::clock::Clock;
use platform::clusters::draft::{AccessDraft, Draft};
use platform::environments::service::{self, ListFilter, Request};

use super::server::Server;

/// An id that nothing has.
pub const NOTHING: &str = "01930d9c-7e2a-7c11-9d55-2f6f1f3c9a10";
/// Whose environments these are.
pub const TEAM: &str = "group:default/payments";
/// Beside it, below the same parent.
pub const SISTER: &str = "group:default/search";
/// Above both.
const PARENT: &str = "group:default/shop";
/// The team's.
pub const COMPONENT: &str = "component:default/checkout";

const CATALOG: &str = "apiVersion: backstage.io/v1alpha1
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
spec: {type: team, parent: shop, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: checkout}
spec: {type: service, lifecycle: production, owner: payments}
";

/// A port on which nobody answers.
const KUBECONFIG: &str = r#"apiVersion: v1
kind: Config
current-context: here
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: u, user: {token: "secret"}}]
contexts: [{name: here, context: {cluster: c, user: u}}]
"#;

/// Who knocks: the columns of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Not signed in.
    Stranger,
    /// In no team.
    Viewer,
    /// A member of the team beside.
    Sister,
    /// A member of the team who asked for nothing.
    Member,
    /// The member who asked for the environments.
    Requester,
    /// Leads the team.
    Leader,
    /// Leads the team above, and is not in the team itself.
    Above,
    /// May do everything.
    Administrator,
}

impl Role {
    pub const ALL: [Role; 8] = [
        Role::Stranger,
        Role::Viewer,
        Role::Sister,
        Role::Member,
        Role::Requester,
        Role::Leader,
        Role::Above,
        Role::Administrator,
    ];

    /// The name, also to sign in with.
    pub fn name(self) -> &'static str {
        match self {
            Role::Stranger => "stranger",
            Role::Viewer => "viewer",
            Role::Sister => "sister",
            Role::Member => "member",
            Role::Requester => "requester",
            Role::Leader => "leader",
            Role::Above => "above",
            Role::Administrator => "administrator",
        }
    }

    /// The team, and whether they lead it.
    fn team(self) -> Option<(&'static str, bool)> {
        match self {
            Role::Stranger | Role::Viewer | Role::Administrator => None,
            Role::Sister => Some((SISTER, false)),
            Role::Member | Role::Requester => Some((TEAM, false)),
            Role::Leader => Some((TEAM, true)),
            Role::Above => Some((PARENT, true)),
        }
    }

    /// The entity that no file describes any more, for this role to remove.
    fn orphan(self) -> String {
        format!("left-for-{}", self.name())
    }
}

/// What the doors are asked about, as a form posts it. What is spare is there to be changed and removed.
#[derive(Clone, Debug)]
pub struct Objects {
    pub account: String,
    pub blueprint: String,
    pub spare_blueprint: String,
    pub cluster: String,
    pub spare_cluster: String,
    pub source: String,
    /// Of the source.
    pub file: String,
    pub spare_source: String,
    pub environment: String,
    pub environment_name: String,
    pub orphan: String,
    pub job: String,
    /// A name that no environment has.
    pub free_name: String,
}

impl Objects {
    /// Nothing of it is there.
    pub fn nowhere() -> Self {
        let nothing = || NOTHING.to_owned();
        Self {
            account: nothing(),
            blueprint: nothing(),
            spare_blueprint: nothing(),
            cluster: nothing(),
            spare_cluster: nothing(),
            source: nothing(),
            file: nothing(),
            spare_source: nothing(),
            environment: nothing(),
            environment_name: "nowhere".to_owned(),
            orphan: "nowhere".to_owned(),
            job: nothing(),
            free_name: "nowhere".to_owned(),
        }
    }
}

pub struct World {
    pub server: Server,
    callers: BTreeMap<Role, Caller>,
    blueprint: BlueprintId,
    cluster: ClusterId,
    objects: Objects,
    names: AtomicU32,
    _files: tempfile::TempDir,
}

impl World {
    pub async fn start() -> Self {
        let server = Server::idle().await;
        let administrator = server.administrator(Role::Administrator.name()).await;
        let files = tempfile::tempdir().expect("a folder");
        let (source, spare_source) = fill(&server, &administrator, files.path()).await;
        let cluster = connect(&server, &administrator, "staging").await;
        let spare_cluster = connect(&server, &administrator, "spare").await;
        let account = server.invited("spare", &administrator).await.account().expect("an account");
        let blueprints = service::list_blueprints(&server.platform.environments, &administrator)
            .await
            .expect("blueprints");
        let blueprint = blueprints.first().expect("the shipped blueprint").id;
        let spare = WEB_SERVICE.replace("name: web-service", "name: spare");
        let environments = &server.platform.environments;
        let published = service::publish_blueprint(environments, &administrator, &spare, server.now()).await;
        let spare_blueprint = published.expect("published").id;
        let objects = Objects {
            account: account.to_string(),
            blueprint: blueprint.to_string(),
            spare_blueprint: spare_blueprint.to_string(),
            cluster: cluster.to_string(),
            spare_cluster: spare_cluster.to_string(),
            source: source.to_string(),
            file: file_of(&server, &administrator, source).await,
            spare_source: spare_source.to_string(),
            job: waiting_job(&server, &administrator).await,
            ..Objects::nowhere()
        };
        let callers = callers(&server, administrator).await;
        Self { server, callers, blueprint, cluster, objects, names: AtomicU32::new(0), _files: files }
    }

    /// A new session of this role; a stranger has none.
    pub async fn sign_in(&self, role: Role) -> Option<String> {
        match role {
            Role::Stranger => None,
            _ => Some(self.server.sign_in(role.name()).await),
        }
    }

    /// What this role may try: an environment that nobody touched yet, an orphan and a name of its own.
    pub async fn objects(&self, role: Role) -> Objects {
        let name = self.name();
        let environment = self.environment(&name).await.to_string();
        Objects {
            environment,
            environment_name: name,
            orphan: role.orphan(),
            free_name: self.name(),
            ..self.objects.clone()
        }
    }

    fn name(&self) -> String {
        format!("walk-{}", self.names.fetch_add(1, Ordering::Relaxed))
    }

    /// The requester asks for an environment of the team.
    async fn environment(&self, name: &str) -> EnvironmentId {
        let request = Request {
            name: name.to_owned(),
            team: TEAM.to_owned(),
            entity: COMPONENT.to_owned(),
            cluster: self.cluster.to_string(),
            lifetime: String::new(),
            parameters: [
                ("image".to_owned(), "registry.example.com/web:1".to_owned()),
                ("public".to_owned(), "true".to_owned()),
            ]
            .into(),
        };
        let environments = &self.server.platform.environments;
        let caller = self.caller(Role::Requester);
        service::request_environment(environments, caller, self.blueprint, &request, self.server.now())
            .await
            .expect("asked for")
    }

    /// What a form can change of an environment.
    pub async fn facts(&self, environment: &str) -> Facts {
        let id: EnvironmentId = environment.parse().expect("an id");
        let environments = &self.server.platform.environments;
        let caller = self.caller(Role::Administrator);
        let page = service::find_environment(environments, caller, id, self.server.now()).await;
        let page = page.expect("a page");
        Facts {
            state: page.summary.state,
            wanted: page.wanted,
            expires_at: page.summary.expires_at,
            cancelled: page.operation.is_some_and(|operation| operation.cancel_requested),
            events: page.events.len(),
        }
    }

    /// Whether there is an environment of this name, among the newest.
    pub async fn has_environment(&self, name: &str) -> bool {
        let environments = &self.server.platform.environments;
        let caller = self.caller(Role::Administrator);
        let filter = ListFilter::default();
        let list = service::list_environments(environments, caller, &filter, self.server.now()).await;
        list.expect("a list").rows.iter().any(|row| row.name == name)
    }

    pub fn caller(&self, role: Role) -> &Caller {
        self.callers.get(&role).expect("somebody who is signed in")
    }
}

/// See [`World::facts`].
#[derive(Debug, PartialEq, Eq)]
pub struct Facts {
    state: State,
    wanted: Wanted,
    expires_at: Timestamp,
    cancelled: bool,
    events: usize,
}

async fn callers(server: &Server, administrator: Caller) -> BTreeMap<Role, Caller> {
    let (platform, mut callers) = (&server.platform, BTreeMap::new());
    for role in Role::ALL {
        if matches!(role, Role::Stranger | Role::Administrator) {
            continue;
        }
        let account = server.invited(role.name(), &administrator).await.account().expect("an account");
        if let Some((team, leader)) = role.team() {
            let exists = |team: &EntityRef| platform.has_group(team);
            platform::people::service::attach_team(
                &platform.db,
                &platform.callers,
                &administrator,
                account,
                team,
                leader,
                exists,
                server.now(),
            )
            .await
            .expect("attached");
        }
        callers.insert(role, server.caller(account).await);
    }
    callers.insert(Role::Administrator, administrator);
    callers
}

/// A source with the catalog, read twice so that the orphans' text is gone, and an empty one.
async fn fill(server: &Server, administrator: &Caller, files: &std::path::Path) -> (SourceId, SourceId) {
    let orphan = |role: Role| {
        format!(
            "---\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: {}}}\n\
             spec: {{type: service, lifecycle: production, owner: payments}}\n",
            role.orphan()
        )
    };
    let with_orphans = format!("{CATALOG}{}", Role::ALL.map(orphan).concat());
    let source = add_source(server, administrator, files, "files").await;
    for text in [with_orphans.as_str(), CATALOG] {
        std::fs::write(files.join("files/catalog-info.yaml"), text).expect("a file");
        let catalog = &server.platform.catalog;
        platform::catalog::service::run_refresh(catalog, administrator, source, &Clock::System)
            .await
            .expect("read");
    }
    (source, add_source(server, administrator, files, "spare").await)
}

async fn file_of(server: &Server, administrator: &Caller, source: SourceId) -> String {
    let catalog = &server.platform.catalog;
    let files = platform::catalog::service::list_source_files(catalog, administrator, source, "", 1).await;
    files.expect("files").first().expect("a file").id.to_string()
}

/// One of those that wait: a source is to be read.
async fn waiting_job(server: &Server, administrator: &Caller) -> String {
    let jobs = platform::jobs::service::list_jobs(&server.platform.db, administrator, None, None, None).await;
    jobs.expect("jobs").jobs.first().expect("a job").id.to_string()
}

async fn add_source(
    server: &Server,
    administrator: &Caller,
    files: &std::path::Path,
    name: &str,
) -> SourceId {
    let path = files.join(name);
    std::fs::create_dir(&path).expect("a folder");
    let settings = SourceSettings {
        name: name.to_owned(),
        place: Place::Folder { path },
        glob: None,
        trusted: true,
        allowance: None,
        every_minutes: 60,
    };
    let catalog = &server.platform.catalog;
    platform::catalog::service::add_source(catalog, administrator, settings, server.now())
        .await
        .expect("a source")
}

async fn connect(server: &Server, administrator: &Caller, name: &str) -> ClusterId {
    let draft = Draft {
        name: name.to_owned(),
        access: AccessDraft::Kubeconfig { text: KUBECONFIG.as_bytes().to_vec(), context: String::new() },
        ingress_class: "nginx".to_owned(),
        ingress_namespace: "ingress-nginx".to_owned(),
        base_domain: "envs.example.com".to_owned(),
        https: true,
        ..Draft::default()
    };
    let (db, keys, clients) = (&server.platform.db, &server.platform.keys, &server.platform.clients);
    let connect = async |draft: &Draft| {
        let now = server.now();
        platform::clusters::service::connect_cluster(db, keys, clients, administrator, draft, now).await
    };
    // It does not answer, and is kept all the same by whoever was told.
    let Err(platform::Error::Invalid(problems)) = connect(&draft).await else { panic!("nobody answers") };
    let told = problems.into_iter().find(|one| one.field == ANYWAY).expect("what is wrong");
    let (id, _) = connect(&Draft { anyway: told.message, ..draft }).await.expect("connected");
    id
}
