-- Leaders of a team read what was changed of what it owns, the last first.

create index audit_by_team on audit (team, id);
