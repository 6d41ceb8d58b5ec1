//! How many streams of events each account has open: a stream holds a connection for as long as its page is looked at.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::ids::AccountId;

/// Streams that one account may have at once: more than anybody looks at, and far fewer than there are places for all.
pub const MOST: usize = 16;

/// The streams of everybody; a clone shares them.
#[derive(Clone, Debug, Default)]
pub struct Streams(Arc<Mutex<HashMap<AccountId, usize>>>);

/// One stream; dropping it makes room for another.
#[derive(Debug)]
pub struct Stream {
    streams: Streams,
    account: AccountId,
}

impl Streams {
    /// Room for one more, unless the account has as many as it may.
    pub fn open(&self, account: AccountId) -> Option<Stream> {
        let mut counted = self.counted();
        let open = counted.entry(account).or_default();
        if *open >= MOST {
            return None;
        }
        *open += 1;
        Some(Stream { streams: self.clone(), account })
    }

    fn counted(&self) -> MutexGuard<'_, HashMap<AccountId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let mut counted = self.streams.counted();
        if let Some(open) = counted.get_mut(&self.account) {
            *open -= 1;
            if *open == 0 {
                counted.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_a_few_and_leaves_room_for_others() {
        let streams = Streams::default();
        let [mina, vera]: [AccountId; 2] =
            ["01930d9c-7e2a-7c11-9d55-2f6f1f3c9a10", "01930d9c-7e2a-7c11-9d55-2f6f1f3c9a11"]
                .map(|id| id.parse().expect("an id"));
        let mut open: Vec<Stream> = (0..MOST).filter_map(|_| streams.open(mina)).collect();
        assert_eq!(open.len(), MOST);
        assert!(streams.open(mina).is_none());
        assert!(streams.open(vera).is_some(), "one account's streams are no other's");
        open.pop();
        assert!(streams.open(mina).is_some(), "one that ended makes room");
        drop(open);
        assert!(streams.counted().is_empty(), "nothing is kept of whom nobody is left of");
    }
}
