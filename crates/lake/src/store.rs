//! A folder as an object store whose puts are durable.
//!
//! `object_store` has a store for local folders, but it does not sync: after a power loss a file it had put may be empty.
//! This one goes through the log's [`Disk`], so it also runs on the simulated one. An object store of a provider takes
//! its place as it is: there a put is durable and whole by contract.

use std::{fmt, io, ops::Range, path::PathBuf, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use factlog::Disk;
use futures::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use object_store::{
    Attributes, CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, path::Path,
};

/// A file that is being written ends with this; it is no object.
const UNFINISHED: &str = ".part";

/// A folder of a disk.
#[derive(Clone)]
pub struct DiskStore {
    disk: Arc<dyn Disk>,
    root: PathBuf,
}

impl DiskStore {
    /// The store in a folder, which is made when something is put.
    #[must_use]
    pub fn new(disk: Arc<dyn Disk>, root: PathBuf) -> Self {
        Self { disk, root }
    }

    fn file(&self, location: &Path) -> PathBuf {
        location.parts().fold(self.root.clone(), |path, part| path.join(part.as_ref()))
    }

    /// Writes beside, syncs, renames, syncs the folder: a crash leaves the old object or the new one.
    fn write(&self, location: &Path, payload: &PutPayload) -> io::Result<()> {
        let path = self.file(location);
        let folder = path.parent().unwrap_or(&self.root);
        let above: Vec<_> = folder.ancestors().take_while(|path| path.starts_with(&self.root)).collect();
        for folder in above.into_iter().rev() {
            self.disk.create_dir(folder)?;
        }
        let mut beside = path.clone().into_os_string();
        beside.push(UNFINISHED);
        let beside = PathBuf::from(beside);
        let file = self.disk.create(&beside)?;
        let mut position = 0;
        for chunk in payload {
            file.write_all_at(chunk, position)?;
            position += chunk.len() as u64;
        }
        file.sync_data()?;
        self.disk.rename(&beside, &path)?;
        self.disk.sync_dir(folder)
    }

    fn read(&self, location: &Path, options: &GetOptions) -> Result<GetResult> {
        let path = self.file(location);
        let failed = |source| error_of(location, source);
        let file = self.disk.open_read(&path).map_err(failed)?;
        let size = file.size().map_err(failed)?;
        let meta = meta_of(location.clone(), size);
        options.check_preconditions(&meta)?;
        let range = match &options.range {
            Some(range) => range.as_range(size).map_err(|source| generic(Box::new(source)))?,
            None => 0..size,
        };
        let length = if options.head { 0 } else { usize::try_from(range.end - range.start).unwrap_or(usize::MAX) };
        let mut bytes = vec![0; length];
        let read = file.read_full_at(&mut bytes, range.start).map_err(failed)?;
        if read < length {
            return Err(failed(io::ErrorKind::UnexpectedEof.into()));
        }
        let payload = GetResultPayload::Stream(stream::once(async { Ok(Bytes::from(bytes)) }).boxed());
        Ok(GetResult { payload, meta, range, attributes: Attributes::new() })
    }

    fn read_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> io::Result<Vec<Bytes>> {
        let file = self.disk.open_read(&self.file(location))?;
        let read = ranges.iter().map(|range| {
            let length = usize::try_from(range.end.saturating_sub(range.start)).map_err(io::Error::other)?;
            let mut bytes = vec![0; length];
            let whole = file.read_full_at(&mut bytes, range.start)? == length;
            if whole { Ok(Bytes::from(bytes)) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
        });
        read.collect()
    }

    fn remove(&self, location: &Path) -> io::Result<()> {
        let path = self.file(location);
        self.disk.remove(&path)?;
        self.disk.sync_dir(path.parent().unwrap_or(&self.root))
    }

    /// All files below a folder, unfinished ones included: who lists wants to see what can be cleared away.
    fn walk(&self, folder: &Path, found: &mut Vec<ObjectMeta>) -> io::Result<()> {
        let mut names = match self.disk.list(&self.file(folder)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            names => names?,
        };
        names.sort_unstable();
        for name in names {
            let location = folder.clone().join(name.as_str());
            // Folders have no dot in their names, files have one.
            if name.contains('.') {
                let size = self.disk.open_read(&self.file(&location))?.size()?;
                found.push(meta_of(location, size));
            } else {
                self.walk(&location, found)?;
            }
        }
        Ok(())
    }

    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce(&Self) -> T + Send + 'static) -> Result<T> {
        let this = self.clone();
        tokio::task::spawn_blocking(move || work(&this)).await.map_err(|source| generic(Box::new(source)))
    }
}

fn meta_of(location: Path, size: u64) -> ObjectMeta {
    // Objects of the lake never change, and the disk does not say when they were made.
    ObjectMeta { location, last_modified: DateTime::<Utc>::UNIX_EPOCH, size, e_tag: None, version: None }
}

fn generic(source: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::Generic { store: "disk", source }
}

fn error_of(location: &Path, source: io::Error) -> Error {
    let path = location.to_string();
    match source.kind() {
        io::ErrorKind::NotFound => Error::NotFound { path, source: source.into() },
        io::ErrorKind::PermissionDenied => Error::PermissionDenied { path, source: source.into() },
        _ => generic(format!("{path}: {source}").into()),
    }
}

fn unsupported(operation: &str) -> Error {
    Error::NotImplemented { operation: operation.to_owned(), implementer: "the folder of the lake".into() }
}

impl fmt::Display for DiskStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the folder {}", self.root.display())
    }
}

impl fmt::Debug for DiskStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[async_trait]
impl ObjectStore for DiskStore {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        if options.mode != PutMode::Overwrite {
            return Err(unsupported("a conditional put"));
        }
        let to = location.clone();
        let written = self.blocking(move |this| this.write(&to, &payload)).await?;
        written.map_err(|source| error_of(location, source))?;
        Ok(PutResult { e_tag: None, version: None })
    }

    async fn put_multipart_opts(&self, _: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        Err(unsupported("a put in parts"))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let from = location.clone();
        self.blocking(move |this| this.read(&from, &options)).await?
    }

    /// Exactly what was asked for: a folder has no trip to save by reading the gaps, too.
    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let from = location.clone();
        let ranges = ranges.to_vec();
        self.blocking(move |this| this.read_ranges(&from, &ranges)).await?.map_err(|source| error_of(location, source))
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let this = self.clone();
        let removed = locations.and_then(move |location| {
            let this = this.clone();
            async move {
                let gone = location.clone();
                let removed = this.blocking(move |this| this.remove(&gone)).await?;
                removed.map_err(|source| error_of(&location, source))?;
                Ok(location)
            }
        });
        removed.boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let this = self.clone();
        let folder = prefix.cloned().unwrap_or_default();
        let listed = async move {
            let from = folder.clone();
            let found = this.blocking(move |this| {
                let mut found = Vec::new();
                this.walk(&from, &mut found).map(|()| found)
            });
            let found = found.await?.map_err(|source| error_of(&folder, source))?;
            Ok::<_, Error>(stream::iter(found.into_iter().map(Ok)))
        };
        stream::once(listed).try_flatten().boxed()
    }

    async fn list_with_delimiter(&self, _: Option<&Path>) -> Result<ListResult> {
        Err(unsupported("a list of one level"))
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        Err(unsupported("a copy"))
    }
}
