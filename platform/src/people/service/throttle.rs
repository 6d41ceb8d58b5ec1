//! How often somebody may try passwords: counted by name, by where the tries come from, and by both.

use std::net::{IpAddr, Ipv6Addr};

use domain::ids::FailureId;
use jiff::{SignedDuration, Timestamp};

use super::{after, before};
use crate::db::{Db, Session};
use crate::ids::mint;
use crate::people::store;
use crate::{Error, Result};

/// Failed tries are counted over this time.
pub(super) const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// So many tries within the window: for one name from one network, from one network, for one name from anywhere. The last is
/// far off, so that nobody keeps another out from a machine or two.
const TRIES_BY_NAME_AND_NETWORK: usize = 10;
const TRIES_BY_NETWORK: usize = 50;
const TRIES_BY_NAME: usize = 100;

/// Refuses one try too many, and counts this one as failed until it went well: of many at once, each is counted before it is
/// looked at. (PostgreSQL lets those that come within the same moment not see one another: as many as there are connections.)
pub(super) async fn note_try(db: &Db, name: &str, address: &str, now: Timestamp) -> Result<FailureId> {
    let network = network(address);
    // A reader first: whoever is refused takes no turn of the writers.
    throttle(&mut db.read().await?, name, &network, now).await?;
    let mut tx = db.begin().await?;
    throttle(&mut tx, name, &network, now).await?;
    let id = mint(now);
    store::failure_create(&mut tx, id, name, &network, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// What the look at a password answered. Where it answered nothing (no turn came, or a fault of ours), the try was none.
pub(super) async fn looked_at(db: &Db, noted: FailureId, answer: Result<bool>) -> Result<bool> {
    if answer.is_err() {
        let mut tx = db.begin().await?;
        store::failure_take_back(&mut tx, noted).await?;
        tx.commit().await?;
    }
    answer
}

async fn throttle(s: &mut dyn Session, name: &str, network: &str, now: Timestamp) -> Result<()> {
    // Without an address it is somebody who is signed in: their name alone counts.
    let from = Some(network).filter(|network| !network.is_empty());
    let limits = [
        (Some(name), from, TRIES_BY_NAME_AND_NETWORK),
        (None, from, TRIES_BY_NETWORK),
        (Some(name), None, TRIES_BY_NAME),
    ];
    for (name, network, tries) in
        limits.into_iter().filter(|(name, network, _)| (*name, *network) != (None, None))
    {
        let failures = store::failure_times(s, name, network, before(now, WINDOW)).await?;
        let Some(oldest) = failures.get(tries - 1) else { continue };
        let free_at = after(*oldest, WINDOW);
        return Err(Error::TooMany(u64::try_from(free_at.duration_since(now).as_secs()).unwrap_or(0) + 1));
    }
    Ok(())
}

/// What one machine may speak from: an IPv4 address, but of IPv6 a whole network of 64 bits, which is the least that one is given
/// (RFC 6177 section 2).
fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(address)) => {
            let network = Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64));
            format!("{network}/64")
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::on_both_databases;
    use crate::testing::count;

    on_both_databases!(a_password_that_nobody_looked_at_was_no_try, |db| async move {
        let now = Timestamp::from_second(1_790_000_000).expect("a time");
        let failures = async || count(&db, "select count(*) from sign_in_failures").await;
        let noted = note_try(&db, "mina", "10.0.0.1", now).await.expect("noted");
        assert_eq!(failures().await, 1);
        let answer = looked_at(&db, noted, Err(Error::TooMany(10))).await;
        assert!(matches!(answer, Err(Error::TooMany(10))), "no turn came: {answer:?}");
        assert_eq!(failures().await, 0);
        let noted = note_try(&db, "mina", "10.0.0.1", now).await.expect("noted");
        assert!(!looked_at(&db, noted, Ok(false)).await.expect("an answer"));
        assert_eq!(failures().await, 1, "a wrong one counts");
    });

    #[test]
    fn of_ipv6_a_network_counts() {
        for (address, expected) in [
            ("10.0.0.1", "10.0.0.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
            ("", ""),
        ] {
            assert_eq!(network(address), expected);
        }
    }
}
