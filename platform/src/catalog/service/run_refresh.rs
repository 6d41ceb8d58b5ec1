//! Reads a source without its job: for tests and measurements, which wait for what it finds.

use domain::ids::SourceId;
use domain::people::{Action, Caller, authorize};

use crate::catalog::Catalog;
use crate::catalog::ingest::{IngestError, Ingested, Writer, ingest};
use crate::clock::Clock;
use crate::{Error, Result};

/// Reads a source to its end and takes what it found into this process: for whoever waits for it. Members of a team
/// may.
pub async fn run_refresh(
    catalog: &Catalog,
    caller: &Caller,
    id: SourceId,
    clock: &Clock,
) -> Result<Ingested> {
    authorize(caller, Action::RefreshSources)?;
    match ingest(&catalog.db, &catalog.from, id, &Writer::Here(&catalog.db), caller, clock).await {
        Ok(ingested) => {
            catalog.reload_stored().await;
            Ok(ingested)
        }
        Err(IngestError::Source(sentence)) => Err(Error::Unavailable {
            sentence: sentence.clone(),
            source: Box::new(IngestError::Source(sentence)),
        }),
        Err(IngestError::NoSource) => Err(Error::no_such("source", id)),
        Err(IngestError::Overtaken) => {
            Err(Error::Conflict("The source was changed or read by another run".to_owned()))
        }
        Err(IngestError::Database(error)) => Err(error.into()),
        Err(IngestError::Platform(error)) => Err(error),
        Err(error @ (IngestError::Job(_) | IngestError::Cancelled | IngestError::Stopped(_))) => {
            Err(Error::internal("reading a source", error))
        }
    }
}
