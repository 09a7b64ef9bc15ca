//! The data folder: one place for records, log and live state, locked by the process that has it open.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use fs4::FileExt;
use kernel::WorkspaceId;

/// A data folder this process has to itself until it is dropped.
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another process has it open.
    #[error("the data folder {0} is in use by another Searchlight; stop it, or choose another --data-dir")]
    InUse(PathBuf),
    /// The file system refused.
    #[error("the data folder {path} cannot be used: {source}")]
    Io {
        /// Which folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl DataFolder {
    /// Makes the folder if it is not there, and locks it.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let refused = |source| FolderError::Io { path: path.to_owned(), source };
        fs::create_dir_all(path).map_err(refused)?;
        let lock =
            OpenOptions::new().create(true).truncate(false).write(true).open(path.join("lock")).map_err(refused)?;
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
}
