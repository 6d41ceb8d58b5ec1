-- What is not known stays marked until somebody has looked, and what kills its process is tried again with pauses.

-- The step was begun, and neither an outcome nor a look at the cluster has told since what took hold there.
alter table steps add column outcome_unknown boolean not null default false;
-- What is under way now may have been broken off.
update steps set outcome_unknown = true where state in ('running', 'probing');
-- When a failed operation was last asked to go on: what the cluster refused before says nothing of what it refuses now.
alter table operations add column retried_at bigint;
-- How often in a row the process that ran the job ended before the run did.
alter table jobs add column takeovers bigint not null default 0;
