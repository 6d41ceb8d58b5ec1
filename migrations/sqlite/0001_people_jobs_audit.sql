-- Who signs in, what runs in the background, and the record of every change.
-- Times are microseconds since 1970 in UTC; ids are UUIDs in lower case; JSON is text.

create table accounts (
    id text primary key,
    -- 'local', or the issuer of a provider; identity is (issuer, subject).
    issuer text not null,
    subject text not null,
    name text not null,
    -- argon2id in PHC form; null for an account of a provider.
    password_hash text,
    administrator boolean not null default false,
    disabled_at bigint,
    created_at bigint not null,
    updated_at bigint not null,
    unique (issuer, subject)
);

-- Which groups of the catalog an account belongs to, and where that comes from.
create table account_teams (
    account_id text not null references accounts (id) on delete cascade,
    team text not null,
    leader boolean not null default false,
    source text not null,
    created_at bigint not null,
    primary key (account_id, team, source)
);

-- One-time links: the first administrator, and accounts that an administrator invites.
create table invitations (
    id text primary key,
    -- SHA-256 of the secret in the link, in hex: the link itself is kept nowhere.
    secret_hash text not null unique,
    administrator boolean not null,
    created_by text,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint,
    used_by text
);

create table sessions (
    -- SHA-256 of the session id, in hex.
    id_hash text primary key,
    account_id text references accounts (id) on delete cascade,
    data text not null,
    created_at bigint not null,
    seen_at bigint not null,
    -- Idle expiry, renewed by use; never beyond the absolute one.
    expires_at bigint not null,
    absolute_expires_at bigint not null,
    user_agent text not null default ''
);
create index sessions_by_account on sessions (account_id);
create index sessions_by_expiry on sessions (expires_at);

-- Failed sign-ins, for throttling by account and by address.
create table sign_in_failures (
    id text primary key,
    subject text not null,
    address text not null,
    at bigint not null
);
create index sign_in_failures_by_subject on sign_in_failures (subject, at);
create index sign_in_failures_by_address on sign_in_failures (address, at);

create table jobs (
    id text primary key,
    kind text not null,
    -- While a job with this key waits or runs, a second one is not made.
    unique_key text,
    payload text not null,
    -- waiting, running, done, failed, cancelled
    state text not null,
    due_at bigint not null,
    -- How often it was claimed; `failures` counts those that ended in an error since the last success.
    attempt bigint not null default 0,
    failures bigint not null default 0,
    lease_owner text,
    lease_until bigint,
    -- The run before was broken off: what it began may or may not have happened.
    taken_over boolean not null default false,
    -- Grows by one with every claim: a write of an earlier holder finds no row.
    fence bigint not null default 0,
    cancel_requested_at bigint,
    -- A wish that came while it ran: it runs once more then.
    again_at bigint,
    last_error text,
    on_behalf_of text,
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
    id text primary key,
    at bigint not null,
    -- 'account:<id>', 'system:<job>' or 'stranger'
    actor text not null,
    actor_name text not null,
    action text not null,
    object_kind text not null,
    object_id text not null,
    object_name text not null,
    team text,
    -- intent, outcome
    phase text not null,
    -- The intent that an outcome belongs to.
    intent_id text,
    detail text not null,
    address text
);
create index audit_by_object on audit (object_kind, object_id, id);
create index audit_by_actor on audit (actor, id);

-- Small facts of the installation, such as a generation number that replicas follow.
create table settings (
    key text primary key,
    value text not null,
    updated_at bigint not null
);
