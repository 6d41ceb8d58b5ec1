//! Lines come back as they were said, from any number on.

use jiff::Timestamp;

use super::{CAP, Level, Line, Logs};
use crate::on_both_databases;

fn line(text: &str) -> Line {
    Line { at: Timestamp::UNIX_EPOCH, level: Level::Plain, text: text.to_owned() }
}

/// How many files a folder holds; none where there is no folder.
fn files(folder: &std::path::Path) -> usize {
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

fn texts(lines: &[(i64, Line)]) -> Vec<(i64, &str)> {
    lines.iter().map(|(number, line)| (*number, line.text.as_str())).collect()
}

on_both_databases!(lines_are_numbered_and_read_from_anywhere, |db| async move {
    let folder = tempfile::tempdir().expect("a folder");
    let logs = Logs::in_folder(folder.path()).expect("logs");
    for words in [&["a", "b"][..], &["c"], &["d", "e"]] {
        let mut tx = db.begin().await.expect("begin");
        let lines = words.iter().map(|word| line(word)).collect();
        logs.append_in_tx(&mut tx, "step", lines, Timestamp::UNIX_EPOCH).await.expect("written");
        tx.commit().await.expect("commit");
    }
    let all = logs.read(&db, "step", 0, 100).await.expect("read");
    assert_eq!(texts(&all), [(0, "a"), (1, "b"), (2, "c"), (3, "d"), (4, "e")]);
    let some = logs.read(&db, "step", 1, 3).await.expect("read");
    assert_eq!(texts(&some), [(1, "b"), (2, "c"), (3, "d")]);
    assert!(logs.read(&db, "another", 0, 10).await.expect("read").is_empty());
    let last = logs.read_end(&db, "step", 3).await.expect("read");
    assert_eq!(texts(&last), [(2, "c"), (3, "d"), (4, "e")]);
    assert_eq!(logs.read_end(&db, "step", 100).await.expect("read"), all);
    assert!(logs.read_end(&db, "another", 10).await.expect("read").is_empty());
});

on_both_databases!(what_was_rolled_back_was_never_said, |db| async move {
    let folder = tempfile::tempdir().expect("a folder");
    let logs = Logs::in_folder(folder.path()).expect("logs");
    let mut tx = db.begin().await.expect("begin");
    logs.append_in_tx(&mut tx, "step", vec![line("lost")], Timestamp::UNIX_EPOCH).await.expect("written");
    drop(tx);
    assert!(logs.read(&db, "step", 0, 10).await.expect("read").is_empty());
});

on_both_databases!(what_is_put_is_read_once_it_is_noted, |db| async move {
    let folder = tempfile::tempdir().expect("a folder");
    let logs = Logs::in_folder(folder.path()).expect("logs");
    let now = Timestamp::UNIX_EPOCH;
    assert!(logs.put(&db, "step", Vec::new(), now).await.expect("nothing to put").is_none());
    // The slow part takes no transaction away from others: SQLite has one at a time.
    let mut others = db.begin().await.expect("begin");
    let part = logs.put(&db, "step", vec![line("a")], now).await.expect("put").expect("a part");
    assert!(logs.read(&db, "step", 0, 10).await.expect("read").is_empty());
    part.note_in_tx(&mut others, now).await.expect("noted");
    others.commit().await.expect("commit");
    let lost = logs.put(&db, "step", vec![line("lost")], now).await.expect("put").expect("a part");
    logs.take_back(&lost).await;
    assert_eq!(texts(&logs.read(&db, "step", 0, 10).await.expect("read")), [(0, "a")]);
    assert_eq!(files(&folder.path().join("step")), 1);
});

on_both_databases!(what_is_forgotten_takes_its_objects_along_and_those_of_nobody, |db| async move {
    let folder = tempfile::tempdir().expect("a folder");
    let logs = Logs::in_folder(folder.path()).expect("logs");
    let now = Timestamp::UNIX_EPOCH;
    for owner in ["step", "other"] {
        let mut tx = db.begin().await.expect("begin");
        logs.append_in_tx(&mut tx, owner, vec![line("a")], now).await.expect("written");
        tx.commit().await.expect("commit");
    }
    logs.put(&db, "step", vec![line("never noted")], now).await.expect("put").expect("a part");
    let mut tx = db.begin().await.expect("begin");
    logs.forget_in_tx(&mut tx, &["step".to_owned(), "never".to_owned()]).await.expect("forgotten");
    tx.commit().await.expect("commit");
    assert!(logs.read(&db, "step", 0, 10).await.expect("read").is_empty());
    for owner in ["step", "step", "never"] {
        logs.remove(owner).await.expect("removed, once and again");
    }
    assert_eq!(files(&folder.path().join("step")), 0);
    assert_eq!(texts(&logs.read(&db, "other", 0, 10).await.expect("read")), [(0, "a")]);
});

on_both_databases!(a_full_log_says_so_once, |db| async move {
    let folder = tempfile::tempdir().expect("a folder");
    let logs = Logs::in_folder(folder.path()).expect("logs");
    let long = "x".repeat(7_000);
    for _ in 0..3 {
        let mut tx = db.begin().await.expect("begin");
        let lines = std::iter::repeat_n(line(&long), (CAP / 7_000 / 2) as usize + 1).collect();
        logs.append_in_tx(&mut tx, "step", lines, Timestamp::UNIX_EPOCH).await.expect("written");
        tx.commit().await.expect("commit");
    }
    let all = logs.read(&db, "step", 0, usize::MAX).await.expect("read");
    let notices = all.iter().filter(|(_, line)| line.text.starts_with("This log is full")).count();
    assert_eq!(notices, 1);
    assert!(all.last().is_some_and(|(_, line)| line.level == Level::Warning));
});
