-- A blueprint can be withdrawn, all its versions at once: nobody is offered it any more, and what was made from it lives on.

-- By the blueprint's name; a name that does not stand here is offered.
create table withdrawn_blueprints (
    name text primary key,
    withdrawn_at bigint not null,
    withdrawn_by text
);
