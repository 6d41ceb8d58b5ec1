//! The few points where SQLite and PostgreSQL need different words.
//!
//! Everything else is one text. Lists and bulk inserts read `select value ->> 'key' from json_each($1)`, one object a
//! row, in that one text: PostgreSQL's migrations add a `json_rows(jsonb)` that answers like SQLite's `json_each`, and
//! [`both!`] puts its name in (a function of ours under the name `json_each` would be ambiguous there).

#[cfg(test)]
use super::Statement;
use super::{Result, Session, Sql};

/// One text for both engines, with `json_each` written `json_rows` for PostgreSQL.
macro_rules! both {
    ($text:expr) => {{
        const TEXT: &str = $text;
        const POSTGRES: [u8; TEXT.len()] = $crate::db::dialect::for_postgres(TEXT);
        $crate::db::Sql::each(TEXT, $crate::db::dialect::text(&POSTGRES))
    }};
}
pub(crate) use both;

/// The bytes of `text` with every `json_each(` written `json_rows(`: as long as before, so that this can be done at compile time.
pub(crate) const fn for_postgres<const N: usize>(text: &str) -> [u8; N] {
    const FROM: &[u8] = b"json_each(";
    const TO: &[u8] = b"json_rows(";
    let mut bytes = [0; N];
    bytes.copy_from_slice(text.as_bytes());
    let mut at = 0;
    while at + FROM.len() <= N {
        let mut same = 0;
        while same < FROM.len() && bytes[at + same] == FROM[same] {
            same += 1;
        }
        if same == FROM.len() {
            let mut next = 0;
            while next < TO.len() {
                bytes[at + next] = TO[next];
                next += 1;
            }
        }
        at += 1;
    }
    bytes
}

/// The bytes as text again.
pub(crate) const fn text(bytes: &'static [u8]) -> &'static str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => panic!("a statement is text"),
    }
}

/// The database's own clock in microseconds since 1970: leases and timers go by it, so that replicas agree.
pub(crate) const CLOCK: Sql = Sql::each(
    "select cast(unixepoch('now', 'subsec') * 1000000 as bigint)",
    "select cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)",
);

/// Takes the next due job of the given kinds: `$1` now, `$2` owner, `$3` lease until, `$4` kinds as a JSON list of `{"kind": …}`.
/// One whose process ended before it may be what ended it: from the third time in a row on it is left alone for a while, 1 s, 2 s,
/// 4 s … at most 256 s, so that it does not take the whole program along again and again.
/// On PostgreSQL a job that another worker is taking at this moment is passed over, not waited for.
pub(crate) const JOB_CLAIM: Sql = Sql::each(
    claim_text!(""),
    text(&for_postgres::<{ claim_text!("for update skip locked").len() }>(claim_text!(
        "for update skip locked"
    ))),
);

/// The statements of this module, for the test that prepares all.
#[cfg(test)]
pub(crate) const STATEMENTS: &[Statement] = &[
    Statement { name: "CLOCK", module: module_path!(), sql: CLOCK },
    Statement { name: "JOB_CLAIM", module: module_path!(), sql: JOB_CLAIM },
];

/// What the database's clock shows.
pub async fn now(session: &mut dyn Session) -> Result<jiff::Timestamp> {
    let (micros,) = crate::sql!(session, one(i64,), CLOCK)?;
    jiff::Timestamp::from_microsecond(micros).map_err(|error| super::Error::Unreadable(error.to_string()))
}

macro_rules! claim_text {
    ($lock:literal) => {
        concat!(
            "update jobs set state = 'running', lease_owner = $2, lease_until = $3, fence = fence + 1,
                    attempt = attempt + 1, taken_over = (taken_over or state = 'running'),
                    takeovers = takeovers + case when state = 'running' then 1 else 0 end, started_at = coalesce(started_at, $1), updated_at = $1
             where id = (
                select id from jobs
                where ((state = 'waiting' and due_at <= $1) or (state = 'running' and lease_until <= $1 - case when takeovers < 2 then 0
                        else cast(1000000 as bigint) << cast(case when takeovers > 10 then 8 else takeovers - 2 end as integer) end))
                  and kind in (select value ->> 'kind' from json_each($4))
                order by due_at, id
                limit 1 ",
            $lock,
            ")
             returning id, kind, payload, failures, fence, on_behalf_of, taken_over, takeovers"
        )
    };
}
use claim_text;
