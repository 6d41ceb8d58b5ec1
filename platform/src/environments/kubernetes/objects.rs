//! An object of the cluster as a row of the page: what it is, how it stands, when it last changed.

use domain::environments::kinds;
use domain::environments::readiness::{ObjectStatus, object_status};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::text;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectRow {
    /// What people call its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// How it stands.
    pub status: ObjectStatus,
    /// When something last changed it.
    pub changed: Option<Timestamp>,
}

/// The row of an object; none for events, which belong to the log.
pub fn row(object: &Value) -> Option<ObjectRow> {
    let kind = text(&object["kind"]);
    (kind != "Event").then(|| ObjectRow {
        kind: kinds::words(kind).to_owned(),
        name: text(&object["metadata"]["name"]).to_owned(),
        status: object_status(object),
        changed: changed(object),
    })
}

/// The last time that any field manager wrote, or when it was made.
fn changed(object: &Value) -> Option<Timestamp> {
    let metadata = &object["metadata"];
    let written =
        metadata["managedFields"].as_array().into_iter().flatten().map(|entry| text(&entry["time"]));
    let times = written.chain([text(&metadata["creationTimestamp"]), text(&metadata["deletionTimestamp"])]);
    times.filter_map(|time| time.parse().ok()).max()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_last_change_is_the_latest_of_all() {
        let object = json!({"kind": "Service", "metadata": {
            "name": "web", "creationTimestamp": "2026-01-01T00:00:00Z",
            "managedFields": [{"time": "2026-01-03T00:00:00Z"}, {"time": "2026-01-02T00:00:00Z"}]}});
        let row = row(&object).expect("a row");
        assert_eq!(
            (row.kind.as_str(), row.name.as_str(), row.status.word.as_str()),
            ("service", "web", "Exists")
        );
        assert_eq!(row.changed.map(|time| time.to_string()).as_deref(), Some("2026-01-03T00:00:00Z"));
    }

    #[test]
    fn events_are_no_rows() {
        assert_eq!(row(&json!({"kind": "Event", "metadata": {"name": "web.1"}})), None);
    }
}
