//! Other programs, started in the clone; what they fail with becomes a plain sentence.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::paths::Paths;
use crate::report;

/// Cargo, in the clone, building into the same target folder.
pub fn cargo(paths: &Paths) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(&paths.root).env("CARGO_TARGET_DIR", &paths.target);
    cargo
}

/// Runs it and expects success; what it writes is seen on the terminal.
pub fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("{} cannot be started", name(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs it, expects success, and gives what it wrote to standard output.
pub fn output(command: &mut Command) -> anyhow::Result<String> {
    let done = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("{} cannot be started", name(command)))?;
    if !done.status.success() {
        bail!("{} failed ({})", shown(command), done.status);
    }
    Ok(String::from_utf8(done.stdout)?)
}

/// Runs it and expects success within `limit`; what it says is shown and is part of the error. It is ended when the time is over, and
/// when for `silence` it has neither said anything nor `progress` has changed.
pub fn run_while_it_lives(
    command: &mut Command,
    limit: Duration,
    silence: Duration,
    progress: impl Fn() -> u64,
) -> anyhow::Result<()> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} cannot be started", name(command)))?;
    let said = child.stderr.take().context("its standard error")?;
    let (sender, lines) = mpsc::channel();
    // Ends by itself: with the program, or with whoever listens.
    std::thread::spawn(move || {
        let lines = BufReader::new(said).lines().map_while(Result::ok);
        lines.map(|line| sender.send(line)).take_while(Result::is_ok).for_each(drop);
    });
    let start = Instant::now();
    let (mut alive, mut fetched, mut last) = (start, progress(), String::new());
    loop {
        while let Ok(line) = lines.recv_timeout(Duration::from_millis(50)) {
            report::line(&format!("  {line}"));
            (alive, last) = (Instant::now(), line);
        }
        // Nothing is waited for above once the program has closed its standard error.
        std::thread::sleep(Duration::from_millis(10));
        let now = progress();
        if now != fetched {
            (alive, fetched) = (Instant::now(), now);
        }
        if let Some(status) = child.try_wait()? {
            // The last words may come after the end.
            while let Ok(line) = lines.recv_timeout(Duration::from_millis(200)) {
                report::line(&format!("  {line}"));
                last = line;
            }
            if status.success() {
                return Ok(());
            }
            bail!("{} failed ({status}): {last}", shown(command));
        }
        let why = match (alive.elapsed() > silence, start.elapsed() > limit) {
            (true, _) => format!("did nothing for {} s", silence.as_secs_f64()),
            (_, true) => format!("was not done after {} s", limit.as_secs_f64()),
            _ => continue,
        };
        child.kill()?;
        child.wait()?;
        bail!("{} {why}", shown(command));
    }
}

/// Whether a program of this name can be found.
pub fn exists(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

fn name(command: &Command) -> String {
    Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The program and its first arguments: enough to know which one it was.
fn shown(command: &Command) -> String {
    let arguments: Vec<_> = command.get_args().take(4).map(|argument| argument.to_string_lossy()).collect();
    format!("{} {}", name(command), arguments.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_fails_is_named() {
        let error = run(Command::new("sh").args(["-c", "exit 3"])).unwrap_err().to_string();
        assert!(error.starts_with("sh -c exit 3 failed"), "{error}");
    }

    /// Within a time, with two seconds in which it may do nothing.
    fn lives(script: &str, limit: u64, progress: impl Fn() -> u64) -> anyhow::Result<()> {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]);
        run_while_it_lives(&mut shell, Duration::from_secs(limit), Duration::from_secs(2), progress)
    }

    #[test]
    fn a_program_that_does_nothing_is_ended() {
        let said = lives("exec sleep 30", 20, || 0).unwrap_err().to_string();
        assert!(said.ends_with("did nothing for 2 s"), "{said}");
    }

    #[test]
    fn a_program_that_speaks_or_fetches_may_take_its_time() {
        lives("for i in 1 2 3 4 5; do echo $i >&2; sleep 0.5; done", 20, || 0).unwrap();
        let fetched = std::cell::Cell::new(0);
        lives("sleep 2.5", 20, || fetched.replace(fetched.get() + 1)).unwrap();
        let said = lives("exec sleep 30", 1, || fetched.replace(fetched.get() + 1)).unwrap_err().to_string();
        assert!(said.ends_with("was not done after 1 s"), "{said}");
    }

    #[test]
    fn the_last_words_of_a_failure_are_told() {
        let said = lives("echo no network >&2; exit 3", 20, || 0).unwrap_err().to_string();
        assert!(said.ends_with("no network"), "{said}");
    }
}
