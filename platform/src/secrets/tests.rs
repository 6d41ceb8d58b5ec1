//! What is sealed opens for its own row with its own key, and for nothing else.

use std::os::unix::fs::PermissionsExt;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use super::{KeyFile, Keys, key_file, new_data_key, rotate};
use crate::on_both_databases;

fn secret() -> SecretString {
    SecretString::from("token-1234".to_owned())
}

on_both_databases!(sealed_texts_open_in_their_own_row_only, |db| async move {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("keys/key");
    let keys = Keys::open(&db, &path, Timestamp::UNIX_EPOCH).await.expect("keys");
    let sealed = keys.seal(&secret(), "cluster/1").expect("sealed");
    assert!(!sealed.contains("token"));
    assert_ne!(sealed, keys.seal(&secret(), "cluster/1").expect("sealed"), "never the same twice");
    assert_eq!(keys.unseal(&sealed, "cluster/1").expect("opened").expose_secret(), "token-1234");
    assert!(keys.unseal(&sealed, "cluster/2").is_err(), "another row");
    for at in [5, sealed.len() / 2, sealed.len() - 1] {
        let mut altered = sealed.clone().into_bytes();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        assert!(
            keys.unseal(&String::from_utf8(altered).expect("text"), "cluster/1").is_err(),
            "altered at {at}"
        );
    }
});

on_both_databases!(the_newest_data_key_seals_and_older_ones_still_open, |db| async move {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key");
    let keys = Keys::open(&db, &path, Timestamp::UNIX_EPOCH).await.expect("keys");
    let sealed = keys.seal(&secret(), "x").expect("sealed");
    let key_file = KeyFile::load(&path, false).expect("the key");
    let mut tx = db.begin().await.expect("begin");
    let later = Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(1);
    new_data_key(&mut tx, key_file.newest(), later).await.expect("a data key");
    tx.commit().await.expect("commit");
    let again = Keys::open(&db, &path, later).await.expect("opened again");
    assert_eq!(again.unseal(&sealed, "x").expect("an old text opens").expose_secret(), "token-1234");
    let newer = again.seal(&secret(), "x").expect("sealed");
    assert!(keys.unseal(&newer, "x").is_err(), "a key that this one has not read");
    assert_eq!(again.unseal(&newer, "x").expect("opened").expose_secret(), "token-1234");
});

on_both_databases!(a_key_that_was_never_put_in_its_place_is_cleared_away, |db| async move {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, left) = (folder.path().join("key"), folder.path().join("key.new-0123456789abcdef"));
    std::fs::write(&left, "half a k").expect("written");
    std::fs::write(folder.path().join("key.old"), "somebody's own").expect("written");
    Keys::open(&db, &path, Timestamp::UNIX_EPOCH).await.expect("keys");
    let mut names: Vec<_> = std::fs::read_dir(folder.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("text"))
        .collect();
    names.sort();
    assert_eq!(names, ["key", "key.old"]);
});

on_both_databases!(a_key_file_is_private_and_the_right_one, |db| async move {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key");
    let open = async || {
        Keys::open(&db, &path, Timestamp::UNIX_EPOCH).await.map(|_| ()).map_err(|error| error.to_string())
    };
    open().await.expect("made");
    let mode = std::fs::metadata(&path).expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("chmod");
    assert!(open().await.expect_err("others can read it").contains("chmod 600"));
    std::fs::remove_file(&path).expect("removed");
    assert!(open().await.expect_err("it is missing").contains("is missing"));
    let other = tempfile::tempdir().expect("a folder").path().join("key");
    key_file::load(&other, true).expect("another key");
    std::fs::copy(&other, &path).expect("copied");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("chmod");
    assert!(open().await.expect_err("another key").contains("not the one"));
});

on_both_databases!(two_that_start_at_once_share_one_key, |db| async move {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key");
    // The file is made by whoever is first; here it is the keys in the database that two may make at once.
    std::fs::write(&path, "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=").expect("a key");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("chmod");
    let opened = (0..6).map(|_| Keys::open(&db, &path, Timestamp::UNIX_EPOCH));
    let opened = futures::future::join_all(opened).await;
    let keys: Vec<Keys> = opened.into_iter().map(|keys| keys.expect("keys")).collect();
    let sealed = keys[0].seal(&secret(), "x").expect("sealed");
    for other in &keys {
        assert_eq!(other.unseal(&sealed, "x").expect("opened").expose_secret(), "token-1234");
    }
});

on_both_databases!(a_rotated_key_opens_what_was_sealed_and_the_old_one_nothing, |db| async move {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, kept) = (folder.path().join("key"), folder.path().join("kept"));
    let running = Keys::open(&db, &path, Timestamp::UNIX_EPOCH).await.expect("keys");
    let sealed = running.seal(&secret(), "x").expect("sealed");
    std::fs::copy(&path, &kept).expect("copied");
    rotate(&db, &path, Timestamp::UNIX_EPOCH).await.expect("rotated");

    let meanwhile = running.seal(&secret(), "y").expect("the one that runs goes on");
    let started = Keys::open(&db, &path, Timestamp::UNIX_EPOCH).await.expect("the new key opens");
    assert_eq!(started.unseal(&sealed, "x").expect("opened").expose_secret(), "token-1234");
    assert_eq!(started.unseal(&meanwhile, "y").expect("opened").expose_secret(), "token-1234");
    let error = Keys::open(&db, &kept, Timestamp::UNIX_EPOCH).await.expect_err("the old key");
    assert!(error.to_string().contains("not the one"), "{error}");
    assert_eq!(key_file::load(&path, false).expect("keys").len(), 1);
    let mode = std::fs::metadata(&path).expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
});

on_both_databases!(a_rotation_that_ended_half_way_loses_nothing, |db| async move {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key");
    let keys = Keys::open(&db, &path, Timestamp::UNIX_EPOCH).await.expect("keys");
    let sealed = keys.seal(&secret(), "x").expect("sealed");
    let old = key_file::load(&path, false).expect("keys")[0];
    let opens = async || {
        let keys = Keys::open(&db, &path, Timestamp::UNIX_EPOCH).await.expect("the file opens everything");
        assert_eq!(keys.unseal(&sealed, "x").expect("opened").expose_secret(), "token-1234");
    };
    // It ended before the database had what the new key wrapped.
    key_file::replace(&path, &[[7; 32], old]).expect("replaced");
    opens().await;
    rotate(&db, &path, Timestamp::UNIX_EPOCH).await.expect("rotated");
    opens().await;
    // It ended after that, before the old key was taken out.
    let new = key_file::load(&path, false).expect("keys")[0];
    key_file::replace(&path, &[new, old]).expect("replaced");
    opens().await;
    rotate(&db, &path, Timestamp::UNIX_EPOCH).await.expect("rotated");
    opens().await;
    assert_eq!(key_file::load(&path, false).expect("keys").len(), 1);
});

on_both_databases!(several_rotations_at_once_leave_one_key_that_opens_everything, |db| async move {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key");
    let keys = Keys::open(&db, &path, Timestamp::UNIX_EPOCH).await.expect("keys");
    let sealed = keys.seal(&secret(), "x").expect("sealed");
    let rotations = (0..6).map(|_| rotate(&db, &path, Timestamp::UNIX_EPOCH));
    for rotated in futures::future::join_all(rotations).await {
        rotated.expect("rotated");
    }
    let keys = Keys::open(&db, &path, Timestamp::UNIX_EPOCH).await.expect("keys");
    assert_eq!(keys.unseal(&sealed, "x").expect("opened").expose_secret(), "token-1234");
    assert_eq!(key_file::load(&path, false).expect("keys").len(), 1);
});

on_both_databases!(a_key_that_does_not_fit_is_not_rotated, |db| async move {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, other) = (folder.path().join("key"), folder.path().join("other"));
    let error = rotate(&db, &path, Timestamp::UNIX_EPOCH).await.expect_err("there is none");
    assert!(error.to_string().contains("no key yet"), "{error}");
    Keys::open(&db, &path, Timestamp::UNIX_EPOCH).await.expect("keys");
    let before = key_file::load(&other, true).expect("another key");
    rotate(&db, &other, Timestamp::UNIX_EPOCH).await.expect_err("it opens nothing");
    assert_eq!(key_file::load(&other, false).expect("keys"), before);
});
