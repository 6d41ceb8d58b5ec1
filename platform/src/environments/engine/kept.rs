//! What keeps a namespace from going that is being deleted, as its page and every list tell it while the destroying goes on.

use domain::environments::leaving::in_the_way;
use domain::ids::{EnvironmentId, StepId};
use jiff::{SignedDuration, Timestamp};

use super::super::kubernetes::NamespaceCondition;
use super::super::rows::Environment;
use super::super::{Environments, store};
use crate::jobs::{Failure, Run};

/// What was told last; none where that is not known, since an earlier try told something.
pub struct Kept(Option<Option<String>>);

impl Kept {
    /// Before the first look.
    pub fn before(environment: &Environment) -> Self {
        Self(environment.trouble.is_none().then_some(None))
    }

    /// Tells what keeps it by these conditions, or that nothing does any more, where that is news. It is being deleted `since` (RFC 3339);
    /// `said` is all that the cluster says.
    pub async fn look(
        &mut self,
        environments: &Environments,
        run: &Run,
        environment: EnvironmentId,
        step: StepId,
        since: &str,
        conditions: &[NamespaceCondition],
        said: &str,
    ) -> Result<(), Failure> {
        let now = run.now();
        // The begin is told by the cluster's clock, of which no more is asked here than that it goes roughly right.
        let lasts = since.parse().map_or(SignedDuration::ZERO, |since: Timestamp| now.duration_since(since));
        let words: Vec<(&str, &str)> =
            conditions.iter().map(|one| (one.reason.as_str(), one.message.as_str())).collect();
        let sentence = in_the_way(&words, lasts);
        if self.0.as_ref() == Some(&sentence) {
            return Ok(());
        }
        let mut tx = run.begin().await?;
        let detail = sentence.as_ref().map(|_| said);
        store::step_say(&mut tx, step, sentence.as_deref(), detail).await?;
        store::trouble_save(&mut tx, environment, sentence.as_deref(), now).await?;
        tx.commit().await?;
        environments.changes.tell(environment);
        self.0 = Some(sentence);
        Ok(())
    }

    /// What keeps it now.
    pub fn sentence(self) -> Option<String> {
        self.0.flatten()
    }
}
