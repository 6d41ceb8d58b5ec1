//! A property that may be left out, given plainly, or given as an `Option`: `help="At most 14"`, `help=text`, `help=maybe_text`.

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maybe<T>(pub Option<T>);

impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> From<T> for Maybe<T> {
    fn from(value: T) -> Self {
        Self(Some(value))
    }
}

impl<T> From<Option<T>> for Maybe<T> {
    fn from(value: Option<T>) -> Self {
        Self(value)
    }
}

impl From<&str> for Maybe<String> {
    fn from(value: &str) -> Self {
        Self(Some(value.to_owned()))
    }
}

// Whole numbers as they are written in a view.
impl From<i32> for Maybe<i64> {
    fn from(value: i32) -> Self {
        Self(Some(i64::from(value)))
    }
}

impl From<i32> for Maybe<usize> {
    fn from(value: i32) -> Self {
        Self(usize::try_from(value).ok())
    }
}
