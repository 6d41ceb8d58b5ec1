-- A cluster is connected once, and a connection that does not work says since when.

-- Who finds out which cluster a connection leads to locks that cluster here, before looking for another connection to it.
create table cluster_identities (identity text collate "C" primary key);
-- When the first of the calls failed that have failed since the last answer, and what the cluster itself said last, shortened.
alter table clusters add column error_since bigint;
alter table clusters add column error_said text;
update clusters set error_since = last_error_at where last_error is not null;
