//! What the pages of environments show, as it travels from the server to the browser.

use std::collections::BTreeMap;

use domain::environments::form::{Field, Given};
use domain::environments::inspect::Command;
use domain::environments::life::{Action, State, StepState};
use domain::environments::lifetime::{Lifetime, Warning};
use domain::environments::plan::WillMake;
use domain::environments::render::RenderedOutput;
use domain::environments::schema::Schema;
use domain::environments::status::{Hue, Status};
use domain::form::Problem;
use domain::ids::{BlueprintId, ClusterId, EnvironmentId, StepId};
use jiff::{SignedDuration, Timestamp};
use leptos::prelude::ServerFnError;
use serde::{Deserialize, Serialize};

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnvironmentRow {
    pub id: EnvironmentId,
    pub name: String,
    /// The owning team's title or short name, and its reference.
    pub team: String,
    pub team_reference: String,
    /// The entity that it is for.
    pub entity: Option<String>,
    pub blueprint: String,
    pub version: i64,
    pub cluster: String,
    pub state: State,
    /// It is ready, and not as it should be; or something keeps it from going.
    pub trouble: bool,
    /// Nothing of it stands any more, since it was deleted in its cluster.
    pub deleted_there: bool,
    pub status: Status,
    pub requested_by: String,
    pub requested_at: Timestamp,
    pub expires_at: Timestamp,
    /// Whether that still says anything: not once it goes away.
    pub still_expires: bool,
    /// The warning before its expiry that it stands within.
    pub warning: Option<Warning>,
}

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnvironmentList {
    pub rows: Vec<EnvironmentRow>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// None of them is alive, and some have ended.
    pub all_ended: bool,
    pub now: Timestamp,
}

/// What there is at the address of an environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum EnvironmentAnswer {
    /// The environment.
    Found(Box<EnvironmentView>),
    /// There is none.
    Missing {
        /// What the address says.
        asked: String,
        /// Environments that are called so, their ids and names.
        near: Vec<Named>,
    },
}

/// Everything of an environment's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnvironmentView {
    pub row: EnvironmentRow,
    /// Whether it is to be destroyed, or already is.
    pub is_wanted_gone: bool,
    /// Where it lives, or lived.
    pub cluster: ClusterId,
    pub namespace: String,
    /// Why it is in its state, where the state alone does not say it.
    pub reason: Option<String>,
    /// What may be asked of it now, by whoever looks.
    pub actions: Vec<Action>,
    /// Whether an administrator may give it up now.
    pub can_be_given_up: bool,
    /// For how long it may still be extended.
    pub room: SignedDuration,
    /// How long before its expiry the warnings come that are still to come.
    pub warnings_to_come: Vec<SignedDuration>,
    /// The version of its blueprint.
    pub blueprint: BlueprintId,
    /// What was asked for, by the form of its blueprint.
    pub parameters: Vec<Given>,
    /// Where to look when something of it does not work; none where nothing is wrong, or whoever looks may not see its outputs.
    pub look: Vec<Command>,
    /// None where whoever looks may not see them.
    pub outputs: Option<Vec<RenderedOutput>>,
    pub operation: Option<OperationView>,
    pub objects: Vec<ObjectView>,
    /// When the objects were last looked at.
    pub objects_seen_at: Option<Timestamp>,
    /// Whether it is known that nothing of it stands in its cluster.
    pub nothing_there: bool,
    /// That its cluster does not work now, and when it last answered; none where it works.
    pub cluster_down: Option<String>,
    pub events: Vec<EventView>,
    pub receipt: Option<ReceiptView>,
    /// When it ended; none while it has not.
    pub ended: Option<EndedView>,
    pub now: Timestamp,
}

impl EnvironmentView {
    /// Whether extending is to be offered: it may be asked for, there is time left to give, and something that lasts longer then.
    pub fn can_be_extended(&self) -> bool {
        self.actions.contains(&Action::Extend) && !self.has_longest_lifetime() && !self.row.deleted_there
    }

    /// How many objects of it there are; none where nobody could look yet.
    pub fn object_count(&self) -> Option<usize> {
        (self.nothing_there || !self.objects.is_empty()).then_some(self.objects.len())
    }

    /// Whether it has all the time already that its blueprint allows.
    pub fn has_longest_lifetime(&self) -> bool {
        self.room.is_zero()
    }
}

/// The newest run of work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OperationView {
    /// "Create", "Destroy".
    pub title: String,
    pub requested_by: String,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub cancel_requested: bool,
    pub steps: Vec<StepView>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepView {
    pub id: StepId,
    pub title: String,
    pub detail: String,
    pub state: StepState,
    pub word: String,
    pub hue: Hue,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub next_attempt_at: Option<Timestamp>,
    pub attempt: i64,
    pub problem: Option<String>,
    pub problem_detail: Option<String>,
    /// How long it usually takes, from and to in microseconds.
    pub usual: Option<(i64, i64)>,
    pub lines: Vec<LogLine>,
}

/// The number of a line that is not of the log itself: the log's own follow it.
pub const BEFORE_THE_FIRST: i64 = -1;

/// A line of a step's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// From 0, or [`BEFORE_THE_FIRST`].
    pub number: i64,
    pub at: Timestamp,
    pub level: LogLevel,
    /// May hold ANSI colours.
    pub text: String,
}

/// How a line is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogLevel {
    Plain,
    Good,
    Warning,
    Bad,
}

/// An object in the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectView {
    pub kind: String,
    pub name: String,
    pub words: String,
    pub hue: Hue,
    pub changed_at: Timestamp,
}

/// A line of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventView {
    pub at: Timestamp,
    pub actor: String,
    pub sentence: String,
}

/// The end of an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndedView {
    pub at: Timestamp,
    /// Who had it destroyed, or gave it up.
    pub by: Option<String>,
}

/// The answer to a question of a receipt where nothing was found.
pub const NOTHING: &str = "Nothing";

/// The proof that nothing is left, or what could not be proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptView {
    /// The one sentence.
    pub sentence: String,
    /// Nobody could check, and somebody gave it up.
    pub given_up: bool,
    /// What is left to do by hand, a sentence.
    pub by_hand: Option<String>,
    /// What was deleted: kind and name.
    pub deleted: Vec<(String, String)>,
    /// What was asked, and what the answer was.
    pub questions: Vec<(String, String)>,
    pub checked_at: Timestamp,
}

/// A blueprint to choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlueprintCard {
    pub id: BlueprintId,
    pub title: String,
    pub version: u32,
    pub description: String,
    pub lifetime: Lifetime,
    /// Whether it cannot be requested any more.
    pub withdrawn: bool,
}

/// Everything that the form of a request needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestFacts {
    pub blueprint: BlueprintCard,
    pub fields: Vec<Field>,
    /// For the check in the browser: the same as the server's.
    pub schema: Schema,
    pub teams: Vec<Named>,
    pub clusters: Vec<Named>,
    /// The cluster that is chosen at first: the one of before, else the best. One that does not work is never chosen for anybody, so
    /// there is none where the one of before, or all of them, do not work.
    pub cluster: Option<String>,
    /// What is said of each of them that does not work, where it is chosen.
    pub clusters_down: Vec<Named>,
    /// Where none of them works: since when.
    pub no_cluster_works: Option<String>,
    /// Where it is asked for again: what was asked for before.
    pub again: Option<AgainOf>,
    /// The components of those teams to choose from, each as short as it can be written.
    pub entities: Vec<String>,
    /// The entity that it was asked for from, and its owner where that is a team of the asker.
    pub entity: Option<String>,
    pub team: Option<String>,
    /// What stands in the form at first, by the names of its fields.
    pub typed: Inputs,
    /// What a request with these would make.
    pub preview: Result<Preview, ServerFnError>,
}

/// What the form of a request was filled from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgainOf {
    pub id: EnvironmentId,
    pub name: String,
    /// Whether it has not ended.
    pub lives: bool,
    /// What the form calls the fields that must be typed again.
    pub to_type: Vec<String>,
}

/// What stands in the form of a request, by the names of its fields.
pub type Inputs = BTreeMap<String, String>;

/// What the form calls a parameter of the blueprint.
pub fn parameter(name: &str) -> String {
    format!("parameters[{name}]")
}

/// The blueprint's own parameters among the fields, by the names that it gives them.
pub fn parameters(inputs: &Inputs) -> BTreeMap<String, String> {
    let own = |name: &str| Some(name.strip_prefix("parameters[")?.strip_suffix(']')?.to_owned());
    inputs.iter().filter_map(|(name, value)| Some((own(name)?, value.clone()))).collect()
}

/// What a request would make, or what is wrong with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Preview {
    /// Lines of "This will create".
    Makes(Vec<WillMake>),
    /// Nothing yet.
    NotYet(Vec<Problem>),
}

/// A value with the name that people know it by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub value: String,
    pub label: String,
}
