//! Server functions of clusters: for administrators.

use domain::form::FormOutcome;
use leptos::prelude::*;

use super::view::{ClusterPageView, ClusterView, ConnectView, Contexts};

/// The clusters with everything but their credentials.
#[server(prefix = "/do", endpoint = "clusters")]
pub async fn clusters() -> Result<Vec<ClusterView>, ServerFnError> {
    use crate::request::{caller, now, platform, read_error};
    super::read::list(&platform(), &caller(), now()).await.map_err(read_error)
}

/// One cluster with its form; none where there is none.
#[server(prefix = "/do", endpoint = "cluster")]
pub async fn cluster(id: String) -> Result<Option<ClusterPageView>, ServerFnError> {
    use crate::request::{caller, found, now, parsed, platform};
    let Ok(id) = parsed(&id, "cluster") else { return Ok(None) };
    found(super::read::page(&platform(), &caller(), id, now()).await)
}

/// What the form of a new cluster needs.
#[server(prefix = "/do", endpoint = "connect-facts")]
pub async fn connect_facts() -> Result<ConnectView, ServerFnError> {
    use crate::request::{caller, platform, read_error};
    super::read::connect_facts(&platform(), &caller()).map_err(read_error)
}

/// The contexts of a kubeconfig, to choose from. Nothing is kept.
#[server(prefix = "/do", endpoint = "kubeconfig-contexts")]
pub async fn kubeconfig_contexts(secret_kubeconfig: String) -> Result<Contexts, ServerFnError> {
    use crate::request::{caller, read_error};
    super::read::contexts(&caller(), &secret_kubeconfig).map_err(read_error)
}

/// Connects a cluster, once it was called. What is wrong with it is told first; `anyway` says in spite of what it is kept.
#[server(prefix = "/do", endpoint = "connect-cluster")]
pub async fn connect_cluster(
    name: String,
    access: String,
    #[server(default)] secret_kubeconfig: String,
    #[server(default)] context: String,
    #[server(default)] ingress_class: String,
    #[server(default)] ingress_namespace: String,
    #[server(default)] base_domain: String,
    #[server(default)] https: bool,
    #[server(default)] dns_namespace: String,
    #[server(default)] dns_labels: String,
    #[server(default)] teams: Vec<String>,
    #[server(default)] environments_per_team: String,
    #[server(default)] secret_registry: String,
    #[server(default)] forget_registry: bool,
    #[server(default)] registry_lost: bool,
    #[server(default)] anyway: String,
) -> Result<FormOutcome, ServerFnError> {
    use super::read;
    use crate::request::{caller, now, outcome, platform};
    let access = read::access(&access, secret_kubeconfig, context);
    let form = super::view::ClusterForm {
        name,
        ingress_class,
        ingress_namespace,
        base_domain,
        https,
        dns_namespace,
        dns_labels,
        teams,
        environments_per_team,
        registries: Vec::new(),
        version: 0,
        anyway,
    };
    let registry = read::registry(secret_registry, forget_registry, registry_lost);
    outcome(read::connect(&platform(), &caller(), read::draft(form, access, registry), now()).await)
}

/// Changes a cluster; another way to sign in is tried first, as when it is connected.
#[server(prefix = "/do", endpoint = "change-cluster")]
pub async fn change_cluster(
    id: String,
    // What names none is of no state: a revision is never 0.
    #[server(default)] version: i64,
    name: String,
    access: String,
    #[server(default)] secret_kubeconfig: String,
    #[server(default)] context: String,
    #[server(default)] ingress_class: String,
    #[server(default)] ingress_namespace: String,
    #[server(default)] base_domain: String,
    #[server(default)] https: bool,
    #[server(default)] dns_namespace: String,
    #[server(default)] dns_labels: String,
    #[server(default)] teams: Vec<String>,
    #[server(default)] environments_per_team: String,
    #[server(default)] secret_registry: String,
    #[server(default)] forget_registry: bool,
    #[server(default)] registry_lost: bool,
    #[server(default)] anyway: String,
) -> Result<FormOutcome, ServerFnError> {
    use super::read;
    use crate::request::{caller, now, outcome, platform};
    let access = read::access(&access, secret_kubeconfig, context);
    let form = super::view::ClusterForm {
        name,
        ingress_class,
        ingress_namespace,
        base_domain,
        https,
        dns_namespace,
        dns_labels,
        teams,
        environments_per_team,
        registries: Vec::new(),
        version,
        anyway,
    };
    let registry = read::registry(secret_registry, forget_registry, registry_lost);
    outcome(read::change(&platform(), &caller(), &id, read::draft(form, access, registry), now()).await)
}

/// Asks a cluster whether it answers and what Slipway may do there. What is wrong stands on its page.
#[server(prefix = "/do", endpoint = "test-cluster")]
pub async fn test_cluster(id: String) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{caller, now, outcome, platform};
    outcome(super::read::test(&platform(), &caller(), &id, now()).await)
}

/// Gives up every environment that lives on a cluster which does not answer, and removes it. Its name is typed once more; `seen` stands
/// for what the page showed.
#[server(prefix = "/do", endpoint = "give-up-cluster")]
pub async fn give_up_cluster(
    id: String,
    name: String,
    #[server(default)] seen: String,
) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{caller, now, outcome, platform};
    outcome(super::read::give_up(&platform(), &caller(), &id, &name, &seen, now()).await)
}

/// Removes a cluster and its credentials. Its name is typed once more.
#[server(prefix = "/do", endpoint = "remove-cluster")]
pub async fn remove_cluster(id: String, name: String) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{caller, now, outcome, platform};
    outcome(super::read::remove(&platform(), &caller(), &id, &name, now()).await)
}
