//! Environments by their names, for whoever looks for one by a few letters.

use domain::ids::ClusterId;

use crate::db::{Result, Session};
use crate::environments::rows::Environment;
use crate::{sql, statements};

statements! {
    // Names are written in lower case, so nothing has to be folded.
    ENVIRONMENT_NAMED = concat!("select ", environment_columns!(), " from environments where name like $1 escape '!'
        order by case when state in ", ends!(), " then 1 else 0 end,
            case when name = $3 then 0 when name like $4 escape '!' then 1 else 2 end, requested_at desc, id desc limit $2");
    ENVIRONMENT_NAME_COUNT = concat!(
        "select count(*) from environments where cluster_id = $1 and name = $2 and state not in ",
        ends!()
    );
}

/// Environments whose names contain all of the words in this order; those alive first, and of these the one that is called so, those that
/// begin so, and the newest first.
pub async fn environment_named(s: &mut dyn Session, words: &str, limit: i64) -> Result<Vec<Environment>> {
    let pattern = pattern(words);
    let begins = pattern.trim_start_matches('%').to_owned();
    sql!(s, all Environment, ENVIRONMENT_NAMED, pattern, limit, words.trim().to_lowercase(), begins)
}

/// Whether a living environment of a cluster has this name: it is free again once that one is gone.
pub async fn environment_name_is_taken(s: &mut dyn Session, cluster: ClusterId, name: &str) -> Result<bool> {
    let (count,) = sql!(s, one(i64,), ENVIRONMENT_NAME_COUNT, cluster.to_string(), name)?;
    Ok(count > 0)
}

/// A pattern for `like … escape '!'`.
pub(super) fn pattern(words: &str) -> String {
    let mut pattern = "%".to_owned();
    for word in words.split_whitespace() {
        for letter in word.to_lowercase().chars() {
            if matches!(letter, '%' | '_' | '!') {
                pattern.push('!');
            }
            pattern.push(letter);
        }
        pattern.push('%');
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn what_is_typed_is_no_pattern() {
        assert_eq!(pattern("  Pay  PR "), "%pay%pr%");
        assert_eq!(pattern("100%_!"), "%100!%!_!!%");
    }
}
