-- Blueprints as they were published, and the environments that are made from them.
-- An environment's state is one of domain::environments::life::State; the wanted end state is a column of its own, so
-- that a destroy can be wished for at any time and follows whatever runs.

create table blueprints (
    id text primary key,
    name text not null,
    version bigint not null,
    title text not null,
    description text not null,
    -- The file as it was published; a published version never changes.
    source text not null,
    digest text not null,
    published_at bigint not null,
    published_by text,
    unique (name, version)
);

create table environments (
    id text primary key,
    name text not null,
    namespace text not null,
    -- The owning Group and, where it was asked for one, the entity.
    team text not null,
    entity text,
    blueprint_id text not null references blueprints (id),
    cluster_id text not null,
    -- Everything that the blueprint asks for, defaults filled in.
    parameters text not null,
    state text not null,
    -- present, gone
    wanted text not null,
    -- Why it is in its state, in words, where the state alone does not say it.
    reason text,
    outputs text not null,
    receipt text,
    requested_by text not null,
    requested_by_name text not null,
    requested_at bigint not null,
    -- Counted from the request, so that extending cannot pass the blueprint's maximum.
    expires_at bigint not null,
    expiry_set_at bigint not null,
    -- Which warning was given last since the expiry was set.
    warned text,
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
    id text primary key,
    environment_id text not null references environments (id),
    -- create, destroy
    kind text not null,
    -- queued, running, done, failed, cancelled
    state text not null,
    requested_by text,
    requested_by_name text not null,
    created_at bigint not null,
    started_at bigint,
    finished_at bigint,
    cancel_requested_at bigint,
    problem text
);
create unique index operations_one_running on operations (environment_id) where state = 'running';
create index operations_by_environment on operations (environment_id, created_at);

create table steps (
    id text primary key,
    operation_id text not null references operations (id),
    ordinal bigint not null,
    -- The step's id in the blueprint.
    key text not null,
    title text not null,
    detail text not null,
    time_limit_seconds bigint not null,
    -- pending, running, retry_wait, probing, done, failed, skipped
    state text not null,
    attempt bigint not null default 0,
    started_at bigint,
    finished_at bigint,
    next_attempt_at bigint,
    -- The sentence of the last failure, and the far side's own words.
    problem text,
    problem_detail text,
    unreachable boolean not null default false,
    outcome text,
    unique (operation_id, ordinal)
);

-- What happened to an environment, for its history.
create table environment_events (
    id text primary key,
    environment_id text not null references environments (id),
    at bigint not null,
    actor_name text not null,
    sentence text not null
);
create index environment_events_by_environment on environment_events (environment_id, id);

-- What stood in the cluster when it was last looked at.
create table environment_objects (
    environment_id text not null references environments (id),
    kind text not null,
    name text not null,
    hue text not null,
    words text not null,
    changed_at bigint not null,
    seen_at bigint not null,
    primary key (environment_id, kind, name)
);
