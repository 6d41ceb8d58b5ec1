-- Blueprints as they were published, and the environments that are made from them.
-- An environment's state is one of domain::environments::life::State; the wanted end state is a column of its own, so
-- that a destroy can be wished for at any time and follows whatever runs.

create table blueprints (
    id text collate "C" primary key,
    name text collate "C" not null,
    version bigint not null,
    title text collate "C" not null,
    description text collate "C" not null,
    -- The file as it was published; a published version never changes.
    source text collate "C" not null,
    digest text collate "C" not null,
    published_at bigint not null,
    published_by text collate "C",
    unique (name, version)
);

create table environments (
    id text collate "C" primary key,
    name text collate "C" not null,
    namespace text collate "C" not null,
    -- The owning Group and, where it was asked for one, the entity.
    team text collate "C" not null,
    entity text collate "C",
    blueprint_id text collate "C" not null references blueprints (id),
    cluster_id text collate "C" not null,
    -- Everything that the blueprint asks for, defaults filled in.
    parameters jsonb not null,
    state text collate "C" not null,
    -- present, gone
    wanted text collate "C" not null,
    -- Why it is in its state, in words, where the state alone does not say it.
    reason text collate "C",
    outputs jsonb not null,
    receipt jsonb,
    requested_by text collate "C" not null,
    requested_by_name text collate "C" not null,
    requested_at bigint not null,
    -- Counted from the request, so that extending cannot pass the blueprint's maximum.
    expires_at bigint not null,
    expiry_set_at bigint not null,
    -- Which warning was given last since the expiry was set.
    warned text collate "C",
    ready_at bigint,
    ended_at bigint,
    changed_at bigint not null
);
-- A name is free again when its environment is gone: it becomes the address.
create unique index environments_one_per_name on environments (cluster_id, name)
    where state not in ('destroyed', 'refused');
create index environments_by_change on environments (changed_at, id);
create index environments_by_team on environments (team, state);
create index environments_by_requester on environments (requested_by, state);
create index environments_by_entity on environments (entity);

-- One run of work on an environment.
create table operations (
    id text collate "C" primary key,
    environment_id text collate "C" not null references environments (id),
    -- create, destroy
    kind text collate "C" not null,
    -- queued, running, done, failed, cancelled
    state text collate "C" not null,
    requested_by text collate "C",
    requested_by_name text collate "C" not null,
    created_at bigint not null,
    started_at bigint,
    finished_at bigint,
    cancel_requested_at bigint,
    problem text collate "C"
);
create unique index operations_one_running on operations (environment_id) where state = 'running';
create index operations_by_environment on operations (environment_id, created_at);

create table steps (
    id text collate "C" primary key,
    operation_id text collate "C" not null references operations (id),
    ordinal bigint not null,
    -- The step's id in the blueprint.
    key text collate "C" not null,
    title text collate "C" not null,
    detail text collate "C" not null,
    time_limit_seconds bigint not null,
    -- pending, running, retry_wait, probing, done, failed, skipped
    state text collate "C" not null,
    attempt bigint not null default 0,
    started_at bigint,
    finished_at bigint,
    next_attempt_at bigint,
    -- The sentence of the last failure, and the far side's own words.
    problem text collate "C",
    problem_detail text collate "C",
    unreachable boolean not null default false,
    outcome jsonb,
    unique (operation_id, ordinal)
);

-- What happened to an environment, for its history.
create table environment_events (
    id text collate "C" primary key,
    environment_id text collate "C" not null references environments (id),
    at bigint not null,
    actor_name text collate "C" not null,
    sentence text collate "C" not null
);
create index environment_events_by_environment on environment_events (environment_id, id);

-- What stood in the cluster when it was last looked at.
create table environment_objects (
    environment_id text collate "C" not null references environments (id),
    kind text collate "C" not null,
    name text collate "C" not null,
    hue text collate "C" not null,
    words text collate "C" not null,
    changed_at bigint not null,
    seen_at bigint not null,
    primary key (environment_id, kind, name)
);
