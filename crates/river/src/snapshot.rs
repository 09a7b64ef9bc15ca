//! Snapshots of live state: a file that either is whole or is ignored.
//!
//! Layout: magic `SLSN`, version u32, next offset u64, crc32 of all else u32, then the body compressed with zstd. It is
//! written beside the old one, synced and renamed over it, so a crash leaves the old snapshot or the new one.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use kernel::Offset;

/// Why a snapshot is not used. The reader then rebuilds from the log: nothing is lost but time.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The file system refused.
    #[error("the snapshot cannot be read or written")]
    Io(#[from] io::Error),
    /// Live state could not be written down.
    #[error("live state cannot be written down")]
    Body(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Not a snapshot, of another version, or damaged.
    #[error("the snapshot is of another version or damaged")]
    Unusable,
}

const MAGIC: &[u8; 4] = b"SLSN";
const HEAD_BYTES: usize = 20;
const CHECK_AT: usize = 16;

/// An offset that is wrong by one is as bad as a wrong body, so both are checked.
fn check(head: &[u8], body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(head);
    hasher.update(body);
    hasher.finalize()
}

/// Writes a snapshot of the state before `next`.
pub fn write(path: &Path, version: u32, next: Offset, body: &[u8]) -> Result<(), SnapshotError> {
    let body = zstd::bulk::compress(body, 1)?;
    let mut bytes = Vec::with_capacity(HEAD_BYTES + body.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&version.to_le_bytes());
    bytes.extend_from_slice(&next.0.to_le_bytes());
    bytes.extend_from_slice(&check(&bytes, &body).to_le_bytes());
    bytes.extend_from_slice(&body);

    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let fresh = path.with_extension("fresh");
    let mut file = File::create(&fresh)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// Reads a snapshot; `None` when there is none.
pub fn read(path: &Path, version: u32) -> Result<Option<(Offset, Vec<u8>)>, SnapshotError> {
    let bytes = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        bytes => bytes?,
    };
    let (head, body) = bytes.split_at_checked(HEAD_BYTES).ok_or(SnapshotError::Unusable)?;
    let u32_at = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    if &head[..4] != MAGIC || u32_at(4) != version || u32_at(CHECK_AT) != check(&head[..CHECK_AT], body) {
        return Err(SnapshotError::Unusable);
    }
    let next = Offset(u64::from(u32_at(8)) | u64::from(u32_at(12)) << 32);
    Ok(Some((next, zstd::stream::decode_all(body)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_is_whole_or_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("live/network.snap");
        assert!(read(&path, 1).unwrap().is_none());
        write(&path, 1, Offset(77), b"state").unwrap();
        assert_eq!(read(&path, 1).unwrap(), Some((Offset(77), b"state".to_vec())));
        assert!(matches!(read(&path, 2), Err(SnapshotError::Unusable)), "another version");

        let mut bytes = fs::read(&path).unwrap();
        for cut in 0..bytes.len() {
            fs::write(&path, &bytes[..cut]).unwrap();
            assert!(read(&path, 1).is_err(), "cut at {cut}");
        }
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            fs::write(&path, &bytes).unwrap();
            assert!(read(&path, 1).is_err(), "bit {bit} is flipped");
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
    }
}
