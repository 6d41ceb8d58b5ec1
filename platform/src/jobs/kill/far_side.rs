//! What the jobs of the campaign change outside the database: a file with a line for each call. It refuses nothing, so whoever
//! calls twice is found out.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

pub(super) struct FarSide(PathBuf);

impl FarSide {
    pub(super) fn at(path: PathBuf) -> Self {
        Self(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// One write at the end of the file: it happens whole or not at all, also when the process is killed.
    pub(super) fn call(&self, token: &str) {
        let mut file =
            std::fs::OpenOptions::new().create(true).append(true).open(&self.0).expect("the far side opens");
        let line = format!("{token}\n");
        assert_eq!(file.write(line.as_bytes()).expect("the far side answers"), line.len());
    }

    /// Whether it was called with this token.
    pub(super) fn knows(&self, token: &str) -> bool {
        self.text().lines().any(|line| line == token)
    }

    /// What is wrong when exactly these calls should have happened, once each.
    pub(super) fn faults(&self, tokens: &[String]) -> Vec<String> {
        let mut calls: BTreeMap<&str, usize> = tokens.iter().map(|token| (token.as_str(), 0)).collect();
        let text = self.text();
        let mut faults = Vec::new();
        for line in text.lines() {
            match calls.get_mut(line) {
                Some(number) => *number += 1,
                None => faults.push(format!("{line} was called but is recorded nowhere")),
            }
        }
        let wrong = calls.into_iter().filter(|(_, number)| *number != 1);
        faults
            .extend(wrong.map(|(token, number)| format!("{token} happened {number} times on the far side")));
        faults
    }

    fn text(&self) -> String {
        match std::fs::read_to_string(&self.0) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => panic!("the far side cannot be read: {error}"),
        }
    }
}
