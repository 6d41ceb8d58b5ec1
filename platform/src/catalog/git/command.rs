//! Runs `git` with an environment of ours, a time limit and a size limit, and says in words why it failed.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

/// How much output of one `git` is held.
const MAX_OUTPUT: u64 = 256 << 20;
const MAX_MESSAGES: u64 = 64 << 10;

/// What one `git` may cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub time: Duration,
    /// Of the folder that it works in.
    pub bytes: u64,
}

/// Why a repository could not be read. The sentences are for the person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum GitError {
    /// The address is not one that is read.
    #[error("{0}")]
    Refused(String),
    #[error("The program git is not installed on the server's machine, or not on its PATH")]
    NoGit,
    #[error("The repository {url} cannot be reached: {detail}")]
    Unreachable { url: String, detail: String },
    #[error(
        "The repository {0} asks for credentials. Give the server's user an SSH key that may read it, and use its ssh address"
    )]
    NeedsCredentials(String),
    #[error(
        "The server's user does not know the SSH key of the host of {0}, or the host shows another one. Compare it with the key that the host publishes, then add it to known_hosts, as in: ssh-keyscan HOST >> ~/.ssh/known_hosts"
    )]
    UnknownHost(String),
    #[error("There is no repository at {0}, or it may only be seen with credentials")]
    NotFound(String),
    #[error("The repository {url} has no branch {branch}")]
    NoBranch { url: String, branch: String },
    #[error("The repository {0} is empty")]
    Empty(String),
    #[error("git did not finish within {0} s")]
    TooSlow(u64),
    #[error("The repository is larger than {} MB, which is the most that is fetched", .0 >> 20)]
    TooLarge(u64),
    #[error("The cache folder {folder} cannot be used: {detail}")]
    Cache { folder: PathBuf, detail: String },
    /// What git itself said.
    #[error("git failed: {0}")]
    Failed(String),
}

impl GitError {
    pub(super) fn cache(folder: &Path, error: &std::io::Error) -> Self {
        GitError::Cache { folder: folder.to_owned(), detail: error.to_string() }
    }

    /// Reads what git said, in its untranslated messages, as being about one repository.
    pub(super) fn about(self, url: &str, branch: Option<&str>) -> Self {
        let GitError::Failed(said) = &self else { return self };
        let has = |words: &[&str]| words.iter().any(|words| said.contains(words));
        let url = url.to_owned();
        if has(&["couldn't find remote ref"]) {
            return match branch {
                Some(branch) => GitError::NoBranch { url, branch: branch.to_owned() },
                None => GitError::Empty(url),
            };
        }
        // A host that shows another key than before is told in a long banner, whose last line may be cut.
        if has(&["Host key verification failed", "HOST IDENTIFICATION HAS CHANGED"]) {
            return GitError::UnknownHost(url);
        }
        // The numbers with the words around them: they may well stand in an address.
        if has(&[
            "could not read Username",
            "Authentication failed",
            "Permission denied (",
            "returned error: 401",
            "returned error: 403",
        ]) {
            return GitError::NeedsCredentials(url);
        }
        if has(&[
            "not found",
            "does not appear to be a git repository",
            "Repository not found",
            "returned error: 404",
        ]) {
            return GitError::NotFound(url);
        }
        let network = [
            "Could not resolve host",
            "Couldn't resolve host",
            "Failed to connect",
            "Connection refused",
            "timed out",
            "Operation too slow",
            "not responding",
            "Connection reset",
            "Network is unreachable",
            "No route to host",
            "unable to access",
            "SSL",
            "Could not read from remote",
        ];
        if has(&network) {
            return GitError::Unreachable { url, detail: said.clone() };
        }
        self
    }
}

/// A `git` that is about to run in a folder.
pub(super) struct Git {
    command: Command,
    folder: PathBuf,
    limits: Limits,
}

/// Everything that keeps a repository from running something here, and a silent server from keeping one of ours.
const CONFIG: [(&str, &str); 12] = [
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),
    ("core.askPass", ""),
    ("credential.helper", ""),
    ("protocol.ext.allow", "never"),
    ("http.followRedirects", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("fetch.fsckObjects", "true"),
    // A pack for each fetch, however small: they are what is counted before a mirror is made anew.
    ("fetch.unpackLimit", "1"),
    // Whoever stops `git` does not stop the helpers that it started: below this many bytes a second for this many seconds they end
    // by themselves, as ssh does by its own options.
    ("http.lowSpeedLimit", "1000"),
    ("http.lowSpeedTime", "60"),
];

/// The variables that are handed on: where programs are, the user's SSH keys, proxies, certificates.
const HANDED_ON: [&str; 14] = [
    "PATH",
    "HOME",
    "SSH_AUTH_SOCK",
    "TMPDIR",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "GIT_SSL_CAINFO",
];

/// The environment of every `git`.
pub(super) fn environment() -> Vec<(String, String)> {
    let own = [
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_OPTIONAL_LOCKS", "0"),
        ("GIT_NO_REPLACE_OBJECTS", "1"),
        ("GIT_NO_LAZY_FETCH", "1"),
        ("GIT_ATTR_NOSYSTEM", "1"),
        (
            "GIT_SSH_COMMAND",
            "ssh -oBatchMode=yes -oConnectTimeout=20 -oServerAliveInterval=15 -oServerAliveCountMax=4",
        ),
        ("SSH_ASKPASS_REQUIRE", "never"),
        ("LC_ALL", "C"),
    ];
    let handed_on = HANDED_ON.iter().filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?)));
    handed_on.chain(own.map(|(name, value)| (name.to_owned(), value.to_owned()))).collect()
}

/// The options before every command.
pub(super) fn options() -> impl Iterator<Item = String> {
    CONFIG.into_iter().flat_map(|(key, value)| ["-c".to_owned(), format!("{key}={value}")])
}

/// A `git` in `folder`.
pub(super) fn git(folder: &Path, limits: Limits) -> Git {
    let mut command = Command::new("git");
    command
        .env_clear()
        .envs(environment())
        .args(options())
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    Git { command, folder: folder.to_owned(), limits }
}

impl Git {
    /// One more setting; only before the first argument.
    pub fn config(mut self, key: &str, value: &str) -> Self {
        self.command.arg("-c").arg(format!("{key}={value}"));
        self
    }

    /// Variables over those that are handed on.
    pub fn variables(mut self, variables: Vec<(&'static str, String)>) -> Self {
        self.command.envs(variables);
        self
    }

    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    /// Runs it and gives what it printed.
    pub async fn text(self) -> Result<String, GitError> {
        Ok(String::from_utf8_lossy(&self.bytes().await?).into_owned())
    }

    /// Runs it and gives what it printed.
    pub async fn bytes(mut self) -> Result<Vec<u8>, GitError> {
        let mut child = self.command.spawn().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound if self.folder.exists() => GitError::NoGit,
            _ => GitError::cache(&self.folder, &error),
        })?;
        let (output, messages) = (child.stdout.take(), child.stderr.take());
        let run = async {
            let (output, messages) = tokio::join!(drain(output, MAX_OUTPUT), drain(messages, MAX_MESSAGES));
            let status = child.wait().await.map_err(|error| GitError::Failed(error.to_string()))?;
            if status.success() { Ok(output) } else { Err(GitError::Failed(said(&messages))) }
        };
        tokio::select! {
            result = run => result,
            error = self.watch() => Err(error),
        }
    }

    /// Ends when a limit is broken; the caller then drops the child, which kills it.
    async fn watch(&self) -> GitError {
        let step = Duration::from_secs(1);
        let mut waited = Duration::ZERO;
        while waited < self.limits.time {
            tokio::time::sleep(step).await;
            waited += step;
            if self.limits.bytes < u64::MAX && size(&self.folder) > self.limits.bytes {
                return GitError::TooLarge(self.limits.bytes);
            }
        }
        GitError::TooSlow(self.limits.time.as_secs())
    }
}

async fn drain(from: Option<impl AsyncRead + Unpin>, limit: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(from) = from
        && let Err(error) = from.take(limit).read_to_end(&mut bytes).await
    {
        tracing::debug!("the output of git broke off: {error}");
    }
    bytes
}

/// The lines of git that say why, without their prefixes, short enough for a page.
fn said(messages: &[u8]) -> String {
    let text = String::from_utf8_lossy(messages);
    let lines: Vec<&str> = text
        .lines()
        .map(|line| {
            line.trim_start_matches("fatal: ")
                .trim_start_matches("error: ")
                .trim_start_matches("remote: ")
                .trim()
        })
        .filter(|line| !line.is_empty())
        .take(3)
        .collect();
    match lines.as_slice() {
        [] => "it gave no reason".to_owned(),
        lines => lines.join("; ").chars().take(400).collect(),
    }
}

fn size(folder: &Path) -> u64 {
    let mut sum = 0;
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(about) if about.is_dir() => waiting.push(entry.path()),
                Ok(about) => sum += about.len(),
                Err(_) => {}
            }
        }
    }
    sum
}
