-- What is to be said of a source as a whole, and documents that wait for another one.

-- JSON list of the sentences of the last good run that concern the source as a whole, such as that nothing matches its pattern.
alter table catalog_sources add column run_notes text;
-- The owner that a set-aside document names and that is not in the catalog: it is looked at again in every run until that is there.
alter table catalog_documents add column waits_for text;
create index catalog_documents_waiting on catalog_documents (file_id) where waits_for is not null;
