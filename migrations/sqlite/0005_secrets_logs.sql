-- Data keys, wrapped by the key file's key; and the index of logs, whose lines are in the object store.

create table data_keys (
    id text primary key,
    wrapped text not null,
    created_at bigint not null
);

create table log_chunks (
    owner text not null,
    sequence bigint not null,
    first_line bigint not null,
    lines bigint not null,
    -- Before compression.
    bytes bigint not null,
    object text not null,
    at bigint not null,
    primary key (owner, sequence)
);
