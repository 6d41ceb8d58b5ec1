-- That nothing of an environment was seen in its cluster is told apart from that nobody looked.

-- When its cluster last told what of it stands there, also where that is nothing.
alter table environments add column objects_seen_at bigint;
update environments set objects_seen_at =
    (select max(o.seen_at) from environment_objects o where o.environment_id = environments.id);
