//! Tells live pages and running operations of this process that an environment changed, so that neither polls often.

use domain::ids::EnvironmentId;
use tokio::sync::broadcast;

/// Who listens hears of every commit that touched an environment in this process.
#[derive(Clone, Debug)]
pub struct Changes(broadcast::Sender<EnvironmentId>);

impl Default for Changes {
    fn default() -> Self {
        Self(broadcast::Sender::new(1024))
    }
}

impl Changes {
    /// Says that an environment changed; after the commit.
    pub fn tell(&self, id: EnvironmentId) {
        // Nobody listening is no failure.
        let _nobody = self.0.send(id);
    }

    /// Listens from now on.
    pub fn listen(&self) -> Listener {
        Listener(self.0.subscribe())
    }
}

/// Hears of changes.
#[derive(Debug)]
pub struct Listener(broadcast::Receiver<EnvironmentId>);

impl Listener {
    /// Ends when this environment changed, or may have.
    pub async fn changed(&mut self, id: EnvironmentId) {
        loop {
            match self.0.recv().await {
                Ok(changed) if changed == id => return,
                Ok(_) => {}
                // Some were missed: it may have been among them.
                Err(broadcast::error::RecvError::Lagged(_)) => return,
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}
