//! What each door is asked: the body of every server function, the path of every page.

use super::server::PASSWORD;
use super::world::{COMPONENT, Objects, SISTER, TEAM};

/// What a server function is posted.
pub fn sample(path: &str, of: &Objects) -> Option<String> {
    let account = format!("account={}", of.account);
    let environment = format!("id={}", of.environment);
    let source = format!("id={}", of.spare_source);
    let text = match path {
        "/do/sign-in" => "username=nobody&secret_password=wrong&next=/".to_owned(),
        "/do/accept-invitation" => format!("secret_link=wrong&username=x&name=X&secret_password={PASSWORD}"),
        "/do/invitation" | "/do/reset" => "link=wrong".to_owned(),
        "/do/reset-password" => format!("secret_link=wrong&secret_new={PASSWORD}"),
        "/do/sign-out"
        | "/do/sign-out-everywhere"
        | "/do/accounts"
        | "/do/first-start"
        | "/do/environment-teams"
        | "/do/home"
        | "/do/invite"
        | "/do/blueprint-cards"
        | "/do/blueprints"
        | "/do/clusters"
        | "/do/connect-facts"
        | "/do/settings-overview"
        | "/do/own-audit"
        | "/do/own-sessions"
        | "/do/sources"
        | "/do/audit"
        | "/do/queue" => String::new(),
        "/do/withdraw-invitation" => format!("id={}", of.account),
        "/do/change-password" => format!("secret_old=wrong&secret_new={PASSWORD}"),
        "/do/attach-team" | "/do/detach-team" => format!("{account}&team={SISTER}"),
        "/do/end-session" => "session=nothing".to_owned(),
        "/do/account" => format!("id={}", of.account),
        "/do/create-reset-link" | "/do/revoke-reset-link" | "/do/end-sessions" => account,
        "/do/set-administrator" => format!("{account}&administrator=true&confirmed=on"),
        "/do/disable-account" => format!("{account}&disabled=true"),
        "/do/environments" => "mine=false&ended=false".to_owned(),
        "/do/environment" | "/do/earlier-operations" | "/do/cancel-environment" | "/do/retry-environment" => {
            environment
        }
        "/do/extend-environment" => format!("{environment}&more=1d"),
        "/do/destroy-environment" | "/do/give-up-environment" => {
            format!("{environment}&name={}", of.environment_name)
        }
        "/do/request-form" => format!("blueprint={}&like={}", of.blueprint, of.environment),
        "/do/request-environment" | "/do/preview-environment" => format!(
            "blueprint={}&name={}&team={TEAM}&entity={COMPONENT}&cluster={}&lifetime=\
             &parameters[image]=registry.example.com/web:1&parameters[public]=true",
            of.blueprint, of.free_name, of.cluster
        ),
        "/do/add-source" => SOURCE.to_owned(),
        "/do/change-source" => format!("{source}&{SOURCE}"),
        "/do/refresh-source" | "/do/remove-source" => source,
        "/do/source" => format!("id={}&after=", of.source),
        "/do/stop-source" => format!("id={}", of.source),
        "/do/blueprint" => format!("id={}", of.blueprint),
        "/do/cluster" | "/do/test-cluster" => format!("id={}", of.cluster),
        "/do/change-cluster" => format!("id={}&version=1&name=spare&access=keep", of.spare_cluster),
        "/do/remove-cluster" => format!("id={}&name=spare", of.spare_cluster),
        // Not the name that must be typed: the cluster is there to be removed below.
        "/do/give-up-cluster" => format!("id={}&name=other&seen=nothing", of.spare_cluster),
        "/do/connect-cluster" => "name=x&access=kubeconfig&secret_kubeconfig=nonsense".to_owned(),
        "/do/kubeconfig-contexts" => "secret_kubeconfig=nonsense".to_owned(),
        "/do/withdraw-blueprint" | "/do/offer-blueprint" => format!("id={}", of.spare_blueprint),
        "/do/publish-blueprint" => "source=nonsense".to_owned(),
        "/do/retry-job" => format!("id={}", of.job),
        "/do/find" => "words=x".to_owned(),
        "/do/find-environments" => "words=walk&extendable=false".to_owned(),
        "/do/catalog" => "search=".to_owned(),
        "/do/catalog-problems" => "source=&text=".to_owned(),
        "/do/catalog-file" => format!("id={}", of.file),
        "/do/entity" | "/do/entity-text" | "/do/entity-definition" | "/do/entity-history" => {
            format!("reference={COMPONENT}")
        }
        "/do/remove-orphan" => format!("reference=component:default/{}", of.orphan),
        "/do/orphans" => "search=".to_owned(),
        // Whoever may would have to say which they saw: each role keeps its own for the door before.
        "/do/remove-orphans" => "search=&seen=nothing".to_owned(),
        "/do/preferences" => "next=/&theme=dark".to_owned(),
        _ => return None,
    };
    Some(text)
}

const SOURCE: &str =
    "name=x&place=folder&location=relative&branch=&glob=&rule=default&kinds=&namespaces=&every_minutes=5";

/// Where a page, stream or file is asked for.
pub fn address(pattern: &str, of: &Objects) -> String {
    let ids = [
        ("/environments/", &of.environment),
        ("/blueprints/", &of.blueprint),
        ("/clusters/", &of.cluster),
        ("/sources/", &of.source),
        ("/catalog/files/", &of.file),
        ("/people/", &of.account),
    ];
    let id = ids.iter().find(|(place, _)| pattern.contains(*place)).map_or("", |(_, id)| id.as_str());
    assert!(!pattern.contains("{id}") || !id.is_empty(), "{pattern}: add what its id is of");
    let entity = if pattern.ends_with("/remove") { of.orphan.as_str() } else { "checkout" };
    let path = pattern
        .replace("{link}", "wrong")
        .replace("{*path}", "nothing")
        .replace("{id}", id)
        .replace("{blueprint}", &of.blueprint)
        .replace("{kind}", "component")
        .replace("{namespace}", "default")
        .replace("{name}", entity);
    assert!(!path.contains('{'), "{pattern}: add what stands for its parameters");
    path
}
