//! Turns an account into a caller, with a short memory so that a page costs no query for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use domain::catalog::reference::{DEFAULT_NAMESPACE, EntityRef, RefContext};
use domain::ids::AccountId;
use domain::people::{Membership, Person};
use jiff::{SignedDuration, Timestamp};

use super::store;
use crate::Result;
use crate::db::{Db, Session};

/// How long an answer is used again. On the replica that makes a change it is forgotten at once.
pub const LIFETIME: SignedDuration = SignedDuration::from_secs(1);

/// Finds the person behind an account.
#[derive(Clone)]
pub struct Callers {
    db: Db,
    memory: Arc<Mutex<Memory>>,
}

#[derive(Default)]
struct Memory {
    /// Grows when everything is forgotten, so that what was read before is not remembered after.
    generation: u64,
    people: HashMap<AccountId, (Timestamp, Person)>,
}

impl Callers {
    /// Reads from this database.
    pub fn new(db: Db) -> Self {
        Self { db, memory: Arc::default() }
    }

    /// The person as they stand now; `None` for an account that is gone or disabled.
    pub async fn find(&self, account: AccountId, now: Timestamp) -> Result<Option<Person>> {
        if let Some(person) = self.remembered(account, now) {
            return Ok(Some(person));
        }
        let generation = self.memory.lock().map_or(0, |memory| memory.generation);
        let mut reader = self.db.read().await?;
        let person = person(&mut reader, account).await?;
        if let (Some(person), Ok(mut memory)) = (&person, self.memory.lock())
            && memory.generation == generation
        {
            memory.people.retain(|_, (at, _)| now.duration_since(*at) < LIFETIME);
            memory.people.insert(account, (now, person.clone()));
        }
        Ok(person)
    }

    /// Forgets what it knew of everybody: called after every change of accounts and teams.
    pub fn forget(&self) {
        if let Ok(mut memory) = self.memory.lock() {
            memory.generation += 1;
            memory.people.clear();
        }
    }

    fn remembered(&self, account: AccountId, now: Timestamp) -> Option<Person> {
        let memory = self.memory.lock().ok()?;
        let (at, person) = memory.people.get(&account)?;
        (now.duration_since(*at).abs() < LIFETIME).then(|| person.clone())
    }
}

/// The person behind an account, read in a session of the caller: what a job asks before each step.
pub async fn person(s: &mut dyn Session, account: AccountId) -> Result<Option<Person>> {
    let Some(row) = store::account_find(s, account).await?.filter(|row| row.disabled_at.is_none()) else {
        return Ok(None);
    };
    let teams = store::team_list(s, account).await?;
    Ok(Some(Person {
        account,
        name: row.name,
        administrator: row.administrator,
        teams: teams.iter().filter_map(membership).collect(),
        address: None,
    }))
}

/// A reference that no longer parses gives no membership.
pub(super) fn membership(row: &store::AccountTeam) -> Option<Membership> {
    let context = RefContext { kind: Some("group"), namespace: DEFAULT_NAMESPACE };
    EntityRef::parse(&row.team, context).ok().map(|team| Membership { team, leader: row.leader })
}
