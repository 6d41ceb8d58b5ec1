//! Makes identifiers: UUID version 7 (RFC 9562 section 5.7), so that they sort by the time they were made.

use jiff::Timestamp;
use uuid::{ContextV7, Uuid};

/// A new identifier of any of the kinds in [`domain::ids`], made at `now`.
///
/// Two made in the same millisecond differ by 74 random bits.
pub fn mint<T: From<Uuid>>(now: Timestamp) -> T {
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
    let stamp = uuid::Timestamp::from_unix(ContextV7::new(), seconds, nanoseconds);
    T::from(Uuid::new_v7(stamp))
}
