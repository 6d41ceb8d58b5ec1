//! The text of `slipway cluster manifest`, which pages offer as the file `slipway-manifest.yaml`: an account for Slipway with the least rights, and how to make a kubeconfig of it.

use std::fmt::Write as _;

use domain::environments::namespace::team_role;
use serde_json::{Value, json};

use super::rights;

/// What may be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The namespace of the account.
    pub namespace: String,
    /// Also a Secret with a token that never expires, for clusters that cut the life of other tokens short.
    pub lasting_token: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { namespace: "slipway".to_owned(), lasting_token: false }
    }
}

/// The name of the account, its role and its binding.
const NAME: &str = "slipway";
const RBAC: &str = "rbac.authorization.k8s.io";

/// What a cluster calls the account.
pub fn username(options: &Options) -> String {
    format!("system:serviceaccount:{}:{NAME}", options.namespace)
}

/// The text: comments with the commands, then one YAML document for each object.
pub fn text(options: &Options) -> String {
    let mut text = instructions(options);
    for object in objects(options) {
        text.push_str("---\n");
        let _ = write_yaml(&mut text, &object, 0);
    }
    text
}

/// The objects, in the order in which they are applied.
pub fn objects(options: &Options) -> Vec<Value> {
    let namespace = &options.namespace;
    let labels = json!({"app.kubernetes.io/name": NAME, "app.kubernetes.io/managed-by": "slipway"});
    let mut objects = vec![
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}}),
        json!({
            "apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": {"name": NAME, "namespace": namespace, "labels": labels},
        }),
        cluster_role(&labels),
        team_role(),
        json!({
            "apiVersion": format!("{RBAC}/v1"), "kind": "ClusterRoleBinding",
            "metadata": {"name": NAME, "labels": labels},
            "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": NAME},
            "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": namespace}],
        }),
    ];
    if options.lasting_token {
        objects.push(json!({
            "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/service-account-token",
            "metadata": {
                "name": "slipway-token", "namespace": namespace, "labels": labels,
                "annotations": {"kubernetes.io/service-account.name": NAME},
            },
        }));
    }
    objects
}

fn cluster_role(labels: &Value) -> Value {
    let rules: Vec<Value> = rights::all()
        .into_iter()
        .map(|right| {
            let mut rule =
                json!({"apiGroups": [right.group], "resources": [right.resource], "verbs": right.verbs});
            if let Some(only) = right.only {
                rule["resourceNames"] = json!([only]);
            }
            rule
        })
        .collect();
    json!({
        "apiVersion": format!("{RBAC}/v1"), "kind": "ClusterRole",
        "metadata": {"name": NAME, "labels": labels}, "rules": rules,
    })
}

fn instructions(options: &Options) -> String {
    let namespace = &options.namespace;
    let token = if options.lasting_token {
        format!("kubectl -n {namespace} get secret slipway-token -o jsonpath='{{.data.token}}' | base64 -d")
    } else {
        format!("kubectl -n {namespace} create token {NAME} --duration=8760h")
    };
    let life = if options.lasting_token {
        "# The token does not expire. Delete the Secret slipway-token to withdraw it.\n"
    } else {
        "# The token lasts a year; some clusters give a shorter one (`--lasting-token` prints one that stays).\n"
    };
    format!(
        r#"# An account for Slipway with only the permissions it needs, and the role that teams get in their environments.
#
# 1. Save this as slipway-manifest.yaml, and apply it with kubectl and an administrator's kubeconfig:
#      kubectl apply -f slipway-manifest.yaml
# 2. Make a kubeconfig for the account:
#      server=$(kubectl config view --minify -o jsonpath='{{.clusters[0].cluster.server}}')
#      kubectl config view --minify --raw --flatten \
#        -o jsonpath='{{.clusters[0].cluster.certificate-authority-data}}' | base64 -d > slipway-ca.pem
#      token=$({token})
#      kubectl config --kubeconfig=slipway.kubeconfig set-cluster cluster --server="$server" \
#        --certificate-authority=slipway-ca.pem --embed-certs=true
#      kubectl config --kubeconfig=slipway.kubeconfig set-credentials slipway --token="$token"
#      kubectl config --kubeconfig=slipway.kubeconfig set-context slipway --cluster=cluster --user=slipway
#      kubectl config --kubeconfig=slipway.kubeconfig use-context slipway
# 3. Paste slipway.kubeconfig in Slipway under Settings, Clusters, and press “Connect and test”; where the cluster is
#    connected already, “Save and test” on its page.
#
{life}# Secrets are written and never read. `bind` lets Slipway hand out the role slipway-team and no other.
"#
    )
}

/// Block style; a scalar is written as JSON where plain style could be read as something else.
fn write_yaml(out: &mut String, value: &Value, depth: usize) -> std::fmt::Result {
    let pad = "  ".repeat(depth);
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::Object(_) => {
                        writeln!(out, "{pad}{key}:")?;
                        write_yaml(out, value, depth + 1)?;
                    }
                    Value::Array(list) if !list.is_empty() && list.iter().all(Value::is_object) => {
                        writeln!(out, "{pad}{key}:")?;
                        for item in list {
                            let mut text = String::new();
                            write_yaml(&mut text, item, depth + 1)?;
                            // The first line of an item carries the dash.
                            writeln!(out, "{pad}- {}", text.trim())?;
                        }
                    }
                    Value::Array(list) => {
                        let list: Vec<String> = list.iter().map(scalar).collect();
                        writeln!(out, "{pad}{key}: [{}]", list.join(", "))?;
                    }
                    other => writeln!(out, "{pad}{key}: {}", scalar(other))?,
                }
            }
            Ok(())
        }
        other => writeln!(out, "{pad}{}", scalar(other)),
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text)
            if text.starts_with(|first: char| first.is_ascii_alphabetic())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '/' | '-'))
                && !matches!(text.as_str(), "true" | "false" | "null" | "yes" | "no" | "on" | "off") =>
        {
            text.clone()
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use domain::clusters::MANIFEST_ACCOUNT;
    use domain::environments::yaml;

    use super::*;

    #[test]
    fn the_text_says_what_the_objects_say() {
        for options in [Options::default(), Options { namespace: "platform".to_owned(), lasting_token: true }]
        {
            let text = text(&options);
            let read: Vec<Value> = text
                .split("---\n")
                .skip(1)
                .map(|document| yaml::read(document).expect("YAML").value)
                .collect();
            assert_eq!(read, objects(&options));
        }
    }

    #[test]
    fn its_account_is_called_as_pages_call_it() {
        let namespace = Options::default().namespace;
        assert_eq!(MANIFEST_ACCOUNT, format!("the account {NAME} of the namespace {namespace}"));
        assert_eq!(username(&Options::default()), "system:serviceaccount:slipway:slipway");
    }

    #[test]
    fn the_manifest() {
        insta::assert_snapshot!(text(&Options::default()));
    }
}
