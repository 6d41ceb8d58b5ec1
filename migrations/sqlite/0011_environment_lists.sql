-- Environments are listed the newest first without sorting them all, and logs of those that ended long ago are found.

create index environments_by_request on environments (requested_at desc, id desc);
-- Of all that there ever were, few live.
create index environments_living on environments (requested_at desc, id desc) where state not in ('destroyed', 'refused');
-- When each log began.
create index log_chunks_first on log_chunks (at) where sequence = 0;
