use super::*;

const SMALL: &str = "\
name: job
version: 1
title: A job
lifetime: {default: 1h, maximum: 1d}
parameters:
  type: object
  properties:
    text: {type: string}
steps:
  - {id: namespace, title: Namespace, driver: kubernetes, action: namespace, time_limit: 1m}
  - id: run
    title: Run
    driver: kubernetes
    action: apply
    time_limit: 1m
    manifests:
      - apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data:
          text: \"{{ parameters.text | default('none') }}\"
";

fn problems(text: &str) -> Vec<String> {
    Blueprint::parse(text).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn the_blueprint_that_comes_with_slipway_can_be_published() {
    let blueprint = Blueprint::parse(WEB_SERVICE).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!((blueprint.name.as_str(), blueprint.version), ("web-service", 1));
    let fields: Vec<&str> = blueprint.parameters.parameters.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(
        fields,
        ["image", "port", "replicas", "size", "public", "health_path", "variables", "run_as_user"]
    );
    let steps: Vec<&str> = blueprint.steps.iter().map(|step| step.id.as_str()).collect();
    assert_eq!(steps, ["namespace", "deploy", "ready"]);
}

#[test]
fn each_mistake_is_told_with_line_and_column() {
    assert!(Blueprint::parse(SMALL).is_ok());
    for (from, to, expected) in [
        ("name: job", "name: Job", "1:1: Use lower-case letters, digits and dashes, at most 40 characters."),
        (
            "version: 1",
            "version: one",
            "2:1: `version` must be a whole number from 1, raised with each change.",
        ),
        ("title: A job", "titel: A job", "1:1: `title` is missing."),
        ("title: A job", "titel: A job", "3:1: `titel` is not known here."),
        ("default: 1h", "default: 1 fortnight", "4:12: Write a length of time such as 3d, 12h or 1d 12h."),
        ("default: 1h", "default: 2d", "4:25: The maximum is shorter than the default."),
        ("type: string", "type: text", "8:12: The type `text` cannot be shown in a form."),
        ("id: run", "id: namespace", "11:5: Another step is called `namespace`."),
        ("action: apply", "action: delete", "14:5: The action must be `namespace`, `apply` or `wait`."),
        ("action: namespace", "action: wait", "10:59: The first step must have the action `namespace`."),
        (
            "time_limit: 1m\n    manifests",
            "time_limit: 2h\n    manifests",
            "15:5: A time limit is from 5 s to 1 h.",
        ),
        ("kind: ConfigMap", "kind: Role", "18:9: The kind `Role` cannot be created here."),
        ("kind: ConfigMap", "kind: Namespace", "18:9: The kind `Namespace` cannot be created here."),
        ("apiVersion: v1", "apiVersion: v2", "17:9: Write `apiVersion: v1` for a ConfigMap."),
        (
            "{name: settings}",
            "{name: settings, namespace: kube-system}",
            "19:36: Leave `metadata.namespace` out",
        ),
        (
            "{name: settings}",
            "{name: settings, finalizers: [a]}",
            "19:36: `metadata.finalizers` cannot be set here.",
        ),
        (
            "parameters.text",
            "parameters.txt",
            "21:11: `parameters.txt` is not known. Known: parameters.<name>,",
        ),
        ("parameters.text", "secrets.text", "21:11: `secrets.text` is not known."),
        (
            "default('none')",
            "upper",
            "21:11: `parameters.text | upper` cannot be worked out: filter upper is unknown.",
        ),
        ("default('none')", "default(", "21:11: `parameters.text | default(` cannot be worked out"),
        (
            "{{ parameters.text | default('none') }}",
            "a {{ parameters.text }}",
            "21:11: `parameters.text` has no value.",
        ),
        ("          text:", "          '{{ parameters.text }}':", "21:11: A key cannot hold an expression."),
        ("        data:", "        $if: true\n        data:", "20:9: `$if` is not known. Known: $when."),
    ] {
        let text = SMALL.replacen(from, to, 1);
        assert_ne!(text, SMALL, "{from} is in the sample");
        let found = problems(&text);
        assert!(found.iter().any(|line| line.starts_with(expected)), "{expected}\nin {found:#?}");
    }
}

#[test]
fn the_digest_follows_the_content_not_the_layout() {
    let digest = |text: &str| Blueprint::parse(text).unwrap().digest;
    assert_eq!(digest(SMALL), digest(&format!("# a comment\n{SMALL}\n\n")));
    assert_ne!(digest(SMALL), digest(&SMALL.replace("name: settings", "name: other")));
    assert_eq!(digest(SMALL).len(), 64);
}

#[test]
fn a_blueprint_survives_storage() {
    let blueprint = Blueprint::parse(WEB_SERVICE).unwrap();
    let stored = serde_json::to_string(&blueprint).unwrap();
    assert_eq!(serde_json::from_str::<Blueprint>(&stored).unwrap(), blueprint);
}

/// A published version never changes: whoever has this version keeps its text.
#[test]
fn the_shipped_blueprint_gets_a_new_version_with_each_change() {
    let blueprint = Blueprint::parse(WEB_SERVICE).unwrap();
    insta::assert_snapshot!(format!("version {}: {}", blueprint.version, blueprint.digest));
}
