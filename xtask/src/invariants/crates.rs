//! Which crate may use what: `server → app → platform → domain`, and the browser gets no server's parts.

use serde_json::Value;

/// Crates that reach outside the process. The rules of the domain are pure.
const REACHES_OUT: &[&str] = &[
    "async-std",
    "axum",
    "hyper",
    "kube",
    "mio",
    "notify",
    "object_store",
    "reqwest",
    "rusqlite",
    "rustls",
    "smol",
    "socket2",
    "sqlx",
    "tempfile",
    "tokio",
    "ureq",
];
/// Crates of the server that must not reach the browser.
const SERVER_ONLY: &[&str] =
    &["axum", "hyper", "kube", "k8s-openapi", "object_store", "platform", "reqwest", "sqlx"];
/// Who may not name whom. The beginning of a name stands for the whole family.
const APART: &[(&str, &[&str])] = &[
    ("domain", &["app", "platform", "server"]),
    ("platform", &["app", "axum", "leptos", "server"]),
    ("app", &["k8s-openapi", "kube", "server", "sqlx"]),
];

/// Dependencies that a crate of the house names itself and may not (of `cargo metadata`).
pub fn direct(metadata: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let Some((name, apart)) = APART.iter().find(|(name, _)| package["name"] == *name) else {
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let used = dependency["name"].as_str().unwrap_or_default();
            if apart.iter().any(|family| is_of(used, family)) {
                broken
                    .push(format!("{name} uses {used}, against the arrows server → app → platform → domain"));
            }
        }
    }
    broken
}

/// `leptos_axum` is of the family `leptos`; `server_fn` is not of our crate `server`.
fn is_of(name: &str, family: &str) -> bool {
    name == family
        || (!["app", "server", "platform"].contains(&family)
            && name.strip_prefix(family).is_some_and(|rest| rest.starts_with(['-', '_'])))
}

/// A crate without I/O has nothing below it that reaches out (of `cargo tree`, lines of `name version|features`).
pub fn pure(name: &str, tree: &str) -> Vec<String> {
    let found = packages(tree).filter(|(package, _)| REACHES_OUT.contains(package));
    unique(found.map(|(package, _)| {
        format!("{name} is pure, but {package} is below it (cargo tree -p {name} -i {package})")
    }))
}

/// The browser's half has nothing of the server (of `cargo tree`).
pub fn fit_for_browsers(tree: &str) -> Vec<String> {
    let unfit = |(package, features): &(&str, &str)| {
        let runtime = *package == "tokio" && features.split(',').any(|feature| feature.starts_with("rt"));
        runtime || SERVER_ONLY.contains(package)
    };
    unique(packages(tree).filter(unfit).map(|(package, _)| format!("the browser's half contains {package}")))
}

/// Both databases take the same steps.
pub fn twins(sqlite: &[String], postgres: &[String]) -> Vec<String> {
    let missing = |from: &[String], to: &[String], place: &str| -> Vec<String> {
        let gone = from.iter().filter(|name| !to.contains(name));
        gone.map(|name| format!("migrations/{place}/{name} is missing; the other database has it")).collect()
    };
    [missing(sqlite, postgres, "postgres"), missing(postgres, sqlite, "sqlite")].concat()
}

fn packages(tree: &str) -> impl Iterator<Item = (&str, &str)> {
    tree.lines().filter_map(|line| {
        let (package, features) = line.split_once('|').unwrap_or((line, ""));
        Some((package.split_whitespace().next()?, features.trim_end_matches("(*)").trim()))
    })
}

fn unique(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    lines.dedup();
    lines
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_arrow_that_points_the_wrong_way_is_found() {
        let of = |name: &str, uses: &str| {
            direct(&json!({"packages": [{"name": name, "dependencies": [{"name": uses}]}]}))
        };
        for (name, uses) in [
            ("platform", "leptos"),
            ("platform", "leptos_router"),
            ("platform", "axum-extra"),
            ("app", "sqlx"),
            ("app", "kube"),
            ("domain", "platform"),
        ] {
            assert_eq!(of(name, uses).len(), 1, "{name} uses {uses}");
        }
        for (name, uses) in
            [("app", "leptos"), ("app", "server_fn"), ("platform", "domain"), ("server", "axum")]
        {
            assert_eq!(of(name, uses), Vec::<String>::new(), "{name} uses {uses}");
        }
    }

    #[test]
    fn a_crate_that_reaches_out_is_found_wherever_it_is() {
        let tree =
            "domain v0.1.0 (/clone/domain)|\nserde v1.0.0|std\ntokio v1.0.0|net (*)\ntokio v1.0.0|net\n";
        assert_eq!(
            pure("domain", tree),
            ["domain is pure, but tokio is below it (cargo tree -p domain -i tokio)"]
        );
        assert!(pure("domain", "serde v1.0.0|std\ntokio-util-like v1|\n").is_empty());
    }

    #[test]
    fn the_browser_gets_no_runtime_and_no_database() {
        assert_eq!(fit_for_browsers("tokio v1.0.0|default,rt (*)\n").len(), 1);
        assert_eq!(fit_for_browsers("sqlx v0.9.0|\nkube v5.0.0|\n").len(), 2);
        assert!(fit_for_browsers("tokio v1.0.0|sync\nleptos v0.8.23|hydrate\n").is_empty());
    }

    #[test]
    fn a_step_for_one_database_alone_is_found() {
        let of = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let broken = twins(&of(&["0001_a.sql", "0002_b.sql"]), &of(&["0001_a.sql", "0003_c.sql"]));
        assert_eq!(broken.len(), 2);
        assert!(twins(&of(&["0001_a.sql"]), &of(&["0001_a.sql"])).is_empty());
    }
}
