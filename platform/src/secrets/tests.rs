//! What is sealed opens for its own row with its own key, and for nothing else.

use std::os::unix::fs::PermissionsExt;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use super::Keys;
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
    let again = Keys::open(&db, &path, Timestamp::UNIX_EPOCH).await.expect("opened again");
    again.rotate(&db, Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(1)).await.expect("rotated");
    assert_eq!(again.unseal(&sealed, "cluster/1").expect("an old text opens").expose_secret(), "token-1234");
    let newer = again.seal(&secret(), "x").expect("sealed");
    assert!(keys.unseal(&newer, "x").is_err(), "a key that this one has not read");
    let reread = Keys::open(&db, &path, Timestamp::UNIX_EPOCH).await.expect("opened again");
    assert_eq!(reread.unseal(&newer, "x").expect("opened").expose_secret(), "token-1234");
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
    crate::secrets::key_file::load(&other, true).expect("another key");
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
