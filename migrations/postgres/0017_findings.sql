-- Findings are counted for every look at the catalog: of all documents and files, few are any.

create index catalog_documents_findings on catalog_documents (file_id) where noteworthy or state <> 'live';
create index catalog_files_findings on catalog_files (source_id)
    where state = 'not_read' or (state = 'not_named' and lower(path) like '%catalog-info%');

-- Findings are searched by their notes too: case is folded as in the other columns, of ASCII letters alone.
alter table catalog_documents alter column notes type text collate "C";
