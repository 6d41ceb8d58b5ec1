//! What a blueprint calls a secret is in clear in the cluster alone.

use domain::environments::blueprint::WEB_SERVICE;
use domain::environments::kinds;

use super::*;
use crate::environments::service;
use crate::on_both_databases;
use crate::testing::cluster::api;

const CLEAR: &str = "correct-horse-battery";

/// The web service with a secret of its own.
fn blueprint() -> String {
    let parameter =
        "    secret_key: {type: string, title: Key, x-secret: true, maxLength: 100}\n    variables:\n";
    let manifest = "    manifests:\n      - apiVersion: v1\n        kind: Secret\n        metadata: {name: key}\n\
                    \x20       stringData: {key: \"{{ parameters.secret_key | default('none') }}\"}\n";
    let text = WEB_SERVICE
        .replace("name: web-service\n", "name: secretive\n")
        .replacen("    variables:\n", parameter, 1)
        .replacen("    manifests:\n", manifest, 1);
    assert!(text.contains("secret_key: {type") && text.contains("kind: Secret"));
    text
}

/// Everything that is kept of environments as JSON.
async fn kept(db: &Db) -> String {
    const TEXT: &str = "select cast(parameters as text) from environments
        union all select cast(outputs as text) from environments
        union all select coalesce(cast(receipt as text), '') from environments
        union all select coalesce(cast(outcome as text), '') from steps
        union all select cast(payload as text) from jobs
        union all select cast(detail as text) from audit";
    const KEPT: Sql = Sql::each(TEXT, TEXT);
    let mut reader = db.read().await.expect("a reader");
    let rows = crate::sql!(&mut reader, all(String,), KEPT).expect("rows");
    rows.into_iter().map(|(text,)| text).collect::<Vec<_>>().join("\n")
}

on_both_databases!(
    a_secret_parameter_is_sealed_until_the_cluster_has_it_and_gone_with_the_environment,
    |db| async move {
        let Some((mut world, cluster)) = world(db).await else { return };
        let (environments, administrator) = (&world.environments, &world.administrator);
        let published = service::publish_blueprint(environments, administrator, &blueprint(), now()).await;
        world.blueprint = published.expect("published").id;
        let mut request = world.request("secretive", GOOD);
        request.parameters.insert("secret_key".to_owned(), CLEAR.to_owned());
        let id = world.ask_for(&request).await;
        let page = world.wait_for(id, State::Ready).await;
        let all = kept(&world.db).await;
        assert!(all.contains("secret_key") && !all.contains(CLEAR), "{all}");
        let secret = kinds::allowed("Secret").expect("a kind");
        let made =
            api(&cluster.admin()).get(secret, &page.namespace, "key").await.expect("a read").expect("made");
        // base64 of what was typed.
        assert_eq!(made["data"]["key"], "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5");
        world.destroy(id).await;
        world.wait_for(id, State::Destroyed).await;
        let all = kept(&world.db).await;
        assert!(!all.contains("secret_key") && all.contains(GOOD), "{all}");
    }
);

#[test]
fn an_output_cannot_hold_a_secret() {
    let text =
        blueprint().replace("value: \"{{ environment.address }}\"", "value: \"{{ parameters.secret_key }}\"");
    let problems = domain::environments::blueprint::Blueprint::parse(&text).expect_err("refused");
    let sentences: Vec<&str> = problems.iter().map(|problem| problem.sentence.as_str()).collect();
    assert!(
        sentences
            .contains(&"An output is kept in clear and shown to the whole team: it cannot hold a secret."),
        "{sentences:?}"
    );
}

on_both_databases!(
    credentials_of_registries_are_sealed_and_given_to_the_pods_of_an_environment,
    |db| async move {
        let Some((world, cluster)) = world(db).await else { return };
        let config = r#"{"auths": {"registry.example.com": {"auth": "bmFtZTpjb3JyZWN0LWhvcnNl"}}}"#;
        world.pull_with(world.cluster, "staging", Some(config)).await;
        let service =
            crate::clusters::service::find_connection(&world.db, &world.administrator, world.cluster);
        assert_eq!(service.await.expect("found").registries, ["registry.example.com"]);
        const TEXT: &str = "select coalesce(registry_credentials, '') from clusters";
        const SEALED: Sql = Sql::each(TEXT, TEXT);
        let sealed = {
            let mut reader = world.db.read().await.expect("a reader");
            crate::sql!(&mut reader, one(String,), SEALED).expect("a row").0
        };
        assert!(sealed.starts_with("v1.") && !sealed.contains("bmFtZTpj"), "{sealed}");
        let id = world.ask("private", GOOD).await;
        let page = world.wait_for(id, State::Ready).await;
        let admin = api(&cluster.admin());
        let secret = kinds::allowed("Secret").expect("a kind");
        let made =
            admin.get(secret, &page.namespace, "slipway-registry").await.expect("a read").expect("made");
        assert_eq!(made["type"], "kubernetes.io/dockerconfigjson");
        let pods = admin.list(kinds::DERIVED[1], Some(&page.namespace), None).await.expect("pods").items;
        assert_eq!(pods[0]["spec"]["imagePullSecrets"][0]["name"], "slipway-registry", "{pods:#?}");
        // Forgotten, later ones come without.
        world.pull_with(world.cluster, "staging", None).await;
        let id = world.ask("public", GOOD).await;
        let page = world.wait_for(id, State::Ready).await;
        assert!(admin.get(secret, &page.namespace, "slipway-registry").await.expect("a read").is_none());
    }
);
