//! What the pages of Settings show, as it travels from the server to the browser.

use domain::environments::form::Field;
use domain::ids::{BlueprintId, JobId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ui::status::State;

/// The live facts of the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    pub clusters: Summary,
    pub sources: Summary,
    pub blueprints: Summary,
    pub people: Summary,
    pub queue: Summary,
    pub audit: Summary,
}

/// How many there are, and what is wrong with some.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// "3 clusters".
    pub fact: String,
    /// "1 does not work". None when nothing is wrong.
    pub problem: Option<String>,
    /// "4 findings": what somebody should look at. Empty when there is nothing.
    pub warnings: Vec<String>,
}

impl Summary {
    /// How many there are, and nothing is wrong.
    pub fn new(fact: String) -> Self {
        Self { fact, problem: None, warnings: Vec::new() }
    }
}

/// A published version of a blueprint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlueprintRow {
    pub id: BlueprintId,
    pub name: String,
    pub title: String,
    pub description: String,
    pub version: u32,
    /// SHA-256 in hexadecimal.
    pub digest: String,
    pub published_at: Timestamp,
    /// Whether the blueprint, all its versions, is not offered any more.
    pub withdrawn: bool,
}

/// Everything of a blueprint's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlueprintDetail {
    pub row: BlueprintRow,
    /// "3 d", "14 d".
    pub default_lifetime: String,
    pub maximum_lifetime: String,
    /// The titles of its steps, in order.
    pub steps: Vec<String>,
    /// The titles of what it gives out.
    pub outputs: Vec<String>,
    /// The fields of its form.
    pub fields: Vec<Field>,
    /// Its YAML, as it was published.
    pub source: String,
}

/// What a list of jobs can be narrowed to, as it stands in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueFilter {
    pub state: Option<String>,
    pub kind: Option<String>,
    /// Where the page begins.
    pub after: Option<String>,
}

impl QueueFilter {
    /// The address of the list so narrowed.
    pub fn href(&self) -> String {
        let pairs = [("state", &self.state), ("kind", &self.kind), ("after", &self.after)];
        let pairs: Vec<String> = pairs
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?)))
            .collect();
        if pairs.is_empty() {
            "/settings/queue".to_owned()
        } else {
            format!("/settings/queue?{}", pairs.join("&"))
        }
    }
}

/// The queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueView {
    pub kinds: Vec<KindCounts>,
    pub jobs: Vec<JobRow>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// The jobs of a kind, by state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindCounts {
    pub kind: String,
    pub waiting: i64,
    pub running: i64,
    pub failed: i64,
    pub done: i64,
    pub cancelled: i64,
    /// When the waiting one that is due first is due.
    pub first_due_at: Option<Timestamp>,
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRow {
    pub id: JobId,
    pub kind: String,
    /// What it is about, where no second one for it may wait.
    pub key: Option<String>,
    /// The page and the name of the environment or of the source of the catalog that it is for.
    pub about: Option<(String, String)>,
    pub state: String,
    pub due_at: Timestamp,
    pub attempt: i64,
    pub failures: i64,
    pub lease_owner: Option<String>,
    pub last_error: Option<String>,
    pub changed_at: Timestamp,
}

/// The states of a job, as they stand in the address, with the words for them.
pub const STATES: [(&str, &str); 5] = [
    ("waiting", "Waiting"),
    ("running", "Running"),
    ("failed", "Failed"),
    ("done", "Ended"),
    ("cancelled", "Cancelled"),
];

/// The words for a job's state, and its colour. That a job ran to its end says nothing of what became of what it worked on, so it has no
/// colour.
pub fn state_words(state: &str) -> (State, String) {
    let hue = match state {
        "running" => State::Busy,
        "failed" => State::Bad,
        _ => State::Off,
    };
    let word = STATES.iter().find(|(name, _)| *name == state).map_or(state, |(_, word)| word);
    (hue, word.to_owned())
}

/// What the jobs of a kind do.
pub fn kind_words(kind: &str) -> &str {
    match kind {
        "catalog.refresh" => "Read a catalog source",
        "environment.work" => "Work on an environment",
        "environment.annotate" => "Record an expiry in the cluster",
        "jobs.sweep" => "Delete old jobs",
        "environment.timer" => "Warn before an expiry and enforce it",
        other => other,
    }
}

/// What a job is about that leads to no page, in words; nothing where the words for its kind say all.
pub fn about_words<'a>(kind: &str, key: &'a str) -> Option<&'a str> {
    match kind {
        // One that is there is called by its name.
        "catalog.refresh" => Some("a source that was removed"),
        "jobs.sweep" => None,
        _ => Some(key),
    }
}

/// A part of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditList {
    /// The last first.
    pub rows: Vec<AuditRow>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// A row of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    pub at: Timestamp,
    /// As they were called then.
    pub actor: String,
    /// Slipway did it itself, so it came from no address.
    pub by_slipway: bool,
    /// As `cluster.connect`.
    pub action: String,
    /// What it was called then.
    pub object: String,
    /// Tells it from another that was called so.
    pub object_id: String,
    /// Short reference of the team whose object it was.
    pub team: Option<String>,
    /// Where the request came from.
    pub address: Option<String>,
    /// What changed: names and values in words. Nothing where the action says all.
    pub details: Vec<(String, DetailValue)>,
}

/// A value in a row of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DetailValue {
    Words(String),
    Time(Timestamp),
}

/// The rooms of the record, as they stand in the address: all of a room's actions begin with it. Then whether some of them are done to
/// what a team owns.
pub const AUDIT_ROOMS: [(&str, &str, bool); 8] = [
    ("environment", "Environments", true),
    ("cluster", "Clusters", false),
    ("blueprint", "Blueprints", false),
    ("catalog", "Catalog", true),
    ("account", "Accounts", true),
    ("session", "Sessions", false),
    ("job", "Jobs", false),
    ("key", "Key file", false),
];

/// What is said after the name of whom or what it was done to: the team, by its short reference. Nothing where that says all.
pub fn team_words(action: &str, team: Option<&str>) -> Option<String> {
    let word = match action {
        "account.team_add" => "to",
        "account.team_remove" => "from",
        _ => return None,
    };
    Some(format!("{word} {}", team.unwrap_or("a team")))
}

/// What was done, in words; an action without words is shown as it is.
pub fn action_words(action: &str) -> &str {
    match action {
        "account.create" => "created the account",
        "account.disable" => "disabled the account",
        "account.enable" => "enabled the account",
        "account.invite" => "created an",
        "account.make_administrator" => "made an administrator of",
        "account.password" => "changed the password of",
        "account.password_reset" => "set a new password, by a reset link, for",
        "account.reset_link" => "created a reset link for",
        "account.reset_link_revoked" => "revoked the reset link of",
        "account.take_administrator" => "took the administrator's role from",
        "account.withdraw" => "revoked an",
        "account.team_add" => "added",
        "account.team_remove" => "removed",
        "blueprint.offer" => "ended the withdrawal of the blueprint",
        "blueprint.publish" => "published the blueprint",
        "blueprint.withdraw" => "withdrew the blueprint",
        "catalog.orphan.remove" => "removed from the catalog",
        "catalog.owner.change" => "changed the owner of",
        "catalog.source.add" => "added the source",
        "catalog.source.change" => "changed the source",
        "catalog.source.refresh" => "started reading the source",
        "catalog.source.remove" => "removed the source",
        "catalog.source.stop" => "stopped reading the source",
        "cluster.change" => "changed the cluster",
        "cluster.connect" => "connected the cluster",
        "cluster.remove" => "removed the cluster",
        "cluster.test" => "tested the cluster",
        "key.rotate" => "replaced the key in",
        "environment.cancel" => "cancelled",
        "environment.destroy" => "requested the destruction of the environment",
        "environment.destroyed" => "destroyed the environment",
        "environment.expire" => "expired the environment",
        "environment.give_up" => "gave up the environment",
        "environment.failed" => "failed to set up the environment",
        "environment.ready" => "finished setting up the environment",
        "environment.stopped" => "stopped working on the environment",
        "environment.extend" => "extended the environment",
        "environment.request" => "requested the environment",
        "environment.retry" => "retried the environment",
        "job.retry" => "retried the job",
        "session.end_all" => "ended every session of",
        "session.end" => "signed out",
        "session.start" => "signed in",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_an_address() {
        assert_eq!(QueueFilter::default().href(), "/settings/queue");
        let failed = QueueFilter { state: Some("failed".to_owned()), ..QueueFilter::default() };
        assert_eq!(failed.href(), "/settings/queue?state=failed");
        let both = QueueFilter { kind: Some("catalog.refresh".to_owned()), ..failed };
        assert_eq!(both.href(), "/settings/queue?state=failed&kind=catalog.refresh");
    }

    #[test]
    fn what_a_job_is_about_is_no_key_where_there_are_words() {
        let source = "catalog.refresh:01a2316e-0000-7000-8000-000000000000";
        assert_eq!(about_words("catalog.refresh", source), Some("a source that was removed"));
        assert_eq!(about_words("jobs.sweep", "jobs.sweep"), None);
        assert_eq!(about_words("new", "new/1"), Some("new/1"));
    }

    #[test]
    fn into_and_out_of_which_team_somebody_was_taken_is_said() {
        let said = |action, team| {
            let team = team_words(action, team).expect("words");
            format!("{} Tom {team}", action_words(action))
        };
        assert_eq!(said("account.team_add", Some("payments")), "added Tom to payments");
        assert_eq!(said("account.team_remove", Some("payments")), "removed Tom from payments");
        assert_eq!(said("account.team_add", None), "added Tom to a team");
        assert_eq!(team_words("environment.extend", Some("payments")), None);
    }

    #[test]
    fn every_state_has_a_word() {
        for (state, word) in STATES {
            assert_eq!(state_words(state).1, word);
        }
        assert_eq!(state_words("new"), (State::Off, "new".to_owned()));
        // The environment that it worked on may have failed.
        assert_eq!(state_words("done"), (State::Off, "Ended".to_owned()));
    }
}
