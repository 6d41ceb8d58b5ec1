-- A way back for whoever forgot their password, and a word on whom an invitation is for.

-- One link an account: a new one makes the older one void. A link that was used is gone.
create table password_resets (
    account_id text primary key references accounts (id) on delete cascade,
    -- SHA-256 of the secret in the link, in hex: the link itself is kept nowhere.
    secret_hash text not null unique,
    -- The administrator; null for a link of the command line.
    created_by text,
    created_at bigint not null,
    expires_at bigint not null
);

-- What the administrator noted, for the list of those that are open; null where nothing was.
alter table invitations add column for_whom text;
