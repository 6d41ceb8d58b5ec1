//! Where things are: the clone, cargo's target folder, and the cache that all clones of a person share.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// The folders, absolute.
#[derive(Clone, Debug)]
pub struct Paths {
    /// The clone.
    pub root: PathBuf,
    /// Where cargo builds: `CARGO_TARGET_DIR`, else `target` in the clone.
    pub target: PathBuf,
    /// What is fetched or built once: `SLIPWAY_CACHE`, else `slipway` in `XDG_CACHE_HOME` or `~/.cache`.
    pub cache: PathBuf,
}

impl Paths {
    /// Looks for the clone from the current folder upwards.
    pub fn find() -> anyhow::Result<Self> {
        let here = std::env::current_dir()?;
        let Some(root) = here.ancestors().find(|folder| folder.join("xtask/Cargo.toml").exists()) else {
            bail!("{} is not inside a clone of Slipway", here.display());
        };
        let target =
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |set| here.join(set));
        let variable =
            |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let cache = cache_folder(variable).context("set SLIPWAY_CACHE to a folder: there is no HOME")?;
        Ok(Self { root: root.to_owned(), target, cache: here.join(cache) })
    }

    /// What the build keeps for its next run.
    pub fn work(&self) -> PathBuf {
        self.target.join("xtask")
    }
}

fn cache_folder(variable: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    variable("SLIPWAY_CACHE")
        .or_else(|| variable("XDG_CACHE_HOME").map(|folder| folder.join("slipway")))
        .or_else(|| variable("HOME").map(|home| Path::new(&home).join(".cache/slipway")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_cache_is_where_the_person_says_else_where_caches_are() {
        let with = |pairs: &[(&str, &str)]| {
            let set: BTreeMap<String, PathBuf> =
                pairs.iter().map(|(n, v)| ((*n).to_owned(), v.into())).collect();
            cache_folder(|name| set.get(name).cloned())
        };
        assert_eq!(with(&[("SLIPWAY_CACHE", "/a"), ("XDG_CACHE_HOME", "/b")]), Some("/a".into()));
        assert_eq!(with(&[("XDG_CACHE_HOME", "/b"), ("HOME", "/c")]), Some("/b/slipway".into()));
        assert_eq!(with(&[("HOME", "/c")]), Some("/c/.cache/slipway".into()));
        assert_eq!(with(&[]), None);
    }
}
