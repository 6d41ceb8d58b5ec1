use std::process::Command;

use super::*;
use crate::catalog::tree::Tree;

pub(crate) fn run(folder: &Path, args: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main"])
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .current_dir(folder)
        .output()
        .expect("git runs");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    run(folder.path(), &["init", "--quiet"]);
    commit(folder.path(), files);
    folder
}

fn commit(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    run(folder, &["add", "--all"]);
    run(folder, &["commit", "--quiet", "--allow-empty", "-m", "change"]);
}

fn below(root: &Path) -> Bounds {
    Bounds { roots: vec![root.to_owned()], own: None }
}

async fn fetched(repository: &Path, mirror: &Path, branch: Option<&str>) -> Result<Commit, GitError> {
    let url = repository.display().to_string();
    fetch(mirror, &url, branch, &below(repository), &Outgoing::default()).await
}

#[tokio::test]
async fn files_are_read_from_the_newest_commit_of_the_branch() {
    let repository = repository(&[("all.yaml", "one"), ("a/b.yaml", "two")]);
    let cache = tempfile::tempdir().expect("a folder");
    let mirror = cache.path().join("git/mirror");
    let first = fetched(repository.path(), &mirror, None).await.expect("the first commit");
    let listing = first.list().await.expect("its files");
    assert_eq!(listing.files.keys().collect::<Vec<_>>(), ["a/b.yaml", "all.yaml"]);
    assert_eq!(first.open(&listing).expect("objects").read("a/b.yaml", 100).as_deref(), Ok(&b"two"[..]));
    assert!(
        first
            .open(&listing)
            .expect("objects")
            .read("a/b.yaml", 2)
            .is_err_and(|sentence| sentence.contains("3 bytes"))
    );

    commit(repository.path(), &[("all.yaml", "changed")]);
    run(repository.path(), &["checkout", "--quiet", "-b", "other"]);
    commit(repository.path(), &[("all.yaml", "other")]);
    let second = fetched(repository.path(), &mirror, Some("main")).await.expect("the second commit");
    assert_ne!(first.hash, second.hash);
    assert_eq!(packs(&mirror), 2, "each fetch is a pack, so that their number tells how old a mirror is");
    let listing = second.list().await.expect("its files");
    assert_eq!(second.open(&listing).expect("objects").read("all.yaml", 100).as_deref(), Ok(&b"changed"[..]));
}

#[tokio::test]
async fn nothing_of_a_repository_runs_and_links_are_not_followed() {
    let repository = repository(&[("all.yaml", "x"), (".gitattributes", "*.yaml filter=evil")]);
    let proof = repository.path().join("proof");
    let hook = repository.path().join(".git/hooks/post-upload-pack");
    std::fs::create_dir_all(hook.parent().expect("a parent")).expect("a folder");
    std::fs::write(&hook, format!("#!/bin/sh\ntouch {}\n", proof.display())).expect("a hook");
    run(repository.path(), &["config", "filter.evil.smudge", &format!("touch {}", proof.display())]);
    run(repository.path(), &["config", "uploadpack.packObjectsHook", &format!("touch {}", proof.display())]);
    std::os::unix::fs::symlink("/etc/passwd", repository.path().join("catalog-info.yaml")).expect("a link");
    commit(repository.path(), &[]);
    let cache = tempfile::tempdir().expect("a folder");
    let commit = fetched(repository.path(), &cache.path().join("m"), None).await.expect("a commit");
    let listing = commit.list().await.expect("its files");
    assert!(
        matches!(&listing.files["catalog-info.yaml"], Listed::Refused(why) if why.contains("symbolic link"))
    );
    let mut objects = commit.open(&listing).expect("objects");
    assert_eq!(objects.read("all.yaml", 100).as_deref(), Ok(&b"x"[..]));
    assert!(objects.read("catalog-info.yaml", 100).is_err());
    assert!(!proof.exists());
}

#[tokio::test]
async fn says_in_words_what_is_wrong() {
    let repository = repository(&[("all.yaml", "x")]);
    let cache = tempfile::tempdir().expect("a folder");
    let mirror = cache.path().join("m");
    let error = fetched(repository.path(), &mirror, Some("nope")).await.expect_err("no such branch");
    assert!(matches!(&error, GitError::NoBranch { branch, .. } if branch == "nope"), "{error}");
    let empty = tempfile::tempdir().expect("a folder");
    assert!(matches!(fetched(empty.path(), &mirror, None).await, Err(GitError::NotFound(_))));
    run(empty.path(), &["init", "--quiet"]);
    assert!(matches!(fetched(empty.path(), &mirror, None).await, Err(GitError::Empty(_))));
    let outside = fetch(&mirror, "/etc", None, &below(empty.path()), &Outgoing::default()).await;
    assert!(matches!(outside, Err(GitError::Refused(_))));
    // Nothing listens on the port of TCP 1 of this machine.
    let url = "https://127.0.0.1:1/x.git";
    let unreachable = fetch(&mirror, url, None, &Bounds::default(), &Outgoing::default()).await;
    assert!(matches!(unreachable, Err(GitError::Unreachable { .. })), "{unreachable:?}");
}

#[tokio::test]
async fn what_a_fetch_that_was_cut_off_leaves_is_in_nobody_s_way() {
    let repository = repository(&[("all.yaml", "one")]);
    let cache = tempfile::tempdir().expect("a folder");
    let mirror = cache.path().join("m");
    fetched(repository.path(), &mirror, None).await.expect("the first commit");
    for left in ["shallow.lock", "refs/slipway/read.lock", "objects/pack/tmp_pack_x"] {
        std::fs::write(mirror.join(left), "").expect("a file");
        commit(repository.path(), &[("all.yaml", left)]);
        let newest =
            fetched(repository.path(), &mirror, None).await.unwrap_or_else(|error| panic!("{left}: {error}"));
        let listing = newest.list().await.expect("its files");
        let mut objects = newest.open(&listing).expect("objects");
        assert_eq!(objects.read("all.yaml", 100).as_deref(), Ok(left.as_bytes()));
        assert!(!mirror.join(left).exists(), "{left}");
    }
    // One that was cut off while it was made.
    std::fs::remove_dir_all(mirror.join("objects")).expect("they were there");
    fetched(repository.path(), &mirror, None).await.expect("a mirror made anew");
}

#[tokio::test]
async fn whoever_waits_for_a_silent_server_gives_up_by_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    for (key, value) in [("http.lowSpeedLimit", "1000\n"), ("http.lowSpeedTime", "60\n")] {
        let set = git(folder.path(), LOCAL).args(["config", "--get", key]).text().await;
        assert_eq!(set.as_deref(), Ok(value), "{key}");
    }
    let ssh = command::environment().into_iter().find(|(name, _)| name == "GIT_SSH_COMMAND");
    let (_, ssh) = ssh.expect("ssh is told how to be called");
    assert!(ssh.contains("-oServerAliveInterval=15") && ssh.contains("-oServerAliveCountMax=4"), "{ssh}");
}

#[test]
fn messages_of_git_become_words() {
    let about = |said: &str| GitError::Failed(said.to_owned()).about("u", Some("b"));
    let table = [
        (
            "could not read Username for 'https://x': terminal prompts disabled",
            GitError::NeedsCredentials("u".into()),
        ),
        ("git@x: Permission denied (publickey).", GitError::NeedsCredentials("u".into())),
        (
            "unable to access 'https://x/': The requested URL returned error: 403",
            GitError::NeedsCredentials("u".into()),
        ),
        (
            "unable to access 'https://x/': The requested URL returned error: 404",
            GitError::NotFound("u".into()),
        ),
        (
            "No ED25519 host key is known for x; Host key verification failed.; Could not read from remote repository.",
            GitError::UnknownHost("u".into()),
        ),
        (
            "@@@@; @    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @; @@@@",
            GitError::UnknownHost("u".into()),
        ),
        ("repository 'https://x/' not found", GitError::NotFound("u".into())),
        ("couldn't find remote ref refs/heads/b", GitError::NoBranch { url: "u".into(), branch: "b".into() }),
    ];
    for (said, error) in table {
        assert_eq!(about(said), error, "{said}");
    }
    let network = "unable to access 'https://x/': Could not resolve host: x";
    assert!(matches!(about(network), GitError::Unreachable { .. }));
    for silent in [
        "RPC failed; curl 28 Operation too slow. Less than 1000 bytes/sec transferred the last 60 seconds",
        "Timeout, server x not responding.; fetch-pack: unexpected disconnect while reading sideband packet",
    ] {
        assert!(matches!(about(silent), GitError::Unreachable { .. }), "{silent}");
    }
    let numbered = "unable to access 'https://x/401/404': Connection refused";
    assert!(matches!(about(numbered), GitError::Unreachable { .. }));
    assert!(GitError::UnknownHost("git@x:y".into()).to_string().contains("ssh-keyscan"));
    assert!(matches!(about("something else"), GitError::Failed(_)));
}
