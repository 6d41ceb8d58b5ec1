//! What an operation will do, step by step, and what a request will make: for the page before anything happens.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::blueprint::{Action, Blueprint};
use super::kinds;
use super::lifetime::print;
use super::render::{Place, Rendered};

/// One step of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// Unique in the operation.
    pub id: String,
    pub title: String,
    /// What it is about: a namespace, an image, kinds and numbers.
    pub detail: String,
    pub time_limit: SignedDuration,
}

/// One line of "It will make".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WillMake {
    pub what: Made,
    pub words: String,
}

/// What a line is about; the page chooses its icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Made {
    Namespace,
    Objects,
    Host,
}

/// How the detail of a wait begins: its limit is all that there is to say of it.
const LIMIT: &str = "At most ";

/// Whether the detail of a step only says how long it may take: of interest until it is over.
pub fn is_limit(detail: &str) -> bool {
    detail.starts_with(LIMIT)
}

/// The steps that make an environment, as the blueprint orders them.
pub fn create(blueprint: &Blueprint, rendered: &Rendered, place: &Place<'_>) -> Vec<PlannedStep> {
    blueprint
        .steps
        .iter()
        .map(|step| {
            let detail = match &step.action {
                Action::Namespace => {
                    format!("{}: restricted pod security, quota, default-deny network", place.namespace)
                }
                Action::Apply { .. } => {
                    let objects = rendered.steps.iter().find(|(id, _)| *id == step.id);
                    kinds_in_words(objects.map_or(&[] as &[Value], |(_, objects)| objects))
                }
                Action::Wait => format!("{LIMIT}{}", print(step.time_limit)),
            };
            PlannedStep {
                id: step.id.clone(),
                title: step.title.clone(),
                detail,
                time_limit: step.time_limit,
            }
        })
        .collect()
}

/// The steps that take an environment away.
pub fn destroy(place: &Place<'_>) -> Vec<PlannedStep> {
    let step = |id: &str, title: &str, detail: String, minutes| PlannedStep {
        id: id.to_owned(),
        title: title.to_owned(),
        detail,
        time_limit: SignedDuration::from_mins(minutes),
    };
    vec![
        step("list", "List what is there", format!("Everything in {}, for the receipt", place.namespace), 1),
        step("delete", "Delete the namespace", format!("{} and all in it", place.namespace), 1),
        step(
            "gone",
            "Wait until it is gone",
            format!("Until the cluster no longer has {}", place.namespace),
            10,
        ),
        step("verify", "Check that nothing is left", "Asks the cluster by name and by label".to_owned(), 2),
    ]
}

/// The lines of "It will make".
pub fn will_make(rendered: &Rendered, place: &Place<'_>) -> Vec<WillMake> {
    let line = |what, words: &str| WillMake { what, words: words.to_owned() };
    let objects: Vec<Value> = rendered.objects().cloned().collect();
    let mut lines = vec![line(Made::Namespace, "Namespace with a quota and an isolated network")];
    if !objects.is_empty() {
        lines.push(line(Made::Objects, &kinds_in_words(&objects)));
    }
    if let Some(host) = place.host.filter(|_| objects.iter().any(|object| object["kind"] == "Ingress")) {
        lines.push(line(Made::Host, host));
    }
    lines
}

/// "Deployment, service, ingress"; "2 config maps, job".
fn kinds_in_words(objects: &[Value]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for object in objects {
        let words = kinds::words(object["kind"].as_str().unwrap_or_default());
        match counts.iter_mut().find(|(kind, _)| *kind == words) {
            Some((_, count)) => *count += 1,
            None => counts.push((words, 1)),
        }
    }
    let list: Vec<String> = counts
        .iter()
        .map(|(kind, count)| if *count == 1 { (*kind).to_owned() } else { kinds::numbered(*count, kind) })
        .collect();
    let text = list.join(", ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environments::blueprint::WEB_SERVICE;
    use crate::environments::check;
    use crate::environments::name::EnvironmentName;
    use crate::environments::render::render;
    use crate::ids::EnvironmentId;
    use serde_json::json;

    #[test]
    fn the_plan_of_the_shipped_blueprint() {
        let blueprint = Blueprint::parse(WEB_SERVICE).unwrap();
        let id = "01930d9c-7e2a-7c11-9d55-2f6f1f3c9a10".parse::<EnvironmentId>().unwrap();
        let name = EnvironmentName::new("demo").unwrap();
        let place = Place {
            id: &id,
            name: &name,
            namespace: "env-demo-1",
            owner: "group:default/payments",
            host: Some("demo.preview.example.com"),
            https: false,
            ingress_class: None,
        };
        let plan = |public: bool| {
            let request = json!({"image": "a", "public": public});
            let complete = check::check(&blueprint.parameters, request.as_object().unwrap()).unwrap();
            let rendered = render(&blueprint, &complete, &place).unwrap();
            let steps = create(&blueprint, &rendered, &place);
            let lines: Vec<String> =
                will_make(&rendered, &place).into_iter().map(|line| line.words).collect();
            (steps.into_iter().map(|s| format!("{}: {}", s.title, s.detail)).collect::<Vec<_>>(), lines)
        };
        let (steps, lines) = plan(true);
        assert_eq!(
            steps,
            [
                "Namespace: env-demo-1: restricted pod security, quota, default-deny network",
                "Deploy: Deployment, service, ingress",
                "Wait until ready: At most 5 min",
            ]
        );
        let limits = steps.iter().filter(|step| is_limit(step.split_once(": ").unwrap().1));
        assert_eq!(limits.collect::<Vec<_>>(), ["Wait until ready: At most 5 min"]);
        assert_eq!(
            lines,
            [
                "Namespace with a quota and an isolated network",
                "Deployment, service, ingress",
                "demo.preview.example.com"
            ]
        );
        assert_eq!(plan(false).1, ["Namespace with a quota and an isolated network", "Deployment, service"]);
        let ids: Vec<String> = destroy(&place).into_iter().map(|step| step.id).collect();
        assert_eq!(ids, ["list", "delete", "gone", "verify"]);
    }

    #[test]
    fn several_of_a_kind_are_counted() {
        let of = |kind: &str| json!({"kind": kind});
        assert_eq!(kinds_in_words(&[of("ConfigMap"), of("Job"), of("ConfigMap")]), "2 config maps, job");
    }
}
