//! What an administrator typed to connect or change a cluster, and what is right or wrong with it, field by field.

use std::collections::BTreeMap;

use domain::catalog::reference::{DEFAULT_NAMESPACE, EntityRef, RefContext};
use domain::dns::{is_label, is_subdomain};
use domain::environments::network::DnsSelector;
use domain::form::Problem;

use super::client::Access;
use super::connection::{Connection, How, Settings};
use super::kubeconfig;
use super::registry::{self, Registry};

/// The form, as typed.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// What people call it.
    pub name: String,
    /// How Slipway signs in.
    pub access: AccessDraft,
    /// Empty for the cluster's default.
    pub ingress_class: String,
    /// Empty when nothing is let in.
    pub ingress_namespace: String,
    /// Empty when environments have no addresses.
    pub base_domain: String,
    /// Whether the ingress controller serves TLS for the base domain.
    pub https: bool,
    /// Empty for `kube-system`.
    pub dns_namespace: String,
    /// `label=value`, separated by commas; empty for `k8s-app=kube-dns`.
    pub dns_labels: String,
    /// References of Groups; none for all.
    pub teams: Vec<String>,
    /// Empty for no limit.
    pub environments_per_team: String,
    /// The credentials of image registries.
    pub registry: RegistryDraft,
    /// The revision of the cluster that the form was filled from; none where it was filled from none.
    pub seen: Option<i64>,
    /// Stands for what the trial of the way to sign in found, as it was told: it is kept in spite of exactly that. Empty for nothing.
    pub anyway: String,
}

/// What becomes of the credentials of image registries.
#[derive(Clone, Default)]
pub enum RegistryDraft {
    /// They stay as they are; a new cluster has none.
    #[default]
    Keep,
    /// They are forgotten.
    Forget,
    /// Some were typed, and did not come back to the page with the rest of the form.
    Lost,
    /// A Docker `config.json`.
    Given(String),
}

impl std::fmt::Debug for RegistryDraft {
    /// It holds passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            RegistryDraft::Keep => "Keep",
            RegistryDraft::Forget => "Forget",
            RegistryDraft::Lost => "Lost",
            RegistryDraft::Given(_) => "Given",
        })
    }
}

/// How Slipway signs in, as chosen.
#[derive(Clone, Default)]
pub enum AccessDraft {
    /// As before; only when a cluster is changed.
    #[default]
    Keep,
    /// With the account of the pod that it runs in.
    OwnAccount,
    /// With a kubeconfig.
    Kubeconfig {
        /// What was pasted or uploaded.
        text: Vec<u8>,
        /// The context that was chosen; empty for the one that the kubeconfig says.
        context: String,
    },
}

impl std::fmt::Debug for AccessDraft {
    /// A kubeconfig holds a token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            AccessDraft::Keep => "Keep",
            AccessDraft::OwnAccount => "OwnAccount",
            AccessDraft::Kubeconfig { .. } => "Kubeconfig",
        })
    }
}

/// The form, once it is right. No access means: as before.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The name.
    pub name: String,
    /// How, and with what.
    pub access: Option<(How, Access)>,
    /// Everything else.
    pub settings: Settings,
    /// The credentials of image registries from now on, where they change; none for none.
    pub registry: Option<Option<Registry>>,
}

/// What is said where credentials would be lost in silence; whoever leaves the field empty after that means it.
const LOST: &str = "What you typed here did not come back to the page. Paste it again, or send the form once more without it";
/// The longest name, in characters.
const MAX_NAME: usize = 60;
/// The highest limit that makes sense to type.
const MAX_ENVIRONMENTS: u32 = 10_000;

impl Draft {
    /// The form of a cluster as it is, to be changed.
    pub fn of(connection: &Connection) -> Self {
        let settings = &connection.settings;
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let labels = settings.dns.pods.iter().map(|(key, value)| format!("{key}={value}"));
        Self {
            name: connection.name.clone(),
            access: AccessDraft::Keep,
            ingress_class: text(&settings.ingress_class),
            ingress_namespace: text(&settings.ingress_namespace),
            base_domain: text(&settings.base_domain),
            https: settings.https,
            dns_namespace: settings.dns.namespace.clone(),
            dns_labels: labels.collect::<Vec<_>>().join(", "),
            teams: settings.teams.iter().map(ToString::to_string).collect(),
            environments_per_team: settings
                .environments_per_team
                .map(|limit| limit.to_string())
                .unwrap_or_default(),
            registry: RegistryDraft::Keep,
            seen: Some(connection.revision),
            anyway: String::new(),
        }
    }

    /// Checks every field. Every problem is named at once.
    pub fn check(&self) -> Result<Checked, Vec<Problem>> {
        let mut problems = Vec::new();
        let name = self.name.trim();
        if name.is_empty() {
            problems.push(Problem::at("name", "Give the cluster a name"));
        } else if name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            problems.push(Problem::at("name", format!("At most {MAX_NAME} characters, on one line")));
        }
        let access = match self.access() {
            Ok(access) => access,
            Err(problem) => {
                problems.push(problem);
                None
            }
        };
        let settings = self.settings(&mut problems);
        let registry = match &self.registry {
            RegistryDraft::Keep => None,
            RegistryDraft::Forget => Some(None),
            RegistryDraft::Lost => {
                problems.push(Problem::at("registry", LOST));
                None
            }
            RegistryDraft::Given(text) => match registry::read(text) {
                Ok(registry) => Some(Some(registry)),
                Err(sentence) => {
                    problems.push(Problem::at("registry", sentence));
                    None
                }
            },
        };
        if problems.is_empty() {
            Ok(Checked { name: name.to_owned(), access, settings, registry })
        } else {
            Err(problems)
        }
    }

    fn access(&self) -> Result<Option<(How, Access)>, Problem> {
        let (text, context) = match &self.access {
            AccessDraft::Keep => return Ok(None),
            AccessDraft::OwnAccount => return Ok(Some((How::OwnAccount, Access::OwnAccount))),
            AccessDraft::Kubeconfig { text, context } => (text, context.trim()),
        };
        let refused = |refused: kubeconfig::Refused| Problem::at("kubeconfig", refused.to_string());
        let read = kubeconfig::read(text).map_err(refused)?;
        let chosen = match (context, read.current.as_deref(), read.contexts.as_slice()) {
            ("", Some(current), _) => current,
            ("", None, [only]) => only.name.as_str(),
            (context, ..) => context,
        };
        let Some(context) = read.context(chosen) else {
            let names: Vec<&str> = read.contexts.iter().map(|context| context.name.as_str()).collect();
            return Err(Problem::at("context", format!("Choose one of: {}", names.join(", "))));
        };
        let credentials = context.credentials.clone().map_err(refused)?;
        let how = How::Kubeconfig { context: context.name.clone(), server: credentials.server.clone() };
        Ok(Some((how, Access::Given(credentials))))
    }

    fn settings(&self, problems: &mut Vec<Problem>) -> Settings {
        let ingress_class = optional(&self.ingress_class);
        if ingress_class.as_deref().is_some_and(|class| !is_subdomain(class)) {
            problems.push(Problem::at("ingress_class", "The name of an IngressClass, as nginx"));
        }
        let ingress_namespace = optional(&self.ingress_namespace);
        if ingress_namespace.as_deref().is_some_and(|namespace| !is_label(namespace)) {
            problems.push(Problem::at("ingress_namespace", "The name of a namespace, as ingress-nginx"));
        }
        let base_domain = optional(&self.base_domain)
            .map(|domain| domain.trim_matches('.').trim_start_matches("*.").to_lowercase());
        // The longest name of an environment is put before it: 253 characters in all (RFC 1035).
        if base_domain.as_deref().is_some_and(|domain| !is_subdomain(domain) || domain.len() > 200) {
            problems.push(Problem::at("base_domain", "A domain, as envs.example.com"));
        }
        Settings {
            ingress_class,
            ingress_namespace,
            base_domain,
            https: self.https,
            dns: self.dns(problems),
            teams: self.teams(problems),
            environments_per_team: self.limit(problems),
        }
    }

    fn dns(&self, problems: &mut Vec<Problem>) -> DnsSelector {
        let mut dns = DnsSelector::default();
        if let Some(namespace) = optional(&self.dns_namespace) {
            if !is_label(&namespace) {
                problems.push(Problem::at("dns_namespace", "The name of a namespace, as kube-system"));
            }
            dns.namespace = namespace;
        }
        if let Some(labels) = optional(&self.dns_labels) {
            match labels.split(',').map(|label| label_pair(label.trim())).collect::<Option<BTreeMap<_, _>>>()
            {
                Some(labels) => dns.pods = labels,
                None => problems
                    .push(Problem::at("dns_labels", "Labels, as k8s-app=kube-dns, separated by commas")),
            }
        }
        dns
    }

    fn teams(&self, problems: &mut Vec<Problem>) -> Vec<EntityRef> {
        let context = RefContext { kind: Some("group"), namespace: DEFAULT_NAMESPACE };
        let mut teams: Vec<EntityRef> = Vec::new();
        for text in self.teams.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
            match EntityRef::parse(text, context) {
                Ok(team) if team.kind() != "group" => {
                    problems.push(Problem::at("teams", format!("“{text}” is not a team")));
                }
                Ok(team) => teams.push(team),
                Err(why) => problems.push(Problem::at("teams", why.to_string())),
            }
        }
        teams.sort();
        teams.dedup();
        teams
    }

    fn limit(&self, problems: &mut Vec<Problem>) -> Option<u32> {
        let text = optional(&self.environments_per_team)?;
        let limit = text.parse().ok().filter(|limit| (1..=MAX_ENVIRONMENTS).contains(limit));
        if limit.is_none() {
            let sentence = format!("A whole number from 1 to {MAX_ENVIRONMENTS}, or nothing for no limit");
            problems.push(Problem::at("environments_per_team", sentence));
        }
        limit
    }
}

fn optional(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// `prefix/name=value` (Kubernetes, "Labels and Selectors").
fn label_pair(text: &str) -> Option<(String, String)> {
    let (key, value) = text.split_once('=')?;
    let (prefix, name) = key.rsplit_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    let edge = |byte: u8| byte.is_ascii_alphanumeric();
    let part = |text: &str| {
        text.len() <= 63
            && text.bytes().all(|byte| edge(byte) || matches!(byte, b'-' | b'_' | b'.'))
            && text.bytes().next().is_some_and(edge)
            && text.bytes().last().is_some_and(edge)
    };
    let fits = prefix.is_none_or(is_subdomain) && part(name) && (value.is_empty() || part(value));
    fits.then(|| (key.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft { name: " Production ".to_owned(), access: AccessDraft::OwnAccount, ..Draft::default() }
    }

    #[test]
    fn what_is_left_empty_has_the_usual_value() {
        let checked = draft().check().expect("right");
        assert_eq!(checked.name, "Production");
        assert_eq!(checked.settings, Settings { https: false, ..Settings::default() });
        assert!(matches!(checked.access, Some((How::OwnAccount, Access::OwnAccount))));
    }

    #[test]
    fn what_is_typed_is_read() {
        let full = Draft {
            base_domain: "*.Envs.Example.com.".to_owned(),
            dns_namespace: "dns".to_owned(),
            dns_labels: "app.kubernetes.io/name=coredns, tier=".to_owned(),
            teams: vec!["payments".to_owned(), "group:default/payments".to_owned(), String::new()],
            environments_per_team: "5".to_owned(),
            ..draft()
        };
        let settings = full.check().expect("right").settings;
        assert_eq!(settings.base_domain.as_deref(), Some("envs.example.com"));
        assert_eq!(settings.dns.pods.len(), 2);
        assert_eq!(settings.teams.len(), 1);
        assert_eq!(settings.environments_per_team, Some(5));
        let payments = EntityRef::new("group", "default", "payments").expect("a reference");
        let other = EntityRef::new("group", "default", "other").expect("a reference");
        assert!(settings.is_open_to(&payments, &[]) && settings.is_open_to(&other, &[payments]));
        assert!(!settings.is_open_to(&other, &[]));
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let wrong = Draft {
            name: " ".to_owned(),
            access: AccessDraft::Kubeconfig { text: b"kind: Config".to_vec(), context: String::new() },
            ingress_class: "Ngi nx".to_owned(),
            ingress_namespace: "a.b".to_owned(),
            base_domain: "https://x".to_owned(),
            dns_namespace: "-".to_owned(),
            dns_labels: "kube-dns".to_owned(),
            teams: vec!["user:mina".to_owned()],
            environments_per_team: "0".to_owned(),
            registry: RegistryDraft::Lost,
            ..draft()
        };
        let problems = wrong.check().expect_err("wrong");
        let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "name",
                "kubeconfig",
                "ingress_class",
                "ingress_namespace",
                "base_domain",
                "dns_namespace",
                "dns_labels",
                "teams",
                "environments_per_team",
                "registry"
            ]
        );
    }

    #[test]
    fn a_context_must_be_chosen_when_nothing_says_which() {
        let context = |name: &str| format!("- name: {name}\n  context: {{cluster: c, user: u}}\n");
        let text = format!(
            "kind: Config\nclusters: [{{name: c, cluster: {{server: \"https://api.example.com\"}}}}]\n\
             users: [{{name: u, user: {{token: t}}}}]\ncontexts:\n{}{}",
            context("one"),
            context("two")
        );
        let with = |context: &str| Draft {
            access: AccessDraft::Kubeconfig { text: text.clone().into_bytes(), context: context.to_owned() },
            ..draft()
        };
        let problems = with("").check().expect_err("which?");
        assert_eq!(problems, [Problem::at("context", "Choose one of: one, two")]);
        let (how, _) = with("two").check().expect("chosen").access.expect("a way in");
        assert_eq!(
            how,
            How::Kubeconfig { context: "two".to_owned(), server: "https://api.example.com".to_owned() }
        );
    }
}
