-- What stands is looked at also while nobody has its page open, and a list says where it is not as it should be.

-- Why what stands is not as it should be, in words; null where nothing wrong was seen.
alter table environments add column trouble text;
-- When it was last looked at without anybody's asking: processes share the work by it.
alter table environments add column looked_at bigint;
-- Of all that there ever were, few stand.
create index environments_standing on environments (coalesce(looked_at, ready_at)) where state = 'ready';
