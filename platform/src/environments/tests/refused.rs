//! What is refused before anything is kept.

use domain::form::Problem;

use super::*;
use crate::Error;
use crate::environments::service::{self, Request};
use crate::on_both_databases;
use crate::testing::world::nowhere;

async fn refused(world: &World, caller: &domain::people::Caller, request: &Request) -> Error {
    let before = count(&world.db).await;
    let asked =
        service::request_environment(&world.environments, caller, world.blueprint, request, now()).await;
    let error = asked.expect_err("it should be refused");
    assert_eq!(count(&world.db).await, before, "nothing is kept");
    error
}

fn problems(error: Error) -> Vec<Problem> {
    match error {
        Error::Invalid(problems) => problems,
        other => panic!("it should name fields: {other:?}"),
    }
}

/// An installation on a cluster that nobody calls.
async fn quiet(db: Db) -> World {
    let folder = tempfile::tempdir().expect("a folder").keep();
    World::set_up(db, &folder, &nowhere()).await
}

on_both_databases!(only_the_team_may_ask_and_change, |db| async move {
    let world = quiet(db).await;
    let request = world.request("mine", GOOD);
    let words = "Only members of payments can request an environment for it";
    assert_eq!(refused(&world, &world.viewer, &request).await.to_string(), words);
    refused(&world, &domain::people::Caller::Stranger, &request).await;

    let id = world.ask("mine", GOOD).await;
    let before = count(&world.db).await;
    let (environments, viewer) = (&world.environments, &world.viewer);
    let refusals = [
        service::extend_environment(environments, viewer, id, "1d", None, now()).await.map(|_| ()),
        service::cancel_environment(environments, viewer, id, now()).await,
        service::retry_environment(environments, viewer, id, now()).await,
        service::destroy_environment(environments, viewer, id, "mine", now()).await,
    ];
    for refusal in refusals {
        assert!(matches!(refusal, Err(Error::Forbidden(_))), "{refusal:?}");
    }
    assert_eq!(count(&world.db).await, before);
    let page =
        service::find_environment(environments, viewer, id, now()).await.expect("everybody may see it");
    assert_eq!((page.outputs, page.actions), (None, vec![]));
    // A leader may destroy what somebody else asked for.
    let refusal = service::destroy_environment(environments, &world.leader, id, "mine", now()).await;
    assert!(refusal.is_ok(), "{refusal:?}");
});

on_both_databases!(everything_wrong_is_named_at_once, |db| async move {
    let world = quiet(db).await;
    let mut request = world.request("Not a name", "spaces in it");
    request.lifetime = "20d".to_owned();
    request.entity = "component:default/unknown".to_owned();
    request.cluster = "nonsense".to_owned();
    let wrong = problems(refused(&world, &world.member, &request).await);
    let fields: Vec<&str> = wrong.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["name", "entity", "lifetime", "cluster", "parameters[image]"]);
});

on_both_databases!(who_may_ask_for_no_team_is_told_of_the_team_alone, |db| async move {
    let world = quiet(db).await;
    let mut request = world.request("Not a name", "spaces in it");
    request.team = "group:default/unknown".to_owned();
    let fields = |error: Error| problems(error).into_iter().map(|problem| problem.field).collect::<Vec<_>>();
    // In a team, if not in this one: a name that was mistyped hides nothing else.
    let all = refused(&world, &world.viewer, &request).await;
    assert_eq!(fields(all), ["team", "name", "parameters[image]"]);
    let mut nobody = world.viewer.clone();
    let domain::people::Caller::Person(person) = &mut nobody else { panic!("a person") };
    person.teams.clear();
    assert_eq!(fields(refused(&world, &nobody, &request).await), ["team"]);
});

on_both_databases!(more_pods_than_can_be_counted_are_refused_in_words, |db| async move {
    let mut world = quiet(db).await;
    world.blueprint = words::changed(&world, "many", &[("      maximum: 5\n", "")]).await;
    let mut request = world.request("many", GOOD);
    request.parameters.insert("replicas".to_owned(), "3000000000".to_owned());
    let wrong = problems(refused(&world, &world.member, &request).await);
    assert_eq!(wrong, [Problem::at("", "`replicas` can be at most 2147483647.")]);
});

on_both_databases!(a_hostile_value_cannot_become_structure, |db| async move {
    let world = quiet(db).await;
    let attacks =
        ["a\nspec: {hostNetwork: true}", "a\"}], \"hostNetwork\": true", "{{ environment.id }}", "a: &b *b"];
    for attack in attacks {
        let wrong = problems(refused(&world, &world.member, &world.request("hostile", attack)).await);
        assert_eq!(wrong[0].field, "parameters[image]", "{attack}");
    }
    // Where free text is allowed, it stays text.
    let mut request = world.request("hostile", GOOD);
    let attack = "x\"}]\nhostNetwork: true\n{{ environment.id }}";
    request.parameters.insert("variables".to_owned(), "A=x\"}]: {{ environment.id }}".to_owned());
    let id = world.ask_for(&request).await;
    let mut reader = world.db.read().await.expect("a reader");
    let row =
        crate::environments::store::environment_find(&mut reader, id).await.expect("read").expect("a row");
    drop(reader);
    assert_eq!(row.parameters.0["variables"]["A"], "x\"}]: {{ environment.id }}");
    // What the blueprint does not ask for is refused by name.
    let mut unknown = world.request("hostile-too", GOOD);
    unknown.parameters.insert("hostNetwork".to_owned(), attack.to_owned());
    let wrong = problems(refused(&world, &world.member, &unknown).await);
    assert_eq!(wrong, [Problem::at("", "The blueprint has no parameter “hostNetwork”.")]);
});

on_both_databases!(a_name_is_taken_once_and_a_limit_holds_though_many_ask_at_once, |db| async move {
    let mut world = quiet(db).await;
    world.ask("taken", GOOD).await;
    let wrong = problems(refused(&world, &world.member, &world.request("taken", GOOD)).await);
    assert_eq!(wrong, [Problem::at("name", "An environment named “taken” already exists on staging")]);

    world.cluster = world.connect("small", &nowhere(), "3").await;
    let requests: Vec<Request> =
        (0..10).map(|number| world.request(&format!("many-{number}"), GOOD)).collect();
    let asking = requests.iter().map(|request| {
        service::request_environment(&world.environments, &world.member, world.blueprint, request, now())
    });
    let answers = futures::future::join_all(asking).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 3);
    for answer in answers.into_iter().filter_map(Result::err) {
        let words = "payments has 3 of 3 environments on small already. Destroy one first";
        assert_eq!(problems(answer), [Problem::at("team", words)]);
    }
});

on_both_databases!(a_team_that_no_file_defines_keeps_what_it_has_and_gets_nothing_new, |db| async move {
    let world = quiet(db).await;
    let id = world.ask("before", GOOD).await;
    let (catalog, administrator) = (&world.catalog, &world.administrator);
    let sources = crate::catalog::service::list_sources(catalog, administrator).await.expect("sources");
    let teams_of = |source| catalog.snapshot().teams_of_source(source);
    let its_own = |team: &domain::catalog::EntityRef| team.as_str() == crate::testing::world::TEAM;
    assert!(sources.iter().any(|source| teams_of(source.id).iter().any(its_own)));
    for source in sources {
        crate::catalog::service::remove_source(catalog, administrator, source.id, now())
            .await
            .expect("a removal");
        assert!(teams_of(source.id).is_empty(), "they are orphans");
    }
    assert!(service::teams_of(&world.environments, administrator).expect("teams").is_empty());
    for caller in [&world.member, administrator] {
        let found = problems(refused(&world, caller, &world.request("after", GOOD)).await);
        let words = "No file defines the group payments any more. Choose another team";
        assert_eq!(found, [Problem::at("team", words)]);
    }
    let destroyed = service::destroy_environment(&world.environments, &world.leader, id, "before", now());
    destroyed.await.expect("its leader still may");
});
