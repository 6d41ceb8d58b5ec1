-- Connected clusters: where environments can be made, and how Slipway signs in there.

create table clusters (
    id text primary key,
    name text not null,
    -- own_account, kubeconfig
    how text not null,
    -- The context and the server of the kubeconfig; null for the own account.
    context text,
    server text,
    -- Certificate authority, token or client certificate, sealed; null for the own account.
    credentials text,
    ingress_class text,
    ingress_namespace text,
    base_domain text,
    https boolean not null,
    -- {"namespace": …, "pods": {label: value}}
    dns text not null,
    -- References of Groups; an empty list means every team.
    teams text not null,
    environments_per_team bigint,
    -- Grows by one with every change, so that clients made before it are not used after it.
    revision bigint not null,
    last_contact_at bigint,
    last_error text,
    last_error_at bigint,
    server_version text,
    -- What the last test missed, in words.
    missing_rights text not null,
    created_at bigint not null,
    updated_at bigint not null,
    -- A removed cluster keeps its name for the environments that were there; its credentials are gone.
    removed_at bigint
);
create unique index clusters_by_name on clusters (name) where removed_at is null;
