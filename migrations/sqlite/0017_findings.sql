-- Findings are counted for every look at the catalog: of all documents, few are any.

create index catalog_documents_findings on catalog_documents (file_id) where noteworthy or state <> 'live';
