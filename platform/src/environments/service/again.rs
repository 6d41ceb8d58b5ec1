//! Asking for an environment again: what a new request begins with, taken from one that was asked for before.
//!
//! - Secrets are never given back: they are typed again.
//! - What the caller may not see of that environment is left out as well.

use std::collections::BTreeMap;

use domain::environments::form;
use domain::environments::name::EnvironmentName;
use domain::environments::schema::{Parameter, Schema};
use domain::ids::{BlueprintId, ClusterId, EnvironmentId};
use domain::people::{Action, Caller, authorize};
use jiff::SignedDuration;
use serde_json::{Map, Value};

use super::super::{Environments, store};
use super::{Ownership, found};
use crate::db::Session;
use crate::{Error, Result};

/// How many names are tried before the old one is offered after all.
const TRIES: u32 = 50;

/// What a new request begins with.
#[derive(Clone, Debug, PartialEq)]
pub struct Again {
    /// The newest version of its blueprint.
    pub blueprint: BlueprintId,
    pub was_called: String,
    /// Whether it has not ended, and so counts for its team.
    pub lives: bool,
    /// A name that is free on its cluster: the same where it is.
    pub name: String,
    /// The owning Group's reference.
    pub team: String,
    /// The entity that it was for.
    pub entity: Option<String>,
    /// Where it was.
    pub cluster: ClusterId,
    /// For how long; none where that is the blueprint's default.
    pub lifetime: Option<SignedDuration>,
    /// What stands in the fields of the blueprint, by parameter.
    pub inputs: BTreeMap<String, String>,
    /// What the form calls the parameters that must be typed again.
    pub to_type: Vec<String>,
}

/// What asking again for an environment begins with, whether it stands or has ended. Everyone signed in may: it is what they see of it
/// anyway; whether they may ask is decided when they do.
pub async fn find_again(environments: &Environments, caller: &Caller, id: EnvironmentId) -> Result<Again> {
    authorize(caller, Action::See)?;
    let mut reader = environments.db.snapshot().await?;
    let row = found(&mut reader, id).await?;
    let owner = Ownership::of(environments, &row)?;
    let with_values = authorize(caller, Action::SeeOutputs(owner.owned())).is_ok();
    let newest = store::blueprint_find_newest(&mut reader, row.blueprint_id).await?;
    let newest = newest.ok_or_else(|| Error::internal("asking again", "its blueprint is gone"))?;
    let published = environments.blueprints.of(&newest)?;
    let asked = row.parameters.0.as_object().cloned().unwrap_or_default();
    let (inputs, to_type) = fields(&published.parameters, &asked, row.state()?.is_end(), with_values);
    let lifetime = row.expires_at.0.duration_since(row.requested_at.0);
    Ok(Again {
        blueprint: newest.id,
        lives: !row.state()?.is_end(),
        name: free_name(&mut reader, row.cluster_id, &row.name).await?,
        was_called: row.name,
        team: row.team,
        entity: row.entity,
        cluster: row.cluster_id,
        lifetime: (lifetime != published.lifetime.default).then_some(lifetime),
        inputs,
        to_type,
    })
}

/// The texts of the fields, and what the form calls those that have none because they may not be given back. Once it has `ended`, nobody
/// knows any more which secrets there were.
fn fields(
    schema: &Schema,
    asked: &Map<String, Value>,
    ended: bool,
    with_values: bool,
) -> (BTreeMap<String, String>, Vec<String>) {
    let is_given = |parameter: &Parameter| asked.get(&parameter.name).is_some_and(|value| !value.is_null());
    // By what is kept: the kind that a parameter has in this version says nothing of what an older one took.
    let is_hidden_map = |parameter: &Parameter| {
        let kept = asked.get(&parameter.name).and_then(Value::as_object);
        !with_values && kept.is_some_and(|map| !map.is_empty())
    };
    let to_type = |&parameter: &&Parameter| {
        is_hidden_map(parameter) || parameter.hints.secret && (ended || is_given(parameter))
    };
    let mut inputs = form::inputs(schema, asked);
    for parameter in schema.parameters.iter().filter(|&parameter| is_hidden_map(parameter)) {
        inputs.remove(&parameter.name);
    }
    let to_type = schema.parameters.iter().filter(to_type).map(|parameter| parameter.title.clone());
    (inputs, to_type.collect())
}

/// The name itself where it is free on the cluster, else the first free one with a number.
async fn free_name(s: &mut dyn Session, cluster: ClusterId, name: &str) -> Result<String> {
    if !store::environment_name_is_taken(s, cluster, name).await? {
        return Ok(name.to_owned());
    }
    let first = EnvironmentName::new(name).map_err(|error| Error::internal("reading a name", error))?;
    for number in 2..TRIES {
        let other = first.numbered(number);
        if !store::environment_name_is_taken(s, cluster, other.as_str()).await? {
            return Ok(other.as_str().to_owned());
        }
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use domain::environments::blueprint::{Blueprint, WEB_SERVICE};
    use domain::environments::form::GivenValue;
    use domain::environments::life::State;

    use super::*;
    use crate::db::dialect::both;
    use crate::db::{Json, Sql};
    use crate::environments::service::{find_environment, publish_blueprint};
    use crate::on_both_databases;
    use crate::testing::world::{GOOD, World, now, nowhere};

    /// The web service with a secret of its own, in a version of its own.
    fn secretive(version: u32) -> String {
        let parameter =
            "    secret_key: {type: string, title: Key, x-secret: true, maxLength: 100}\n    variables:\n";
        WEB_SERVICE
            .replace("name: web-service\nversion: 1\n", &format!("name: secretive\nversion: {version}\n"))
            .replacen("    variables:\n", parameter, 1)
    }

    #[test]
    fn the_values_of_a_map_stay_hidden_whatever_a_newer_version_takes() {
        let mut schema = Blueprint::parse(WEB_SERVICE).expect("the shipped blueprint").parameters;
        let text = schema.parameter("image").expect("a text").kind.clone();
        for parameter in schema.parameters.iter_mut().filter(|one| one.name == "variables") {
            parameter.kind = text.clone();
        }
        let asked = serde_json::json!({ "variables": { "LOG_LEVEL": "confidential" } });
        let asked = asked.as_object().expect("an object");
        let (inputs, to_type) = fields(&schema, asked, false, false);
        assert!(!format!("{inputs:?}").contains("confidential"), "{inputs:?}");
        assert_eq!(to_type, ["Variables"]);
        let (inputs, _) = fields(&schema, asked, false, true);
        assert!(format!("{inputs:?}").contains("confidential"), "whoever may see them begins with them");
    }

    async fn end(world: &World, id: EnvironmentId) {
        const KEEP: Sql = both!("update environments set parameters = $2 where id = $1");
        let mut tx = world.db.begin().await.expect("a transaction");
        store::environment_set_state(&mut tx, id, State::Destroyed, None, now()).await.expect("ended");
        let kept = found(&mut tx, id).await.expect("a row").parameters.0;
        let kept = crate::environments::parameters::without_secrets(&kept);
        crate::sql!(&mut tx, run, KEEP, id.to_string(), Json(&kept)).expect("kept");
        tx.commit().await.expect("kept");
    }

    on_both_databases!(
        what_was_asked_for_is_asked_again_under_a_free_name_without_secrets,
        |db| async move {
            let folder = tempfile::tempdir().expect("a folder");
            let mut world = World::set_up(db, folder.path(), &nowhere()).await;
            let published =
                publish_blueprint(&world.environments, &world.administrator, &secretive(1), now()).await;
            world.blueprint = published.expect("published").id;
            let mut request = world.request("again", GOOD);
            request.lifetime = "2d 3h".to_owned();
            for (name, value) in
                [("secret_key", "correct"), ("variables", "LOG_LEVEL=debug"), ("replicas", "2")]
            {
                request.parameters.insert(name.to_owned(), value.to_owned());
            }
            let id = world.ask_for(&request).await;
            let again = async |caller: &Caller| {
                find_again(&world.environments, caller, id).await.expect("what to begin with")
            };

            let first = again(&world.member).await;
            assert_eq!((first.name.as_str(), first.team.as_str()), ("again-2", request.team.as_str()));
            assert_eq!((first.was_called.as_str(), first.lives), ("again", true));
            assert_eq!((first.blueprint, first.cluster), (world.blueprint, world.cluster));
            assert_eq!(first.entity.as_deref(), Some("component:default/checkout"));
            assert_eq!(first.lifetime, Some(SignedDuration::from_hours(51)));
            let input = |again: &Again, name: &str| again.inputs.get(name).cloned();
            assert_eq!(input(&first, "image").as_deref(), Some(GOOD));
            assert_eq!(input(&first, "replicas").as_deref(), Some("2"));
            assert_eq!(input(&first, "variables").as_deref(), Some("LOG_LEVEL=debug"));
            assert_eq!(first.to_type, ["Key"]);
            assert!(!format!("{first:?}").contains("correct"));

            // Another team sees which variables there are, not their values, and begins without them.
            let other = again(&world.viewer).await;
            assert_eq!(
                (input(&other, "variables"), other.to_type),
                (None, vec!["Key".to_owned(), "Variables".to_owned()])
            );
            let shown = async |caller: &Caller| {
                let page = find_environment(&world.environments, caller, id, now()).await.expect("a page");
                let of = |label: &str| {
                    page.parameters.iter().find(|one| one.label == label).map(|one| one.value.clone())
                };
                (of("Key"), of("Variables"), of("Image"))
            };
            let variables = |value: Option<&str>| {
                Some(GivenValue::Map(vec![("LOG_LEVEL".to_owned(), value.map(str::to_owned))]))
            };
            let image = Some(GivenValue::Text(GOOD.to_owned()));
            let secret = Some(GivenValue::Secret);
            assert_eq!(shown(&world.member).await, (secret.clone(), variables(Some("debug")), image.clone()));
            assert_eq!(shown(&world.viewer).await, (secret, variables(None), image.clone()));

            // Once it is gone its name is free, and the newest version of its blueprint is what is asked for.
            let newer =
                publish_blueprint(&world.environments, &world.administrator, &secretive(2), now()).await;
            end(&world, id).await;
            let later = again(&world.member).await;
            assert!(!later.lives);
            assert_eq!((later.name.as_str(), later.blueprint), ("again", newer.expect("published").id));
            assert_eq!(later.to_type, ["Key"]);
            assert_eq!(shown(&world.member).await, (None, variables(Some("debug")), image));
        }
    );
}
