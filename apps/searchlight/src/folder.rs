//! The data folder: one place for records, log and live state, locked by the process that has it open.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
};

use fs4::FileExt;
use kernel::WorkspaceId;

use crate::config;

/// A data folder this process has to itself until it is dropped.
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

/// Why a data folder cannot be used: one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another process has it open.
    #[error("the data folder {0} is in use by another Searchlight; stop it, or choose another --data-dir")]
    InUse(PathBuf),
    /// It is somebody else's.
    #[error("{0} holds other files and no Searchlight data; choose an empty folder as --data-dir")]
    NotOurs(PathBuf),
    /// This user may not write there.
    #[error(
        "the data folder {path} belongs to user {owner} and this process runs as user {user}, who may not write there; \
         run it as user {owner}, or give the folder to user {user} with chown -R"
    )]
    Denied {
        /// Which folder.
        path: PathBuf,
        /// The number of the user it belongs to.
        owner: u32,
        /// The number of the user we are.
        user: u32,
    },
    /// The disk takes no changes.
    #[error("the data folder {0} is on a read-only disk; mount it for writing, or choose another --data-dir")]
    ReadOnly(PathBuf),
    /// The disk is full.
    #[error("the disk of the data folder {0} is full; make room, then start again")]
    Full(PathBuf),
    /// A file stands where the folder should be.
    #[error("{0} is a file, not a folder; choose another --data-dir")]
    NotAFolder(PathBuf),
    /// The file system refused.
    #[error("the data folder {path} cannot be used: {source}; check its path and the disk")]
    Io {
        /// Which folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl FolderError {
    fn of(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::PermissionDenied => {
                let there = path.ancestors().find_map(|part| fs::metadata(part).ok());
                let user = rustix::process::geteuid().as_raw();
                Self::Denied { path: path.to_owned(), owner: there.map_or(0, |about| about.uid()), user }
            }
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly(path.to_owned()),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full(path.to_owned()),
            io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => Self::NotAFolder(path.to_owned()),
            _ => Self::Io { path: path.to_owned(), source },
        }
    }
}

/// What may lie in a folder before it is ours: its configuration, and what a file system puts into its root.
const BEFORE_US: &[&str] = &[config::FILE, "lost+found"];

impl DataFolder {
    /// Makes the folder if it is not there, for this user and group alone, and locks it.
    ///
    /// # Errors
    /// [`FolderError`] says what to do.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let refused = |source| FolderError::of(path, source);
        DirBuilder::new().recursive(true).mode(0o750).create(path).map_err(refused)?;
        let place = path.join("lock");
        if !place.exists() {
            let foreign = fs::read_dir(path).map_err(refused)?.filter_map(Result::ok).any(|entry| {
                let name = entry.file_name();
                !BEFORE_US.iter().any(|known| name == *known) && !name.as_encoded_bytes().starts_with(b".")
            });
            if foreign {
                return Err(FolderError::NotOurs(path.to_owned()));
            }
        }
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(place).map_err(refused)?;
        match FileExt::try_lock(&lock) {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(fs4::TryLockError::WouldBlock) => Err(FolderError::InUse(path.to_owned())),
            Err(fs4::TryLockError::Error(source)) => Err(refused(source)),
        }
    }

    /// The address of the embedded records.
    pub fn records_url(&self) -> String {
        format!("sqlite:{}", self.path.join("records.sqlite").display())
    }

    /// Where a workspace's log lives.
    pub fn log(&self, workspace: WorkspaceId) -> PathBuf {
        self.path.join("log").join(workspace.to_string())
    }

    /// Where a workspace's snapshots live.
    pub fn live(&self, workspace: WorkspaceId) -> PathBuf {
        self.path.join("live").join(workspace.to_string())
    }

    /// A file of the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_open_once() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("data");
        let first = DataFolder::open(&path).unwrap();
        assert!(matches!(DataFolder::open(&path), Err(FolderError::InUse(_))));
        drop(first);
        assert!(DataFolder::open(&path).is_ok());
    }
    #[test]
    fn a_folder_of_somebody_else_is_left_alone() {
        let parent = tempfile::tempdir().unwrap();
        fs::write(parent.path().join("photo.jpg"), "").unwrap();
        assert!(matches!(DataFolder::open(parent.path()), Err(FolderError::NotOurs(_))));
        assert!(!parent.path().join("lock").exists());
        assert!(matches!(DataFolder::open(&parent.path().join("photo.jpg")), Err(FolderError::NotAFolder(_))));

        let fresh = tempfile::tempdir().unwrap();
        fs::write(fresh.path().join(config::FILE), "").unwrap();
        assert!(DataFolder::open(fresh.path()).is_ok(), "its own configuration may be there before it");
    }
}
