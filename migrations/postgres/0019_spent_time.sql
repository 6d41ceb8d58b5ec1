-- A step's time stands still while its cluster is away, or nobody works on it.

-- How much of its time limit a step had used when it last stopped working, in milliseconds. What was under way before this column has
-- all its time again.
alter table steps add column spent_ms bigint not null default 0;
