-- That a token ends is told on pages that many look at often: they read it here, and not from the sealed credentials.

-- When the token ends that Slipway signs in with; null where it does not say. What was connected before this column is read by the first
-- call to its cluster.
alter table clusters add column token_ends bigint;
