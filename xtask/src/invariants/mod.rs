//! What holds everywhere in the house, beyond what the compiler and clippy see.
//!
//! Each rule is a function over data that gives what breaks it; this module gathers the data.

mod crates;
mod lints;
mod text;
mod use_cases;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::command::{cargo, output};
use crate::paths::Paths;
use crate::report;
use crate::toolchain::WASM;

/// Checks all of them. Every break is said, then it is an error.
pub fn check(paths: &Paths) -> anyhow::Result<()> {
    let mut broken = of_crates(paths)?;
    broken.extend(of_migrations(&paths.root)?);
    broken.extend(of_lints(&paths.root)?);
    let tracked = output(Command::new("git").current_dir(&paths.root).args(["ls-files", "-z"]))?;
    for name in tracked.split('\0').filter(|name| !name.is_empty()) {
        // What is removed but not committed, and what is no text, has nothing to check.
        if let Ok(content) = std::fs::read_to_string(paths.root.join(name)) {
            broken.extend(text::broken(name, &content));
            broken.extend(use_cases::broken(name, &content));
        }
    }
    for line in &broken {
        report::line(&format!("  {line}"));
    }
    if !broken.is_empty() {
        bail!("{} invariants are broken", broken.len());
    }
    Ok(())
}

fn of_crates(paths: &Paths) -> anyhow::Result<Vec<String>> {
    let metadata = output(cargo(paths).args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let mut broken = crates::direct(&serde_json::from_str::<Value>(&metadata)?);
    let tree = |arguments: &[&str]| {
        let shape = ["tree", "--quiet", "--edges", "normal", "--prefix", "none", "--format", "{p}|{f}"];
        output(cargo(paths).args(shape).args(arguments))
    };
    broken.extend(crates::pure("domain", &tree(&["--package", "domain"])?));
    let browser = ["--package", "app", "--no-default-features", "--features", "hydrate", "--target", WASM];
    broken.extend(crates::fit_for_browsers(&tree(&browser)?));
    Ok(broken)
}

fn of_lints(root: &Path) -> anyhow::Result<Vec<String>> {
    let read = |name: &str| {
        std::fs::read_to_string(root.join(name)).with_context(|| format!("{name} cannot be read"))
    };
    let crates = ["domain", "platform", "app", "server", "xtask"];
    let crates = crates.map(|name| Ok((name.to_owned(), read(&format!("{name}/Cargo.toml"))?)));
    let crates = crates.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    Ok(lints::broken(&read("clippy.toml")?, &read("Cargo.toml")?, &crates))
}

fn of_migrations(root: &Path) -> anyhow::Result<Vec<String>> {
    let names = |database: &str| -> anyhow::Result<Vec<String>> {
        let files = crate::files::below(&root.join("migrations").join(database))?;
        Ok(files.iter().filter_map(|file| Some(file.file_name()?.to_string_lossy().into_owned())).collect())
    };
    Ok(crates::twins(&names("sqlite")?, &names("postgres")?))
}
