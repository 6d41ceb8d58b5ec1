//! A source whose files change while whoever reads them is killed.

use std::path::PathBuf;

use domain::catalog::reference::EntityRef;
use domain::ids::SourceId;
use platform::catalog::service::{add_source, entity_text, refresh_source};
use platform::catalog::source::{Place, Settings};
use platform::testing::count;
use platform::testing::world::{World, now};

/// Components in its file.
const COMPONENTS: usize = 5;

/// The source.
pub struct Reading {
    source: SourceId,
    folder: PathBuf,
}

impl Reading {
    /// Adds it, with nothing in it yet.
    pub async fn of(world: &World) -> Self {
        let folder = tempfile::tempdir().expect("a folder").keep();
        let settings = Settings {
            name: "changing".to_owned(),
            place: Place::Folder { path: folder.clone() },
            glob: None,
            trusted: true,
            allowance: None,
            every_minutes: 60,
        };
        let source = add_source(&world.catalog, &world.administrator, settings, now()).await.expect("added");
        Self { source, folder }
    }

    /// Changes every component and its owner, and wants it read.
    pub async fn change(&self, world: &World, kill: usize) {
        let owner = if kill.is_multiple_of(2) { "payments" } else { "other" };
        let documents = (0..COMPONENTS).map(|number| {
            format!(
                "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: change-{number}, description: {}}}\n\
                 spec: {{type: service, lifecycle: production, owner: {owner}}}\n",
                described(kill)
            )
        });
        let text = documents.collect::<Vec<_>>().join("---\n");
        // Moved into its place: half a file would be read as one that lost its documents.
        let written = self.folder.join("written");
        std::fs::write(&written, text).expect("written");
        std::fs::rename(&written, self.folder.join("catalog-info.yaml")).expect("moved");
        refresh_source(&world.catalog, &world.administrator, self.source, now()).await.expect("wanted");
    }

    /// The first component that the catalog does not know as its file has it.
    pub async fn open(&self, world: &World, last: usize) -> Option<String> {
        world.catalog.reload().await.expect("the catalog");
        for number in 0..COMPONENTS {
            let reference: EntityRef =
                format!("component:default/change-{number}").parse().expect("a reference");
            let text = entity_text(&world.catalog, &world.member, &reference).await;
            if !text.is_ok_and(|text| text.text.contains(&described(last))) {
                return Some(format!("{reference} is not {}", described(last)));
            }
        }
        None
    }

    /// Each component once, with one owner at any time.
    pub async fn check(&self, world: &World) {
        const ENTITIES: &str =
            "select count(*) from catalog_entities where reference like 'component:default/change-%'
            and removed_at is null and orphaned_at is null";
        const LIVE: &str =
            "select count(*) from catalog_documents where reference like 'component:default/change-%'
            and state = 'live'";
        const OWNERS: &str =
            "select count(*) from catalog_relation_intervals where source like 'component:default/change-%'
            and relation = 'ownedBy' and valid_until is null";
        const AT_ONCE: &str =
            "select count(*) from catalog_relation_intervals a join catalog_relation_intervals b
            on a.source = b.source and a.relation = b.relation and a.target <> b.target
            where a.source like 'component:default/change-%' and a.relation = 'ownedBy'
              and a.valid_from <= b.valid_from and (a.valid_until is null or a.valid_until > b.valid_from)";
        let expected = i64::try_from(COMPONENTS).expect("a number");
        for (text, expected) in [(ENTITIES, expected), (LIVE, expected), (OWNERS, expected), (AT_ONCE, 0)] {
            assert_eq!(count(&world.db, text).await, expected, "{text}");
        }
    }
}

fn described(kill: usize) -> String {
    format!("before-kill-{kill}-")
}
