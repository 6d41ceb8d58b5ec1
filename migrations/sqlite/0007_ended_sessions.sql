-- A session begins only while nothing has ended the account's sessions since its password was looked at.

-- Grows each time that all sessions of the account are ended: by a new password, by signing out everywhere, by being kept out.
alter table accounts add column session_generation bigint not null default 0;
