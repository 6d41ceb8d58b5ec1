//! How long the catalog takes: to read, check and store an organisation on both databases, to come up again, to take in
//! a change, and to answer lists, counts and searches.
//!
//! `cargo bench -p platform --features testing --bench catalog -- [ENTITIES FILES | FOLDER]`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use domain::catalog::query::Query;
use domain::ids::JobId;
use domain::people::{Caller, Person, System};
use platform::catalog::service;
use platform::catalog::snapshot::ListRequest;
use platform::catalog::source::{Place, Settings};
use platform::catalog::{Catalog, Config, Visibility};
use platform::clock::Clock;
use platform::db::Db;
use platform::jobs::Waker;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let made = tempfile::tempdir()?;
    let folder = match arguments.as_slice() {
        [folder] => PathBuf::from(folder),
        [entities, files] => organisation(made.path(), entities.parse()?, files.parse()?)?,
        _ => organisation(made.path(), 10_000, 200)?,
    };
    let work = tempfile::tempdir()?;
    let db = Db::open_sqlite(&work.path().join("slipway.db")).await?;
    db.migrate().await?;
    let catalog = measure("SQLite", &db, &folder).await?;
    answers(&catalog)?;
    match platform::testing::new_postgres_database().await {
        Some(url) => measure("PostgreSQL", &Db::open_postgres(&url).await?, &folder).await.map(drop)?,
        None => say("PostgreSQL: not on this machine"),
    }
    Ok(())
}

async fn measure(engine: &str, db: &Db, folder: &Path) -> Outcome<Catalog> {
    let clock = Clock::System;
    let config =
        || Config { mirrors: folder.join("mirrors"), roots: Vec::new(), outgoing: Default::default() };
    let catalog = Catalog::open(db.clone(), clock.clone(), Waker::default(), config()).await?;
    let person = Person {
        account: platform::ids::mint(clock.now()),
        name: "bench".to_owned(),
        administrator: true,
        teams: Vec::new(),
        address: None,
    };
    let settings = Settings {
        name: "organisation".to_owned(),
        place: Place::Folder { path: folder.canonicalize()? },
        glob: Some("**/*.yaml".to_owned()),
        trusted: true,
        allowance: None,
        every_minutes: 10,
    };
    let source = service::add_source(&catalog, &Caller::Person(person), settings, clock.now()).await?;
    let job =
        Caller::System(System { job: Some(platform::ids::mint::<JobId>(clock.now())), on_behalf_of: None });

    let start = Instant::now();
    let ingested = service::run_refresh(&catalog, &job, source, &clock).await?;
    let first = start.elapsed();
    let counts = ingested.counts;
    let source_row = service::find_source(&catalog, &job, source).await?;
    let run = source_row.last_run.ok_or("the run is there")?;
    let stored = run.finished_at.duration_since(run.started_at);
    say(&format!(
        "{engine}: {} entities in {} files ({} set aside)",
        counts.live, counts.files, counts.set_aside
    ));
    say(&format!(
        "{engine}: read and checked in {} ms, with storing {} ms, in the lists after {} ms",
        ingested.read_for.as_millis(),
        stored.as_millis(),
        first.as_millis()
    ));

    let start = Instant::now();
    service::run_refresh(&catalog, &job, source, &clock).await?;
    say(&format!("{engine}: read again without a change in {} ms", start.elapsed().as_millis()));

    let one = walk(folder)?
        .into_iter()
        .find(|path| path.extension().is_some_and(|end| end == "yaml"))
        .ok_or("a file")?;
    let text = std::fs::read_to_string(&one)?;
    std::fs::write(&one, format!("{text}# changed\n"))?;
    let start = Instant::now();
    service::run_refresh(&catalog, &job, source, &clock).await?;
    say(&format!("{engine}: one changed file in the lists after {} ms", start.elapsed().as_millis()));
    std::fs::write(&one, text)?;

    let start = Instant::now();
    let again = Catalog::open(db.clone(), clock.clone(), Waker::default(), config()).await?;
    say(&format!(
        "{engine}: snapshot of {} loaded in {} ms",
        again.snapshot().len(),
        start.elapsed().as_millis()
    ));
    Ok(catalog)
}

fn answers(catalog: &Catalog) -> Outcome<()> {
    let snapshot = catalog.snapshot();
    let all = Visibility::All;
    let queries: [(&str, &[(&str, &str)]); 6] = [
        ("everything", &[]),
        ("kind", &[("kind", "component")]),
        ("kind, type, lifecycle", &[("kind", "component"), ("type", "service"), ("lifecycle", "production")]),
        ("owner", &[("owner", "group:default/team-7")]),
        ("by owner, descending", &[("kind", "component"), ("sort", "-owner")]),
        ("text", &[("q", "payments"), ("kind", "component")]),
    ];
    for (name, pairs) in queries {
        let query = Query::from_pairs(pairs.iter().copied());
        let request = ListRequest { query: &query, offset: 0, limit: 20, with_facets: true };
        let total = snapshot.list(&request, &all).total;
        let time = each(|| snapshot.list(&request, &all).rows.len());
        say(&format!("list of 20 with facets, {name}: {total} found, {time:?}"));
    }
    for text in ["payments", "component-77", "nent-12", "pay serv", "a", "nothing like it"] {
        let found = snapshot.search(text, 10, &all).len();
        let time = each(|| snapshot.search(text, 10, &all).len());
        say(&format!("search “{text}”: {found} shown, {time:?}"));
    }
    let reference = "component:default/component-1".parse()?;
    say(&format!("get: {:?}", each(|| snapshot.get(&reference, &all).map_or(0, |entry| entry.stated.len()))));
    let team = "group:default/team-7".parse()?;
    say(&format!(
        "relations of a team ({}): {:?}",
        snapshot.relations(&team, &all).len(),
        each(|| snapshot.relations(&team, &all).len())
    ));
    Ok(())
}

/// The mean time of a call.
fn each(mut call: impl FnMut() -> usize) -> Duration {
    let start = Instant::now();
    let mut calls = 0u32;
    while start.elapsed() < Duration::from_millis(300) {
        std::hint::black_box(call());
        calls += 1;
    }
    start.elapsed() / calls
}

fn walk(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        files.push(entry?.path());
    }
    files.sort();
    Ok(files)
}

/// Writes an organisation: 1 % domains, 2 % teams, 5 % users, 3 % systems, 20 % APIs, 19 % resources, the rest components.
fn organisation(folder: &Path, entities: usize, files: usize) -> Outcome<PathBuf> {
    let mut state = 20_261_123u64;
    let mut pick = |below: usize| {
        // A linear congruential generator: the same organisation each time.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default() % below.max(1)
    };
    let share = |percent: usize| (entities * percent / 100).max(1);
    let (domains, teams, users, systems, apis, resources) =
        (share(1), share(2), share(5), share(3), share(20), share(19));
    let mut texts = vec![String::new(); files];
    for number in 0..entities {
        let (kind, at, spec) = {
            let mut left = number;
            let mut within = |count: usize| {
                let here = left < count;
                let at = left;
                left = left.saturating_sub(count);
                here.then_some(at)
            };
            if let Some(at) = within(domains) {
                ("Domain", at, format!("  owner: team-{}\n", pick(teams)))
            } else if let Some(at) = within(teams) {
                let parent =
                    if at > 0 { format!("  parent: team-{}\n", (at - 1) / 5) } else { String::new() };
                ("Group", at, format!("  type: team\n  children: []\n{parent}"))
            } else if let Some(at) = within(users) {
                ("User", at, format!("  memberOf: [team-{}]\n", pick(teams)))
            } else if let Some(at) = within(systems) {
                ("System", at, format!("  owner: team-{}\n  domain: domain-{}\n", pick(teams), pick(domains)))
            } else if let Some(at) = within(apis) {
                (
                    "API",
                    at,
                    format!(
                        "  type: openapi\n  lifecycle: production\n  owner: team-{}\n  system: system-{}\n  definition: |\n    openapi: 3.0.0\n    info: {{title: api-{at}, version: 1.0.0}}\n    paths: {{}}\n",
                        pick(teams),
                        pick(systems)
                    ),
                )
            } else if let Some(at) = within(resources) {
                let types = ["database", "bucket", "queue"];
                (
                    "Resource",
                    at,
                    format!(
                        "  type: {}\n  owner: team-{}\n  system: system-{}\n",
                        types[pick(3)],
                        pick(teams),
                        pick(systems)
                    ),
                )
            } else {
                let (types, lives) =
                    (["service", "website", "library"], ["production", "experimental", "deprecated"]);
                (
                    "Component",
                    left,
                    format!(
                        "  type: {}\n  lifecycle: {}\n  owner: team-{}\n  system: system-{}\n  providesApis: [api-{}]\n  consumesApis: [api-{}, api-{}]\n  dependsOn: ['resource:resource-{}']\n",
                        types[pick(3)],
                        lives[pick(3)],
                        pick(teams),
                        pick(systems),
                        pick(apis),
                        pick(apis),
                        pick(apis),
                        pick(resources)
                    ),
                )
            }
        };
        let name = format!("{}-{at}", if kind == "Group" { "team".to_owned() } else { kind.to_lowercase() });
        let (does, what) = (
            ["serves", "stores", "computes", "moves", "checks"],
            ["orders", "payments", "stock", "prices", "mail", "search", "events"],
        );
        let tags = ["java", "go", "rust", "python", "web", "batch", "pci", "internal", "edge", "data"];
        let text = &mut texts[pick(files)];
        if !text.is_empty() {
            text.push_str("---\n");
        }
        write!(
            text,
            "apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata:\n  name: {name}\n  title: {kind} {at}\n  description: {kind} that {} {}\n  annotations:\n    github.com/project-slug: acme/{name}\n  tags: [{}, x-{}]\nspec:\n{spec}",
            does[pick(5)],
            what[pick(7)],
            tags[pick(10)],
            tags[pick(10)]
        )?;
    }
    for (number, text) in texts.iter().enumerate() {
        std::fs::write(folder.join(format!("catalog-{number:04}.yaml")), text)?;
    }
    Ok(folder.to_owned())
}

#[expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
fn say(line: &str) {
    println!("{line}");
}
