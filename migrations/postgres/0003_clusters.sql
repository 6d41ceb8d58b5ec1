-- Connected clusters: where environments can be made, and how Slipway signs in there.

create table clusters (
    id text collate "C" primary key,
    name text collate "C" not null,
    -- own_account, kubeconfig
    how text collate "C" not null,
    -- The context and the server of the kubeconfig; null for the own account.
    context text collate "C",
    server text collate "C",
    -- Certificate authority, token or client certificate, sealed; null for the own account.
    credentials text collate "C",
    ingress_class text collate "C",
    ingress_namespace text collate "C",
    base_domain text collate "C",
    https boolean not null,
    -- {"namespace": …, "pods": {label: value}}
    dns jsonb not null,
    -- References of Groups; an empty list means every team.
    teams jsonb not null,
    environments_per_team bigint,
    -- Grows by one with every change, so that clients made before it are not used after it.
    revision bigint not null,
    last_contact_at bigint,
    last_error text collate "C",
    last_error_at bigint,
    server_version text collate "C",
    -- What the last test missed, in words.
    missing_rights jsonb not null,
    created_at bigint not null,
    updated_at bigint not null,
    -- A removed cluster keeps its name for the environments that were there; its credentials are gone.
    removed_at bigint
);
create unique index clusters_by_name on clusters (name) where removed_at is null;
