-- What a thing is, beyond its name: "gone" is only said of the very one that was made.

-- The UID of the cluster's namespace kube-system, kept at the first good answer. While environments live there, a connection
-- that leads to another cluster is refused.
alter table clusters add column identity text;
-- The UID of the namespace that was made for it: it stays the environment's own when its labels are taken off.
alter table environments add column namespace_uid text;
-- The row of the audit that asked for it, which its outcome names.
alter table operations add column intent_id text;
-- The image registries that environments there pull from with credentials, as a list of names, and the credentials, sealed.
alter table clusters add column registries text not null default '[]';
alter table clusters add column registry_credentials text;
