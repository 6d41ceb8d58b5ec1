//! What is told of files and sources that are not in the catalog as they stand.

use domain::catalog::claims::{Allowance, AllowedKinds};

use super::*;
use crate::catalog::read::MAX_NOT_NAMED;
use crate::on_both_databases;

async fn last_run(world: &World, id: SourceId) -> crate::catalog::source::Run {
    let source = service::find_source(&world.catalog, &viewer(), id).await.expect("the source");
    source.last_run.expect("a run")
}

async fn paths(world: &World, id: SourceId) -> Vec<(String, service::FileState)> {
    let files = service::list_source_files(&world.catalog, &viewer(), id, "", 100).await.expect("files");
    files.into_iter().map(|file| (file.path, file.state)).collect()
}

async fn unreferenced(world: &World, source: Option<SourceId>, text: &str) -> Vec<(String, u64, bool)> {
    let page = service::find_problems(&world.catalog, &viewer(), source, text, None, 10).await;
    let sources = page.expect("findings").unreferenced.into_iter();
    sources.map(|of| (of.source_name, of.files, of.or_more)).collect()
}

on_both_databases!(a_folder_that_cannot_be_listed_fails_the_run, |db| async move {
    let world = World::new(db).await;
    world.write("s", "all.yaml", &location("all", &["./**/catalog-info.yaml"]));
    world.write("s", "services/catalog-info.yaml", &component("a", "x"));
    let id = world.source("s", |_| {}).await;
    // Its paths grow longer than any system opens, which also stops a user who may read everything.
    let long = "x".repeat(200);
    let mut deep = world.path("s/services/d");
    while deep.as_os_str().len() < 3_850 {
        deep.push(&long);
    }
    std::fs::create_dir_all(&deep).expect("folders");
    std::fs::rename(world.path("s/services/d"), world.path("s/services").join("y".repeat(250)))
        .expect("a name");
    let clock = Clock::Manual(world.time.clone());
    let failed =
        service::run_refresh(&world.catalog, &job(), id, &clock).await.expect_err("it is not listed");
    assert!(failed.to_string().contains("cannot be read"), "{failed}");
    assert_eq!(world.get("component:a").orphaned_at, None);
    assert_eq!(last_run(&world, id).await.outcome, Err(failed.to_string()));
});

on_both_databases!(what_concerns_a_source_as_a_whole_stands_with_its_run, |db| async move {
    let world = World::new(db).await;
    world.write("s", "a.yaml", &component("a", "x"));
    let id = world.source("s", |settings| settings.glob = Some("**/nothing.yaml".to_owned())).await;
    let notes = last_run(&world, id).await.notes;
    assert_eq!(notes, ["No file matches **/nothing.yaml. Correct the pattern of this source."]);
    world.write("s", "nothing.yaml", &component("a", "x"));
    world.refresh(id).await;
    assert_eq!(last_run(&world, id).await.notes, Vec::<String>::new());
});

on_both_databases!(a_text_that_is_no_yaml_is_found_by_its_name, |db| async move {
    let world = World::new(db).await;
    world.write("s", "catalog-info.yaml", "kind: Component\nmetadata:\n  name: Payments\nspec: [\n");
    let id = world.source("s", |_| {}).await;
    let why = world.why("component:default/payments").await;
    assert!(why.len() == 1 && why[0].starts_with("catalog-info.yaml:1 set aside | Error"), "{why:?}");
    assert!(world.find("component:payments").is_none(), "a guess makes no entity");
    // Mended, it is what it says.
    world.write("s", "catalog-info.yaml", &component("payments", "x"));
    world.refresh(id).await;
    assert_eq!(world.description("component:payments"), "x");
    assert_eq!(world.why("").await, Vec::<String>::new());
});

on_both_databases!(
    a_document_in_the_catalog_counts_as_a_finding_where_something_is_wrong_in_it,
    |db| async move {
        let world = World::new(db).await;
        world.write("s", "all.yaml", &documents(&[&location("all", &["./none.yaml"]), &component("a", "x")]));
        let id = world.source("s", |_| {}).await;
        let counts = last_run(&world, id).await.counts.expect("counts");
        assert_eq!((counts.live, counts.noteworthy), (2, 1));
        let files = service::list_source_files(&world.catalog, &viewer(), id, "", 10).await.expect("files");
        assert_eq!((files[0].live, files[0].noteworthy), (2, 1));
    }
);

on_both_databases!(nothing_is_called_gone_that_is_there_or_never_was_in_the_catalog, |db| async move {
    let world = World::new(db).await;
    let api = "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n  name: a\nspec:\n  type: openapi\n  lifecycle: production\n  owner: team-a\n  definition:\n    $text: ./openapi.yaml\n";
    world.write("s", "catalog-info.yaml", &component("c", "x"));
    world.write("s", "openapi.yaml", "openapi: 3.0.0\n");
    world.write("s", "other.yaml", "x: 1\n");
    let id = world.source("s", |_| {}).await;
    assert_eq!(paths(&world, id).await.len(), 3);
    // One is taken in by a document now, one is removed.
    world.write("s", "catalog-info.yaml", &documents(&[&component("c", "x"), api]));
    world.remove("s", "other.yaml");
    world.refresh(id).await;
    assert_eq!(paths(&world, id).await, [("catalog-info.yaml".to_owned(), service::FileState::Read)]);
    assert_eq!(world.why("").await, Vec::<String>::new());
    assert_eq!(world.why("openapi.yaml").await, Vec::<String>::new());
});

on_both_databases!(a_file_that_cannot_be_read_is_told_on_its_entities, |db| async move {
    let world = World::new(db).await;
    world.write("s", "catalog-info.yaml", &component("a", "x"));
    let id = world.source("s", |_| {}).await;
    world.write("s", "catalog-info.yaml", &"x".repeat(6_000_000));
    world.refresh(id).await;
    let kept = world.get("component:a");
    assert_eq!((kept.orphaned_at, kept.entity.description()), (None, Some("x")));
    assert!(kept.stale_since.is_some());
    let why = world.why("component:default/a").await;
    assert!(
        why.len() == 1
            && why[0].starts_with("catalog-info.yaml:1 set aside, last good state kept | Error 1:1: The file is not read: The file has 6000000 bytes"),
        "{why:?}"
    );
    // Read again, nothing is new; readable again, it is as before.
    let generation = world.catalog.snapshot().generation();
    world.refresh(id).await;
    assert_eq!(world.catalog.snapshot().generation(), generation);
    world.write("s", "catalog-info.yaml", &component("a", "x"));
    world.refresh(id).await;
    assert_eq!(world.get("component:a").stale_since, None);
    assert_eq!(world.why("").await, Vec::<String>::new());
});

on_both_databases!(of_a_removed_source_only_what_orphans_stand_in_is_left, |db| async move {
    let world = World::new(db).await;
    world.write("s", "catalog-info.yaml", &component("a", "x"));
    world.write("s", "deep/catalog-info.yaml", "");
    let id = world.source("s", |_| {}).await;
    assert_eq!(world.why("").await.len(), 1);
    service::remove_source(&world.catalog, &administrator(), id, world.now()).await.expect("a removal");
    let page = service::find_problems(&world.catalog, &viewer(), None, "", None, 10).await.expect("findings");
    let left: Vec<_> =
        page.findings.iter().map(|finding| (finding.path.as_str(), finding.source_removed)).collect();
    assert_eq!(left, [("catalog-info.yaml", true)]);
    let orphan = world.get("component:a");
    let page = service::find_entity(&world.catalog, &viewer(), orphan.reference()).expect("an orphan");
    assert!(page.source.is_some_and(|source| source.removed));
    let text = service::entity_text(&world.catalog, &viewer(), orphan.reference()).await.expect("its text");
    assert!(text.source_removed);
});

on_both_databases!(a_source_is_called_by_its_new_name_everywhere, |db| async move {
    let world = World::new(db).await;
    world.write("s", "catalog-info.yaml", &component("a", "x"));
    world.write("second", "catalog-info.yaml", &component("a", "x"));
    let id = world.source("s", |_| {}).await;
    world.source("second", |_| {}).await;
    let other = opened(
        &world.db,
        Config { mirrors: world.path("m"), roots: Vec::new(), outgoing: Default::default() },
    )
    .await
    .expect("a catalog");
    let mut settings = settings("renamed", &world.path("s"));
    service::change_source(&world.catalog, &administrator(), id, settings.clone(), None, world.now())
        .await
        .expect("a change");
    other.reload().await.expect("a reload");
    for catalog in [&world.catalog, &other] {
        let name = catalog.snapshot().source(id).map(|source| source.name.clone());
        assert_eq!(name.as_deref(), Some("renamed"));
    }
    world.refresh(id).await;
    assert!(world.why("").await[0].contains("is defined in catalog-info.yaml of renamed"));
    // Kinds that are none are refused, where they were typed.
    settings.allowance = Some(Allowance { kinds: AllowedKinds::Only(Default::default()), namespaces: None });
    let refused =
        service::change_source(&world.catalog, &administrator(), id, settings, None, world.now()).await;
    assert!(matches!(refused, Err(crate::Error::Invalid(problems)) if problems[0].field == "kinds"));
});

on_both_databases!(files_that_nothing_names_are_counted_where_they_are_not_listed, |db| async move {
    let world = World::new(db).await;
    world.write("s", "catalog-info.yaml", &component("a", "x"));
    world.write("s", "deep/catalog-info.yaml", &component("b", "x"));
    world.write("s", "deep/one.yaml", &component("c", "x"));
    world.write("s", "two.yml", "x: 1\n");
    world.write("s", "three.txt", "x");
    world.write("t", "catalog-info.yaml", &component("d", "x"));
    let id = world.source("s", |_| {}).await;
    let other = world.source("t", |_| {}).await;
    assert_eq!(world.why("").await, ["deep/catalog-info.yaml NotNamed"]);
    assert_eq!(unreferenced(&world, None, "").await, [("s".to_owned(), 2, false)]);
    assert_eq!(unreferenced(&world, Some(id), "").await, [("s".to_owned(), 2, false)]);
    assert!(unreferenced(&world, Some(other), "").await.is_empty());
    // Whoever asks for one finds it in the list.
    assert_eq!(world.why("one.yaml").await, ["deep/one.yaml NotNamed"]);
    assert!(unreferenced(&world, None, "one.yaml").await.is_empty());
    // One is named now; one is removed.
    world.write(
        "s",
        "catalog-info.yaml",
        &documents(&[&component("a", "x"), &location("all", &["./deep/*.yaml"])]),
    );
    world.remove("s", "two.yml");
    world.refresh(id).await;
    assert!(world.find("component:c").is_some());
    assert!(unreferenced(&world, None, "").await.is_empty());
});

on_both_databases!(there_may_be_more_once_as_many_are_kept_as_may_be, |db| async move {
    let world = World::new(db).await;
    let named = documents(&[&component("c", "x"), &location("all", &["./a.yaml"])]);
    world.write("s", "catalog-info.yaml", &named);
    world.write("s", "a.yaml", &component("a", "x"));
    for number in 1..MAX_NOT_NAMED {
        world.write("s", &format!("x/{number}.yaml"), "");
    }
    let id = world.source("s", |_| {}).await;
    // One with a document that is known comes to them, which none is left out for.
    world.write("s", "catalog-info.yaml", &component("c", "x"));
    world.refresh(id).await;
    let all = u64::try_from(MAX_NOT_NAMED).expect("a number");
    assert_eq!(unreferenced(&world, None, "").await, [("s".to_owned(), all, false)]);
    world.write("s", "x/0.yaml", "");
    world.refresh(id).await;
    assert_eq!(unreferenced(&world, None, "").await, [("s".to_owned(), all + 1, true)]);
});

on_both_databases!(a_file_for_the_catalog_is_known_by_its_name_however_it_is_spelt, |db| async move {
    let world = World::new(db).await;
    world.write("s", "catalog-info.yaml", &component("a", "x"));
    world.write("s", "deep/Catalog-Info.yaml", &component("b", "x"));
    world.source("s", |_| {}).await;
    assert_eq!(world.why("").await, ["deep/Catalog-Info.yaml NotNamed"]);
    assert!(unreferenced(&world, None, "").await.is_empty());
});

on_both_databases!(a_finding_is_found_by_words_as_they_stand_in_it, |db| async move {
    let world = World::new(db).await;
    world.write("s", "catalog-info.yaml", &component("a", "x"));
    world.write("s", "Été 100%_!/Catalog-Info.yaml", &component("b", "x"));
    world.source("s", |_| {}).await;
    for (text, found) in [("Été", 1), ("100%_!", 1), ("100%_!/CATALOG", 1), ("100x_!", 0), ("'", 0)] {
        assert_eq!(world.why(text).await.len(), found, "{text}");
    }
    // Both databases take the same letters for the same, also where only what is said of it has them.
    world.write("t", "catalog-info.yaml", &location("all", &["./Öl.yaml"]));
    world.source("t", |_| {}).await;
    for (text, found) in [("Öl.yaml", 1), ("ÖL.YAML", 1), ("öl.yaml", 0)] {
        assert_eq!(world.why(text).await.len(), found, "{text}");
    }
});

on_both_databases!(every_file_has_a_page_with_what_stands_in_it, |db| async move {
    let world = World::new(db).await;
    let broken = "kind: Component\nmetadata:\n  name: never-good\nspec: [\n";
    world.write("s", "catalog-info.yaml", &documents(&[&component("a", "x"), broken]));
    let id = world.source("s", |_| {}).await;
    let files = service::list_source_files(&world.catalog, &viewer(), id, "", 10).await.expect("files");
    let file = service::find_file(&world.catalog, &viewer(), files[0].id).await.expect("the file");
    assert_eq!((file.path.as_str(), &file.state), ("catalog-info.yaml", &service::FileState::Read));
    assert_eq!((file.source_name.as_str(), file.source_removed), ("s", false));
    let stand: Vec<_> = file
        .documents
        .iter()
        .map(|(document, text)| (document.line, document.state.clone(), document.notes.len(), text.as_str()))
        .collect();
    let whole = component("a", "x");
    assert_eq!(
        stand,
        [(1, DocumentState::Live, 0, whole.as_str()), (11, DocumentState::SetAside(None), 1, broken)]
    );
    let stranger = service::find_file(&world.catalog, &Caller::Stranger, files[0].id).await;
    assert!(matches!(stranger, Err(crate::Error::SignInFirst)));
    let nothing = service::find_file(&world.catalog, &viewer(), crate::ids::mint(world.now())).await;
    assert!(matches!(nothing, Err(crate::Error::NotFound(_))));
});
