-- Who signs in, what runs in the background, and the record of every change.
-- Times are microseconds since 1970 in UTC; ids are UUIDs in lower case; texts sort by their bytes, as on SQLite.

-- Answers like SQLite's json_each for a list, so that one text of a bulk statement serves both engines.
create function json_rows(list jsonb) returns table (value jsonb)
    language sql immutable parallel safe
    as $$ select jsonb_array_elements(list) $$;

create table accounts (
    id text collate "C" primary key,
    -- 'local', or the issuer of a provider; identity is (issuer, subject).
    issuer text collate "C" not null,
    subject text collate "C" not null,
    name text collate "C" not null,
    -- argon2id in PHC form; null for an account of a provider.
    password_hash text collate "C",
    administrator boolean not null default false,
    disabled_at bigint,
    created_at bigint not null,
    updated_at bigint not null,
    unique (issuer, subject)
);

-- Which groups of the catalog an account belongs to, and where that comes from.
create table account_teams (
    account_id text collate "C" not null references accounts (id) on delete cascade,
    team text collate "C" not null,
    leader boolean not null default false,
    source text collate "C" not null,
    created_at bigint not null,
    primary key (account_id, team, source)
);

-- One-time links: the first administrator, and accounts that an administrator invites.
create table invitations (
    id text collate "C" primary key,
    -- SHA-256 of the secret in the link, in hex: the link itself is kept nowhere.
    secret_hash text collate "C" not null unique,
    administrator boolean not null,
    created_by text collate "C",
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint,
    used_by text collate "C"
);

create table sessions (
    -- SHA-256 of the session id, in hex.
    id_hash text collate "C" primary key,
    account_id text collate "C" references accounts (id) on delete cascade,
    data text collate "C" not null,
    created_at bigint not null,
    seen_at bigint not null,
    -- Idle expiry, renewed by use; never beyond the absolute one.
    expires_at bigint not null,
    absolute_expires_at bigint not null,
    user_agent text collate "C" not null default ''
);
create index sessions_by_account on sessions (account_id);
create index sessions_by_expiry on sessions (expires_at);

-- Failed sign-ins, for throttling by account and by address.
create table sign_in_failures (
    id text collate "C" primary key,
    subject text collate "C" not null,
    address text collate "C" not null,
    at bigint not null
);
create index sign_in_failures_by_subject on sign_in_failures (subject, at);
create index sign_in_failures_by_address on sign_in_failures (address, at);

create table jobs (
    id text collate "C" primary key,
    kind text collate "C" not null,
    -- While a job with this key waits or runs, a second one is not made.
    unique_key text collate "C",
    payload jsonb not null,
    -- waiting, running, done, failed, cancelled
    state text collate "C" not null,
    due_at bigint not null,
    -- How often it was claimed; `failures` counts those that ended in an error since the last success.
    attempt bigint not null default 0,
    failures bigint not null default 0,
    lease_owner text collate "C",
    lease_until bigint,
    -- The run before was broken off: what it began may or may not have happened.
    taken_over boolean not null default false,
    -- Grows by one with every claim: a write of an earlier holder finds no row.
    fence bigint not null default 0,
    cancel_requested_at bigint,
    -- A wish that came while it ran: it runs once more then.
    again_at bigint,
    last_error text collate "C",
    on_behalf_of text collate "C",
    created_at bigint not null,
    started_at bigint,
    updated_at bigint not null,
    finished_at bigint
);
create unique index jobs_one_per_key on jobs (unique_key) where state in ('waiting', 'running');
create index jobs_due on jobs (due_at, id) where state in ('waiting', 'running');
create index jobs_by_state on jobs (state, updated_at);

-- Append only: the intent with the change, the outcome in a second row.
create table audit (
    id text collate "C" primary key,
    at bigint not null,
    -- 'account:<id>', 'system:<job>' or 'stranger'
    actor text collate "C" not null,
    actor_name text collate "C" not null,
    action text collate "C" not null,
    object_kind text collate "C" not null,
    object_id text collate "C" not null,
    object_name text collate "C" not null,
    team text collate "C",
    -- intent, outcome
    phase text collate "C" not null,
    -- The intent that an outcome belongs to.
    intent_id text collate "C",
    detail jsonb not null,
    address text collate "C"
);
create index audit_by_object on audit (object_kind, object_id, id);
create index audit_by_actor on audit (actor, id);

-- Small facts of the installation, such as a generation number that replicas follow.
create table settings (
    key text collate "C" primary key,
    value text collate "C" not null,
    updated_at bigint not null
);
