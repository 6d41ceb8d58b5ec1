//! How many tests passed: read from what the test programs really print, never assumed.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::report;

/// Passed and failed tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub passed: u64,
    pub failed: u64,
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Runs a program of tests, shows what it prints, and adds up the results in it.
pub fn run(command: &mut Command, count: &mut Count) -> anyhow::Result<()> {
    let mut child = command.stdout(Stdio::piped()).spawn().context("the tests cannot be started")?;
    let printed = child.stdout.take().context("the tests' output")?;
    for line in BufReader::new(printed).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        report::line(&line);
        count.add(&line);
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("some failed ({status})");
    }
    Ok(())
}

impl Count {
    /// `test result: ok. 12 passed; 0 failed; …` of Rust's harness, `  12 passed (3.4s)` of Playwright.
    fn add(&mut self, line: &str) {
        match line.strip_prefix("test result: ") {
            Some(result) => {
                for part in result.split(['.', ';']) {
                    self.add_part(part);
                }
            }
            None if line.starts_with("  ") => self.add_part(line),
            None => {}
        }
    }

    fn add_part(&mut self, part: &str) {
        let mut words = part.split_whitespace();
        let (Some(Ok(number)), Some(word)) = (words.next().map(str::parse::<u64>), words.next()) else {
            return;
        };
        // Playwright follows the word with the time alone, so that no line of a test's own output counts.
        if words.next().is_some_and(|next| !next.starts_with('(')) {
            return;
        }
        match word {
            "passed" => self.passed += number,
            "failed" => self.failed += number,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &str) -> Count {
        let mut count = Count::default();
        lines.lines().for_each(|line| count.add(line));
        count
    }

    #[test]
    fn results_of_all_programs_are_added_up() {
        let lines = "running 3 tests\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s\n\
            \x20 12 passed (3.4s)\n\
            \x20 1 failed\n\
            \x20 7 passed by the queue, as the log says\n\
            9 passed\n";
        assert_eq!(of(lines), Count { passed: 19, failed: 3 });
        assert_eq!(of(lines).to_string(), "19 passed, 3 failed");
    }

    #[test]
    fn what_prints_no_result_passed_nothing() {
        let mut count = Count::default();
        run(Command::new("sh").args(["-c", "echo hello"]), &mut count).unwrap();
        assert_eq!(count, Count::default());
        assert!(run(Command::new("sh").args(["-c", "exit 1"]), &mut count).is_err());
    }
}
