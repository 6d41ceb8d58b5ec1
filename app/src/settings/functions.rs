//! Server functions of Settings: blueprints, and what one did oneself, for everyone who is signed in; the record for leaders too; the
//! rest for administrators.

use domain::form::FormOutcome;
use leptos::prelude::*;

use super::view::{AuditList, BlueprintDetail, BlueprintRow, Overview, QueueView};

/// The live facts of the index.
#[server(prefix = "/do", endpoint = "settings-overview")]
pub async fn settings_overview() -> Result<Overview, ServerFnError> {
    use crate::request::{caller, now, platform, read_error};
    super::read::overview(&platform(), &caller(), now()).await.map_err(read_error)
}

/// The newest version of each blueprint. Everyone signed in.
#[server(prefix = "/do", endpoint = "blueprints")]
pub async fn blueprints() -> Result<Vec<BlueprintRow>, ServerFnError> {
    use crate::request::{caller, platform, read_error};
    super::read::blueprints(&platform(), &caller()).await.map_err(read_error)
}

/// One published version; none where there is none. Everyone signed in.
#[server(prefix = "/do", endpoint = "blueprint")]
pub async fn blueprint(id: String) -> Result<Option<BlueprintDetail>, ServerFnError> {
    use crate::request::{caller, found, parsed, platform};
    let Ok(id) = parsed(&id, "blueprint") else { return Ok(None) };
    found(super::read::blueprint(&platform(), &caller(), id).await)
}

/// Publishes a version of a blueprint from its YAML. Administrators.
#[server(prefix = "/do", endpoint = "publish-blueprint")]
pub async fn publish_blueprint(source: String) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, platform};
    use platform::environments::service;
    // A browser posts line ends as CR LF (HTML standard, form submission).
    let source = source.replace("\r\n", "\n");
    let published = service::publish_blueprint(&platform().environments, &caller(), &source, now()).await;
    outcome(published.map(|done| {
        let said = match (done.is_new, done.withdrawn) {
            (false, _) => format!("Nothing changed: this is version {}", done.version),
            (true, false) => "Published".to_owned(),
            (true, true) => "Published, but withdrawn: use Offer again to let people request it".to_owned(),
        };
        Done::to(format!("/settings/blueprints/{}", done.id)).saying(said)
    }))
}

/// Withdraws the blueprint that this version is of, all its versions. Administrators.
#[server(prefix = "/do", endpoint = "withdraw-blueprint")]
pub async fn withdraw_blueprint(id: String) -> Result<FormOutcome, ServerFnError> {
    offered(&id, false, "Withdrawn").await
}

/// Offers the blueprint that this version is of again. Administrators.
#[server(prefix = "/do", endpoint = "offer-blueprint")]
pub async fn offer_blueprint(id: String) -> Result<FormOutcome, ServerFnError> {
    offered(&id, true, "Offered again").await
}

/// Offers a blueprint or withdraws it, and shows its page.
#[cfg(feature = "ssr")]
async fn offered(id: &str, offered: bool, said: &str) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, parsed, platform};
    use platform::environments::service::set_blueprint_offered;
    let changed = match parsed(id, "blueprint") {
        Ok(id) => set_blueprint_offered(&platform().environments, &caller(), id, offered, now()).await,
        Err(error) => Err(error),
    };
    outcome(changed.map(|id| Done::to(format!("/settings/blueprints/{id}")).saying(said)))
}

/// Jobs with their counts.
#[server(prefix = "/do", endpoint = "queue")]
pub async fn queue(
    #[server(default)] state: Option<String>,
    #[server(default)] kind: Option<String>,
    #[server(default)] after: Option<String>,
) -> Result<QueueView, ServerFnError> {
    use crate::request::{caller, platform, read_error};
    super::read::queue(&platform(), &caller(), super::view::QueueFilter { state, kind, after })
        .await
        .map_err(read_error)
}

/// Has a failed job run again. `back` is the address of the list.
#[server(prefix = "/do", endpoint = "retry-job")]
pub async fn retry_job(id: String, #[server(default)] back: String) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{caller, now, outcome, platform};
    outcome(super::read::retry_job(&platform(), &caller(), &id, &back, now()).await)
}

/// The record, the last first: of every change for administrators, of those to what their teams own for leaders. `action` is one
/// action, or a room with all of its actions.
#[server(prefix = "/do", endpoint = "audit")]
pub async fn audit(
    #[server(default)] action: Option<String>,
    #[server(default)] after: Option<String>,
) -> Result<AuditList, ServerFnError> {
    use crate::request::{caller, platform, read_error};
    super::audit_read::audit(&platform(), &caller(), action, after).await.map_err(read_error)
}

/// What whoever asks did themselves, the last first. Everyone signed in.
#[server(prefix = "/do", endpoint = "own-audit")]
pub async fn own_audit(#[server(default)] after: Option<String>) -> Result<AuditList, ServerFnError> {
    use crate::request::{caller, platform, read_error};
    super::audit_read::own_audit(&platform(), &caller(), after).await.map_err(read_error)
}
