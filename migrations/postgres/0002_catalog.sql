-- The catalog: where files are read from, what stands in them, and the entities that they describe.
-- Relations are no table: they are derived from the entities by one rule. Only their history is kept.

create table catalog_sources (
    id text collate "C" primary key,
    name text collate "C" not null,
    -- folder, git
    kind text collate "C" not null,
    -- An absolute path on the server's machine, or the address of a repository.
    location text collate "C" not null,
    branch text collate "C",
    -- Which files reading starts with; null for the root files of a catalog.
    glob text collate "C",
    trusted boolean not null,
    -- JSON of what it may bring; null for the default of its trust.
    allowance text collate "C",
    every_minutes bigint not null,
    -- Grows by one with each change of the settings and each stored run: a run that began before finds another number.
    revision bigint not null,
    -- The rules and settings under which its files were read; with others they are all read again.
    read_as text collate "C",
    removed_at bigint,
    created_at bigint not null,
    updated_at bigint not null,
    -- The last run that ended: ok, failed; null before the first.
    run_state text collate "C",
    run_started_at bigint,
    run_finished_at bigint,
    run_error text collate "C",
    run_commit text collate "C",
    run_counts text collate "C"
);
create unique index catalog_sources_one_name on catalog_sources (name) where removed_at is null;

create table catalog_files (
    id text collate "C" primary key,
    source_id text collate "C" not null references catalog_sources (id) on delete cascade,
    -- From the source's root, with / between folders.
    path text collate "C" not null,
    -- Of the contents; null when they could not be read.
    hash text collate "C",
    size bigint not null,
    -- read, not_read, not_named, gone
    state text collate "C" not null,
    -- Why it was not read, as a sentence.
    problem text collate "C",
    -- JSON of the Location that named it; null for a file that reading starts with.
    named_by text collate "C",
    -- It names other files, so it is read at each run even when it did not change.
    names_files boolean not null,
    first_seen_at bigint not null,
    read_at bigint not null,
    gone_at bigint,
    unique (source_id, path)
);

create table catalog_documents (
    id text collate "C" primary key,
    file_id text collate "C" not null references catalog_files (id) on delete cascade,
    ordinal bigint not null,
    line bigint not null,
    -- What it describes, as far as that can be told.
    reference text collate "C",
    -- live, set_aside (its text is wrong; the last good state may still be served), shadowed (another document describes
    -- the same entity), gone (no longer in its file; kept while the entity is an orphan)
    state text collate "C" not null,
    -- Why another document goes before it, as a sentence.
    shadow text collate "C",
    -- JSON list of notes with severity, line, column, path and sentence.
    notes text not null,
    noteworthy boolean not null,
    -- SHA-256 of the last good state, in hex.
    body_hash text collate "C",
    first_seen_at bigint not null,
    changed_at bigint not null,
    -- When its text was last good.
    good_at bigint,
    -- JSON of the entity in its last good state, in the file's order, without a large definition.
    body text,
    definition text,
    -- Its text as it stands in the file now.
    text text not null
);
create index catalog_documents_by_file on catalog_documents (file_id, ordinal);
create index catalog_documents_by_reference on catalog_documents (reference);
create index catalog_documents_gone on catalog_documents (id) where state = 'gone';
create index catalog_documents_noteworthy on catalog_documents (file_id) where noteworthy;

create table catalog_entities (
    uid text collate "C" primary key,
    reference text collate "C" not null unique,
    -- The document that describes it; of an orphan, the last one that did; null once it is removed.
    document_id text collate "C" references catalog_documents (id),
    body_hash text collate "C",
    -- The generation of the catalog that it last changed in: replicas fetch what is newer than what they have.
    generation bigint not null,
    orphaned_at bigint,
    removed_at bigint,
    first_seen_at bigint not null,
    changed_at bigint not null
);
create index catalog_entities_by_generation on catalog_entities (generation);
create index catalog_entities_by_document on catalog_entities (document_id);

-- Who owned what, what was part of what and who was member of what, at any time since the first day.
create table catalog_relation_intervals (
    source text collate "C" not null,
    -- ownedBy, partOf, memberOf
    relation text collate "C" not null,
    target text collate "C" not null,
    -- The entity whose file says so, where it is not the source itself: an edge holds while either end says it.
    stated_by text collate "C" not null default '',
    valid_from bigint not null,
    -- Null while it holds; the first moment at which it does not.
    valid_until bigint,
    primary key (source, relation, target, stated_by, valid_from)
);
create index catalog_relation_intervals_stated on catalog_relation_intervals (stated_by) where stated_by <> '';

-- The number that replicas follow. A run that stores entities writes it first, so that runs come one after another.
insert into settings (key, value, updated_at) values ('catalog.generation', '0', 0);
