-- An environment can be given up: nobody looks after it any more. It is an end, so its name is free again and it is not among those that live.

drop index environments_one_per_name;
create unique index environments_one_per_name on environments (cluster_id, name)
    where state not in ('destroyed', 'refused', 'given_up');
drop index environments_living;
create index environments_living on environments (requested_at desc, id desc)
    where state not in ('destroyed', 'refused', 'given_up');

-- Whether it is certain that nothing of a step took hold in the cluster: no call that changes anything was sent, or each was refused
-- outright. Of steps that were made before this column, nobody knows.
alter table steps add column untouched boolean not null default false;
