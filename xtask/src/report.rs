//! What whoever runs a command sees of it: stages and how long they took.

use std::time::Instant;

/// Says a line.
#[expect(clippy::print_stdout, reason = "this program talks to a terminal")]
pub fn line(text: &str) {
    println!("{text}");
}

/// Says why a command failed.
#[expect(clippy::print_stderr, reason = "the program's last word")]
pub fn failure(error: &anyhow::Error) {
    eprintln!("\nxtask: {error:#}");
}

/// Does one stage, and says its name before and its time after it.
pub fn stage<T>(name: &str, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    line(&format!("==> {name}"));
    let start = Instant::now();
    let done = work()?;
    line(&format!("==> {name} … {:.1} s", start.elapsed().as_secs_f64()));
    Ok(done)
}
