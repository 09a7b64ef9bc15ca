//! The lake as its users hold it.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use futures::TryStreamExt;
use kernel::WorkspaceId;
use object_store::{Error as StoreError, ObjectStore, ObjectStoreExt, PutPayload, memory::InMemory, path::Path};
use tokio::sync::watch;

use crate::{
    Health, LakeError, LakeFile, Manifest, file,
    manifest::MANIFEST,
    search::{Indexes, new_indexes},
};

/// One workspace's lake. Cheap to clone; clones are the same lake.
#[derive(Clone)]
pub struct Lake {
    pub(crate) workspace: WorkspaceId,
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) indexes: Arc<Indexes>,
    root: Path,
    manifest: Arc<watch::Sender<Arc<Manifest>>>,
    holds: Arc<AtomicUsize>,
    health: Arc<Mutex<Health>>,
}

/// As long as it lives, no file is removed from a lake's store and its log is not trimmed.
pub struct Held(Arc<AtomicUsize>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Lake {
    /// Opens the lake of a workspace in a store, under a folder named after it, and removes what a crash has left there.
    /// The caller makes sure that a lake is open for writing once (the data folder's lock).
    ///
    /// # Errors
    /// [`LakeError`] when the manifest is damaged, newer than this release or another workspace's, or the store refuses.
    /// Then nothing is touched.
    pub async fn open(store: Arc<dyn ObjectStore>, workspace: WorkspaceId) -> Result<Self, LakeError> {
        let lake = Self::look(store, workspace).await?;
        lake.clear_away().await?;
        Ok(lake)
    }

    /// Opens the lake of a workspace to read it, also while a server writes to it; nothing is removed.
    ///
    /// # Errors
    /// As [`Lake::open`].
    pub async fn look(store: Arc<dyn ObjectStore>, workspace: WorkspaceId) -> Result<Self, LakeError> {
        let lake = Self::empty(store, workspace);
        lake.reload().await?;
        Ok(lake)
    }

    /// A lake that has nothing yet and lasts as long as the process: for tests of what stands on a lake.
    #[must_use]
    pub fn in_memory(workspace: WorkspaceId) -> Self {
        Self::empty(Arc::new(InMemory::new()), workspace)
    }

    fn empty(store: Arc<dyn ObjectStore>, workspace: WorkspaceId) -> Self {
        Self {
            workspace,
            store,
            indexes: Arc::new(new_indexes()),
            root: Path::from(workspace.to_string()),
            manifest: Arc::new(watch::Sender::new(Arc::new(Manifest::empty(workspace)))),
            holds: Arc::default(),
            health: Arc::default(),
        }
    }

    /// Keeps all files of the manifest, and of those that follow, and the log behind it, until what is returned is dropped.
    #[must_use]
    pub fn hold(&self) -> Held {
        self.holds.fetch_add(1, Ordering::SeqCst);
        Held(Arc::clone(&self.holds))
    }

    /// What the keeper has found out about the files so far.
    #[must_use]
    pub fn known_health(&self) -> Health {
        self.health.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn health(&self, change: impl FnOnce(&mut Health)) {
        change(&mut self.health.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn is_held(&self) -> bool {
        self.holds.load(Ordering::SeqCst) > 0
    }

    /// Copies a manifest of this lake and its files into another store, each file checked; tells the bytes of each.
    ///
    /// # Errors
    /// [`LakeError`]; without a manifest the copy is no lake.
    pub async fn copy_to(
        &self,
        manifest: &Manifest,
        store: Arc<dyn ObjectStore>,
        mut told: impl FnMut(u64),
    ) -> Result<(), LakeError> {
        let copy = Self::empty(store, self.workspace);
        for file in &manifest.files {
            copy.put(&file.path, self.whole(file).await?).await?;
            told(file.bytes);
        }
        copy.commit(Manifest { retired: Vec::new(), ..manifest.clone() }).await
    }

    /// Which files there are now. Its files can be read for as long as the grace of the lake's keeper, even if they are
    /// replaced meanwhile.
    #[must_use]
    pub fn manifest(&self) -> Arc<Manifest> {
        Arc::clone(&self.manifest.borrow())
    }

    /// Follows [`Lake::manifest`].
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Arc<Manifest>> {
        self.manifest.subscribe()
    }

    /// Reads every file and compares it with its checksum; the number of bytes that were read.
    ///
    /// # Errors
    /// [`LakeError::Damaged`] or [`LakeError::Missing`] for the first file that is not what it should be.
    pub async fn verify(&self) -> Result<u64, LakeError> {
        let manifest = self.manifest();
        for file in &manifest.files {
            self.whole(file).await?;
        }
        Ok(manifest.bytes())
    }

    pub(crate) fn path(&self, name: &str) -> Path {
        name.split('/').fold(self.root.clone(), |path, part| path.join(part))
    }

    /// A whole file, checked.
    pub(crate) async fn whole(&self, file: &LakeFile) -> Result<Bytes, LakeError> {
        let bytes = match self.store.get(&self.path(&file.path)).await {
            Err(StoreError::NotFound { .. }) => return Err(LakeError::Missing { path: file.path.clone() }),
            got => got?.bytes().await?,
        };
        let file = file.clone();
        blocking(move || file::check(&file, &bytes).map(|()| bytes)).await?
    }

    pub(crate) async fn put(&self, name: &str, bytes: Bytes) -> Result<(), LakeError> {
        self.store.put(&self.path(name), PutPayload::from_bytes(bytes)).await?;
        Ok(())
    }

    /// Removes a file; one that is gone already is fine.
    pub(crate) async fn remove(&self, name: &str) -> Result<(), LakeError> {
        match self.store.delete(&self.path(name)).await {
            Ok(()) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Replaces the manifest. After a failure it is unknown which one is there: [`Lake::reload`] before going on.
    pub(crate) async fn commit(&self, manifest: Manifest) -> Result<(), LakeError> {
        let (manifest, text) = manifest.sealed();
        self.put(MANIFEST, text.into()).await?;
        self.manifest.send_replace(Arc::new(manifest));
        Ok(())
    }

    /// Takes the manifest that is in the store.
    pub(crate) async fn reload(&self) -> Result<(), LakeError> {
        let path = self.path(MANIFEST);
        let manifest = match self.store.get(&path).await {
            Err(StoreError::NotFound { .. }) => Manifest::empty(self.workspace),
            got => Manifest::read(self.workspace, path.as_ref(), &got?.bytes().await?)?,
        };
        self.manifest.send_replace(Arc::new(manifest));
        Ok(())
    }

    /// Removes files that are neither in the lake nor retired from it.
    async fn clear_away(&self) -> Result<(), LakeError> {
        let manifest = self.manifest();
        let known = manifest.files.iter().map(|file| &file.path).chain(manifest.retired.iter().map(|file| &file.path));
        let known: BTreeSet<Path> = known.map(|name| self.path(name)).chain([self.path(MANIFEST)]).collect();
        let found: Vec<_> = self.store.list(Some(&self.root)).try_collect().await?;
        for object in found.into_iter().filter(|object| !known.contains(&object.location)) {
            tracing::info!(path = %object.location, "an unfinished file of the lake is removed");
            self.store.delete(&object.location).await?;
        }
        Ok(())
    }
}

/// Work that waits for files or takes long. A panic in it is one of the caller's.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, LakeError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(LakeError::Stopping),
    }
}
