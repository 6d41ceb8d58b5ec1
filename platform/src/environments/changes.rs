//! Tells live pages and running operations of this process that an environment changed, so that neither polls often.
//!
//! Lists hear less than pages: what no row of a list shows (log lines, objects as they are seen) is told as a detail.

use domain::ids::EnvironmentId;
use tokio::sync::broadcast;

/// Who listens hears of every commit that touched an environment in this process.
#[derive(Clone, Debug)]
pub struct Changes(broadcast::Sender<Change>);

#[derive(Clone, Copy, Debug)]
struct Change {
    id: EnvironmentId,
    /// Whether its row in a list may be another now.
    of_row: bool,
}

impl Default for Changes {
    fn default() -> Self {
        Self(broadcast::Sender::new(1024))
    }
}

impl Changes {
    /// Says that an environment changed; after the commit.
    pub fn tell(&self, id: EnvironmentId) {
        self.send(Change { id, of_row: true });
    }

    /// Says that something changed which its own page alone shows; after the commit.
    pub fn tell_detail(&self, id: EnvironmentId) {
        self.send(Change { id, of_row: false });
    }

    fn send(&self, change: Change) {
        // Nobody listening is no failure.
        let _nobody = self.0.send(change);
    }

    /// Listens from now on.
    pub fn listen(&self) -> Listener {
        Listener(self.0.subscribe())
    }
}

/// Hears of changes.
#[derive(Debug)]
pub struct Listener(broadcast::Receiver<Change>);

impl Listener {
    /// Ends when the row of any environment changed, or may have.
    pub async fn any_row(&mut self) {
        loop {
            match self.0.recv().await {
                Ok(change) if change.of_row => return,
                Ok(_) => {}
                // Some were missed: a row may have been among them.
                Err(broadcast::error::RecvError::Lagged(_)) => return,
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }

    /// Forgets what it has heard until now: whoever looks next sees it all.
    pub fn forget(&mut self) {
        use broadcast::error::TryRecvError;
        while !matches!(self.0.try_recv(), Err(TryRecvError::Empty | TryRecvError::Closed)) {}
    }

    /// Ends when this environment changed, or may have.
    pub async fn changed(&mut self, id: EnvironmentId) {
        loop {
            match self.0.recv().await {
                Ok(change) if change.id == id => return,
                Ok(_) => {}
                // Some were missed: it may have been among them.
                Err(broadcast::error::RecvError::Lagged(_)) => return,
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn many_changes_are_heard_once() {
        let changes = Changes::default();
        let mut listener = changes.listen();
        assert!(listener.any_row().now_or_never().is_none());
        let id = EnvironmentId::from(uuid::Uuid::nil());
        // More than it keeps, so that some are missed.
        for _ in 0..2_000 {
            changes.tell(id);
        }
        tokio::time::timeout(Duration::from_secs(5), listener.any_row()).await.expect("heard");
        listener.forget();
        assert!(listener.any_row().now_or_never().is_none());
        changes.tell(id);
        tokio::time::timeout(Duration::from_secs(5), listener.any_row()).await.expect("heard again");
    }

    #[tokio::test]
    async fn a_detail_is_heard_by_its_page_and_by_no_list() {
        let changes = Changes::default();
        let (mut page, mut list) = (changes.listen(), changes.listen());
        let id = EnvironmentId::from(uuid::Uuid::nil());
        changes.tell_detail(id);
        assert!(page.changed(id).now_or_never().is_some());
        assert!(list.any_row().now_or_never().is_none());
        changes.tell(id);
        assert!(page.changed(id).now_or_never().is_some() && list.any_row().now_or_never().is_some());
    }
}
