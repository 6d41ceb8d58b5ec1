//! Between the forms of clusters and their use cases. On the server only.

use domain::catalog::EntityRef;
use domain::form::{ANYWAY, Problem, is_carried};
use domain::ids::ClusterId;
use domain::people::Caller;
use jiff::Timestamp;
use platform::catalog::Snapshot;
use platform::clusters::connection::How;
use platform::clusters::draft::{AccessDraft, Draft, RegistryDraft};
use platform::clusters::trial::Trial;
use platform::clusters::{Access, Connection, manifest, service};
use platform::environments::service as environments;
use platform::{Error, Platform, Result};

use super::labels;
use super::view::*;
use crate::request::{Done, parsed};

/// What the radio cards post.
pub const KUBECONFIG: &str = "kubeconfig";
/// See [`KUBECONFIG`].
pub const OWN_ACCOUNT: &str = "own_account";

/// How many of the environments that live on a cluster are named before it is removed with them.
const NAMED: usize = 10;

/// The clusters by name.
pub async fn list(platform: &Platform, caller: &Caller, now: Timestamp) -> Result<Vec<ClusterView>> {
    let connections = service::list_connections(&platform.db, caller).await?;
    let catalog = platform.catalog.snapshot();
    Ok(connections.into_iter().map(|connection| view(connection, &catalog, now)).collect())
}

/// One cluster with its form.
pub async fn page(
    platform: &Platform,
    caller: &Caller,
    id: ClusterId,
    now: Timestamp,
) -> Result<ClusterPageView> {
    let connection = service::find_connection(&platform.db, caller, id).await?;
    let form = ClusterForm { registries: connection.registries.clone(), ..form(Draft::of(&connection)) };
    let obstacle = service::find_obstacle(&platform.db, caller, id).await?;
    let obstacle = obstacle.map(|obstacle| (obstacle.why, obstacle.then));
    let end = match &obstacle {
        Some(_) => Some(end(platform, caller, id).await?),
        None => None,
    };
    let twins = service::list_twins(&platform.db, caller, &connection).await?.into_iter();
    let twins = twins.map(|twin| (twin.id, twin.name)).collect();
    let facts = facts(platform, caller, form)?;
    let cluster = view(connection, &platform.catalog.snapshot(), now);
    Ok(ClusterPageView { facts, cluster, obstacle, end, twins })
}

async fn end(platform: &Platform, caller: &Caller, id: ClusterId) -> Result<ClusterEndView> {
    let end = environments::find_cluster_end(&platform.environments, caller, id).await?;
    let number = end.living.len();
    let first = end.living.into_iter().take(NAMED).collect();
    Ok(ClusterEndView { silent: end.silent, awaited: end.awaited, number, first, seen: end.seen })
}

/// What the form of a new cluster needs.
pub fn connect_facts(platform: &Platform, caller: &Caller) -> Result<ConnectView> {
    facts(platform, caller, ClusterForm { https: true, ..ClusterForm::default() })
}

/// The contexts of a kubeconfig. What is wrong with it is an answer: somebody is still typing.
pub fn contexts(caller: &Caller, text: &str) -> Result<Contexts> {
    match service::read_contexts(caller, text.as_bytes()) {
        Ok(contexts) => Ok(Contexts::Found(
            contexts
                .into_iter()
                .map(|context| ContextChoice {
                    name: context.name,
                    server: context.server,
                    refused: context.refused,
                    current: context.current,
                })
                .collect(),
        )),
        Err(refused @ Error::Invalid(_)) => Ok(Contexts::Refused(refused.to_string())),
        Err(error) => Err(error),
    }
}

/// How Slipway signs in, as a form says it.
pub fn access(chosen: &str, kubeconfig: String, context: String) -> AccessDraft {
    match chosen {
        KUBECONFIG => AccessDraft::Kubeconfig { text: kubeconfig.into_bytes(), context },
        OWN_ACCOUNT => AccessDraft::OwnAccount,
        _ => AccessDraft::Keep,
    }
}

/// The whole form.
pub fn draft(form: ClusterForm, access: AccessDraft, registry: RegistryDraft) -> Draft {
    Draft {
        name: form.name,
        access,
        ingress_class: form.ingress_class,
        ingress_namespace: form.ingress_namespace,
        base_domain: form.base_domain,
        https: form.https,
        dns_namespace: form.dns_namespace,
        dns_labels: form.dns_labels,
        teams: form.teams,
        environments_per_team: form.environments_per_team,
        registry,
        seen: Some(form.version),
        anyway: form.anyway,
    }
}

/// What becomes of the credentials of registries, as a form says it: left empty, they stay, unless some were `lost`.
pub fn registry(typed: String, forget: bool, lost: bool) -> RegistryDraft {
    match (forget, typed.trim().is_empty()) {
        (true, _) => RegistryDraft::Forget,
        (false, true) if lost => RegistryDraft::Lost,
        (false, true) => RegistryDraft::Keep,
        (false, false) => RegistryDraft::Given(typed),
    }
}

/// Connects what was tried; its page shows what that found.
pub async fn connect(platform: &Platform, caller: &Caller, draft: Draft, now: Timestamp) -> Result<Done> {
    let (db, keys, clients) = (&platform.db, &platform.keys, &platform.clients);
    let connected = service::connect_cluster(db, keys, clients, caller, &draft, now).await;
    let (id, trial) = connected.map_err(|error| at_fields(error, draft.anyway))?;
    Ok(tried(id, &trial))
}

/// Changes. What is saved without another way to sign in is tested at once, as it always was.
pub async fn change(
    platform: &Platform,
    caller: &Caller,
    id: &str,
    draft: Draft,
    now: Timestamp,
) -> Result<Done> {
    let id = parsed(id, "cluster")?;
    let (db, keys, clients) = (&platform.db, &platform.keys, &platform.clients);
    let trial = service::change_cluster(db, keys, clients, caller, id, &draft, now).await;
    match trial.map_err(|error| at_fields(error, draft.anyway))? {
        Some(trial) => Ok(tried(id, &trial)),
        None => Ok(saved(id, test_known(platform, caller, id, now).await)),
    }
}

/// Tests.
pub async fn test(platform: &Platform, caller: &Caller, id: &str, now: Timestamp) -> Result<Done> {
    test_known(platform, caller, parsed(id, "cluster")?, now).await
}

/// Removes, where the name was typed right.
pub async fn remove(
    platform: &Platform,
    caller: &Caller,
    id: &str,
    typed: &str,
    now: Timestamp,
) -> Result<Done> {
    let id = parsed(id, "cluster")?;
    let connection = service::find_connection(&platform.db, caller, id).await?;
    if typed.trim() != connection.name {
        return Err(Error::field("name", format!("Type {} to remove it", connection.name)));
    }
    service::remove_cluster(&platform.db, &platform.clients, caller, id, now).await?;
    Ok(Done::to("/settings/clusters").saying(format!("{} is removed", connection.name)))
}

/// Gives up what lives there, and removes it; `seen` says what the page showed.
pub async fn give_up(
    platform: &Platform,
    caller: &Caller,
    id: &str,
    typed: &str,
    seen: &str,
    now: Timestamp,
) -> Result<Done> {
    let id = parsed(id, "cluster")?;
    let number = environments::give_up_cluster(&platform.environments, caller, id, typed, seen, now).await?;
    let name = typed.trim();
    let said = match number {
        1 => format!("One environment is given up, and {name} is removed"),
        _ => format!("{number} environments are given up, and {name} is removed"),
    };
    Ok(Done::to("/settings/clusters").saying(said))
}

async fn test_known(platform: &Platform, caller: &Caller, id: ClusterId, now: Timestamp) -> Result<Done> {
    let trial =
        service::test_cluster(&platform.db, &platform.keys, &platform.clients, caller, id, now).await?;
    Ok(tried(id, &trial))
}

/// Its page, which says more.
fn tried(id: ClusterId, trial: &Trial) -> Done {
    let said = match (&trial.fault, trial.missing.is_empty()) {
        (None, true) => "It answers, and Slipway has every permission it needs",
        (None, false) => "It answers, but Slipway's account lacks permissions. Its page lists them",
        (Some(_), _) => "It does not work yet. The reason stands at the top of its page",
    };
    Done::to(page_of(id)).saying(said)
}

/// Once a cluster is kept, its form is done: where the test could not be made, its page is next all the same.
fn saved(id: ClusterId, tested: Result<Done>) -> Done {
    tested.unwrap_or_else(|error| {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            cluster = %id,
            "a cluster was saved and could not be tested"
        );
        Done::to(page_of(id)).saying("It is saved, but it could not be tested. Use Test to try again")
    })
}

fn page_of(id: ClusterId) -> String {
    format!("/settings/clusters/{id}")
}

/// The names under which the form posts what the rules call otherwise. Where something else is wrong than what `anyway` stands for, the box
/// stays as it was ticked.
fn at_fields(error: Error, anyway: String) -> Error {
    let Error::Invalid(mut problems) = error else { return error };
    for problem in &mut problems {
        let posted = match problem.field.as_str() {
            "kubeconfig" => "secret_kubeconfig",
            "registry" => "secret_registry",
            "teams" => "teams[]",
            _ => continue,
        };
        problem.field = posted.to_owned();
    }
    if !anyway.is_empty() && !problems.iter().any(|problem| is_carried(&problem.field)) {
        problems.push(Problem::at(ANYWAY, anyway));
    }
    Error::Invalid(problems)
}

fn view(connection: Connection, catalog: &Snapshot, now: Timestamp) -> ClusterView {
    let token_end = connection.token_end(now);
    let (settings, contact) = (connection.settings, connection.contact);
    let standing = contact.standing();
    let (how, server) = match connection.how {
        How::OwnAccount => (labels::OWN_ACCOUNT.to_owned(), None),
        How::Kubeconfig { context, server } => (format!("Kubeconfig, context {context}"), Some(server)),
    };
    ClusterView {
        id: connection.id,
        name: connection.name,
        how,
        token_end,
        server,
        base_domain: settings.base_domain,
        teams: settings.teams.iter().map(|team| catalog.name_of(team, "group")).collect(),
        environments_per_team: settings.environments_per_team,
        server_version: contact.server_version,
        last_contact_at: contact.last_contact_at,
        last_error: contact.last_error,
        last_error_at: contact.last_error_at,
        error_since: contact.error_since,
        error_said: contact.error_said,
        missing_rights: contact.missing_rights,
        standing,
    }
}

fn form(draft: Draft) -> ClusterForm {
    ClusterForm {
        name: draft.name,
        ingress_class: draft.ingress_class,
        ingress_namespace: draft.ingress_namespace,
        base_domain: draft.base_domain,
        https: draft.https,
        dns_namespace: draft.dns_namespace,
        dns_labels: draft.dns_labels,
        teams: draft.teams,
        environments_per_team: draft.environments_per_team,
        registries: Vec::new(),
        version: draft.seen.unwrap_or_default(),
        anyway: draft.anyway,
    }
}

fn facts(platform: &Platform, caller: &Caller, form: ClusterForm) -> Result<ConnectView> {
    let manifest = service::print_manifest(caller, &manifest::Options::default())?;
    let snapshot = platform.catalog.snapshot();
    let name = |team: &EntityRef| snapshot.name_of(team, "group");
    let mut teams: Vec<TeamChoice> =
        snapshot.teams().iter().map(|team| choice(team.reference(), name(team.reference()))).collect();
    for chosen in &form.teams {
        if !teams.iter().any(|team| team.reference == *chosen)
            && let Ok(reference) = chosen.parse::<EntityRef>()
        {
            let orphan = snapshot.all_teams().any(|team| *team.reference() == reference);
            let why = if orphan { "no file defines it any more" } else { "not in the catalog" };
            teams.push(choice(&reference, format!("{} ({why})", name(&reference))));
        }
    }
    let in_cluster = platform.clients.connect(&Access::OwnAccount).is_ok();
    Ok(ConnectView { form, in_cluster, teams, manifest })
}

fn choice(reference: &EntityRef, name: String) -> TeamChoice {
    TeamChoice { reference: reference.to_string(), name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_box_stays_ticked_where_something_else_is_wrong() {
        let fields = |field: &str, anyway: &str| {
            let refused = at_fields(Error::field(field, "No"), anyway.to_owned());
            let Error::Invalid(problems) = refused else { panic!("still invalid") };
            problems.into_iter().map(|problem| (problem.field, problem.message)).collect::<Vec<_>>()
        };
        let pair = |field: &str, message: &str| (field.to_owned(), message.to_owned());
        let both = [pair("secret_kubeconfig", "No"), pair(ANYWAY, "told")];
        assert_eq!(fields("kubeconfig", "told"), both);
        assert_eq!(fields("kubeconfig", ""), both[..1]);
        // What was found now asks anew.
        assert_eq!(fields(ANYWAY, "told"), [pair(ANYWAY, "No")]);
    }

    #[test]
    fn credentials_of_registries_that_did_not_come_back_are_asked_for() {
        let of = |typed: &str, forget, lost| format!("{:?}", registry(typed.to_owned(), forget, lost));
        assert_eq!(of(" ", false, true), "Lost");
        assert_eq!(of("", false, false), "Keep");
        assert_eq!(of("{}", false, true), "Given");
        assert_eq!(of("", true, true), "Forget");
    }

    #[test]
    fn a_refusal_stands_at_the_field_that_was_typed_in() {
        let refused = Error::Invalid(vec![
            Problem::at("kubeconfig", "Line 3: no"),
            Problem::at("teams", "no team"),
            Problem::at("name", "Give the cluster a name"),
        ]);
        let Error::Invalid(problems) = at_fields(refused, String::new()) else { panic!("still invalid") };
        let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["secret_kubeconfig", "teams[]", "name"]);
        assert_eq!(problems[0].message, "Line 3: no");
    }

    #[test]
    fn what_is_saved_leads_to_its_page_though_it_could_not_be_tested() {
        let id: ClusterId = "0190a5a0-0000-7000-8000-000000000000".parse().expect("an id");
        let sentence = "The database did not answer. Nothing was changed; try again in a moment".to_owned();
        let away = Error::Unavailable { sentence, source: "away".into() };
        let done = saved(id, Err(away));
        assert_eq!(done.to, format!("/settings/clusters/{id}"));
        let said = done.message.expect("words");
        assert!(said.contains("is saved") && said.contains("could not be tested"), "{said}");
        let tested = Done::to("/elsewhere").saying("It answers");
        assert_eq!(saved(id, Ok(tested)).to, "/elsewhere");
    }

    #[test]
    fn a_form_goes_through_the_draft_and_back() {
        let typed = ClusterForm {
            name: "prod".to_owned(),
            ingress_class: "nginx".to_owned(),
            ingress_namespace: "ingress-nginx".to_owned(),
            base_domain: "envs.example.com".to_owned(),
            https: true,
            dns_namespace: "kube-system".to_owned(),
            dns_labels: "k8s-app=kube-dns".to_owned(),
            teams: vec!["group:default/payments".to_owned()],
            environments_per_team: "5".to_owned(),
            registries: Vec::new(),
            version: 3,
            anyway: "It does not answer".to_owned(),
        };
        assert_eq!(form(draft(typed.clone(), AccessDraft::Keep, RegistryDraft::Keep)), typed);
    }

    #[test]
    fn what_is_not_chosen_leaves_the_credentials_as_they_are() {
        assert!(matches!(access("keep", "text".to_owned(), String::new()), AccessDraft::Keep));
        assert!(matches!(access(OWN_ACCOUNT, String::new(), String::new()), AccessDraft::OwnAccount));
        assert!(matches!(access(KUBECONFIG, String::new(), String::new()), AccessDraft::Kubeconfig { .. }));
    }
}
