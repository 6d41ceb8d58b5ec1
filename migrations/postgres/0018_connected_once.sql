-- A cluster is connected once, and a connection that does not work says since when.

-- Who finds out which cluster a connection leads to locks that cluster here, before looking for another connection to it.
create table cluster_identities (identity text collate "C" primary key);
-- When the first of the calls failed that have failed since the last answer, and what the cluster itself said last, shortened.
alter table clusters add column error_since bigint;
alter table clusters add column error_said text;
update clusters set error_since = last_error_at where last_error is not null;

-- Names that differ by case alone are one name. Of those that are connected already the later ones are told apart by their ids.
update clusters set name = substr(name, 1, 47) || ' ' || substr(id, 25) where removed_at is null and exists
    (select 1 from clusters other where other.removed_at is null and lower(other.name) = lower(clusters.name) and other.id < clusters.id);
drop index clusters_by_name;
create unique index clusters_by_name on clusters (lower(name)) where removed_at is null;
