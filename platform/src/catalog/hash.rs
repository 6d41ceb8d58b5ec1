//! Content hashes: SHA-256 in hex.

use sha2::{Digest, Sha256};

/// The hash of several parts; where one ends matters.
pub(crate) fn hex(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        if parts.len() > 1 {
            hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        }
        hasher.update(part);
    }
    hex::encode(hasher.finalize())
}
