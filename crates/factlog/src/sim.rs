//! A disk that lies in every way a disk may: it forgets what was not synced, tears what it was writing, fails syncs, fills
//! up, turns read-only and writes less than it was given. From a seed, so that what it did can be done again.
//!
//! The disk has two states: what programs see, and what the platters hold. A sync carries a file's writes over, a folder
//! sync the entries. [`SimDisk::lose_power`] makes the platters' state the visible one, after carrying over some of what
//! was not synced: nothing, everything, the first writes and a part of the next, or any 512-byte sectors of any of them,
//! with zeros or rubbish where a longer file was never written. Folder entries likewise. A failed sync does the same to
//! one file, and then forgets that there was anything left to write, as page caches do.
//!
//! Folders themselves are durable at once, as [`Disk::create_dir`] promises.

mod state;

use std::{io, path::Path, sync::Arc};

use parking_lot::{Condvar, Mutex, MutexGuard};

use self::state::{Change, EntryChange, FileState, State, no_power};

use crate::disk::{Disk, DiskFile};

/// A simulated disk. Clones are the same disk.
#[derive(Clone)]
pub struct SimDisk(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    resumed: Condvar,
}

impl SimDisk {
    /// An empty disk that behaves the same for the same seed and the same calls.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Inner { state: Mutex::new(State::new(seed)), resumed: Condvar::new() }))
    }

    /// Cuts the power now: unsynced changes are lost or torn, every call fails until [`SimDisk::restart`].
    pub fn lose_power(&self) {
        self.0.state.lock().lose_power();
        self.0.resumed.notify_all();
    }

    /// Cuts the power in the middle of the change after `changes` more (writes, syncs, new and removed files).
    pub fn lose_power_after(&self, changes: u64) {
        self.0.state.lock().faults.power_lasts = Some(changes);
    }

    /// Whether the power is on.
    #[must_use]
    pub fn has_power(&self) -> bool {
        self.0.state.lock().powered
    }

    /// Power is back, the faults are mended, a new process runs: files opened before are dead.
    pub fn restart(&self) {
        let mut state = self.0.state.lock();
        state.process += 1;
        state.powered = true;
        state.faults = state::Faults::default();
        drop(state);
        self.0.resumed.notify_all();
    }

    /// The next so many syncs fail, of files or folders.
    pub fn fail_syncs(&self, syncs: u64) {
        self.0.state.lock().faults.syncs_that_fail = syncs;
    }

    /// The next so many reads fail.
    pub fn fail_reads(&self, reads: u64) {
        self.0.state.lock().faults.reads_that_fail = reads;
    }

    /// Syncs wait until what is returned is dropped.
    #[must_use]
    pub fn hold_syncs(&self) -> HeldSyncs {
        self.0.state.lock().faults.syncs_held = true;
        HeldSyncs(self.clone())
    }

    /// What all files together may take; `None` is no bound.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.0.state.lock().faults.capacity_bytes = bytes;
    }

    /// Whether changes are refused. Syncs are not.
    pub fn set_read_only(&self, read_only: bool) {
        self.0.state.lock().faults.read_only = read_only;
    }

    /// Whether writes take less than they are given.
    pub fn set_short_writes(&self, short: bool) {
        self.0.state.lock().faults.short_writes = short;
    }

    /// Bytes all files take together.
    #[must_use]
    pub fn used_bytes(&self) -> u64 {
        self.0.state.lock().used_bytes()
    }

    /// A file as programs see it.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn contents(&self, path: &Path) -> io::Result<Vec<u8>> {
        let state = self.0.state.lock();
        let file = state.entry(path)?;
        Ok(state.files[file].visible.clone())
    }

    /// Replaces a file, durably: to place damage.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn replace(&self, path: &Path, contents: &[u8]) -> io::Result<()> {
        let mut state = self.0.state.lock();
        let file = state.entry(path)?;
        state.files[file] = FileState { visible: contents.to_vec(), durable: contents.to_vec(), unsynced: Vec::new() };
        Ok(())
    }

    fn handle(&self, file: usize, process: u64, writable: bool) -> Box<dyn DiskFile> {
        Box::new(SimFile { disk: self.clone(), file, process, writable })
    }

    fn state(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.0.state.lock();
        if state.powered { Ok(state) } else { Err(no_power()) }
    }

    /// Waits while syncs are held, then does one, or lets it fail.
    fn sync(&self, process: Option<u64>, work: impl FnOnce(&mut State, bool)) -> io::Result<()> {
        let mut state = self.0.state.lock();
        while state.faults.syncs_held && state.powered && process.is_none_or(|process| process == state.process) {
            self.0.resumed.wait(&mut state);
        }
        state.check_process(process)?;
        state.spend_power()?;
        let fails = state.faults.syncs_that_fail > 0;
        state.faults.syncs_that_fail = state.faults.syncs_that_fail.saturating_sub(1);
        work(&mut state, !fails);
        if fails { Err(io::Error::other("simulated sync failure")) } else { Ok(()) }
    }
}

/// Keeps syncs waiting as long as it lives.
pub struct HeldSyncs(SimDisk);

impl Drop for HeldSyncs {
    fn drop(&mut self) {
        self.0.0.state.lock().faults.syncs_held = false;
        self.0.0.resumed.notify_all();
    }
}

impl Disk for SimDisk {
    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state()?;
        if !state.folders.iter().any(|folder| folder == dir) {
            state.check_writable()?;
            state.folders.push(dir.to_owned());
        }
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let state = self.state()?;
        let all = state.entries.keys().chain(&state.folders);
        let inside = all.filter(|path| path.parent() == Some(dir));
        Ok(inside.filter_map(|path| path.file_name()).map(|name| name.to_string_lossy().into_owned()).collect())
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let mut state = self.state()?;
        state.check_writable()?;
        let file = match state.entry(path) {
            Ok(file) => {
                state.change(file, Change::Size(0));
                file
            }
            Err(_) => {
                let file = state.files.len();
                state.files.push(FileState::default());
                state.change_entry(EntryChange::Made { path: path.to_owned(), file });
                file
            }
        };
        state.spend_power()?;
        Ok(self.handle(file, state.process, true))
    }

    fn open_read(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let state = self.state()?;
        Ok(self.handle(state.entry(path)?, state.process, false))
    }

    fn open_write(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let state = self.state()?;
        state.check_writable()?;
        Ok(self.handle(state.entry(path)?, state.process, true))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state()?;
        state.check_writable()?;
        state.entry(path)?;
        state.change_entry(EntryChange::Removed { path: path.to_owned() });
        state.spend_power()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state()?;
        state.check_writable()?;
        let file = state.entry(from)?;
        state.change_entry(EntryChange::Renamed { from: from.to_owned(), to: to.to_owned(), file });
        state.spend_power()
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.sync(None, |state, succeeds| state.sync_entries(dir, succeeds))
    }
}

struct SimFile {
    disk: SimDisk,
    file: usize,
    process: u64,
    writable: bool,
}

impl SimFile {
    fn state(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.disk.0.state.lock();
        state.check_process(Some(self.process))?;
        Ok(state)
    }

    fn state_to_change(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.state()?;
        state.check_writable()?;
        if self.writable { Ok(state) } else { Err(io::ErrorKind::PermissionDenied.into()) }
    }
}

impl DiskFile for SimFile {
    fn read_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        let mut state = self.state()?;
        if state.faults.reads_that_fail > 0 {
            state.faults.reads_that_fail -= 1;
            return Err(io::Error::other("simulated read failure"));
        }
        let rest = state.files[self.file].visible.get(position as usize..).unwrap_or_default();
        let read = rest.len().min(buffer.len());
        buffer[..read].copy_from_slice(&rest[..read]);
        Ok(read)
    }

    fn write_at(&self, data: &[u8], position: u64) -> io::Result<usize> {
        let mut state = self.state_to_change()?;
        let position = position as usize;
        let grows = (position + data.len()).saturating_sub(state.files[self.file].visible.len()) as u64;
        let free = state.faults.capacity_bytes.map_or(u64::MAX, |bytes| bytes.saturating_sub(state.used_bytes()));
        let mut length = data.len() - grows.saturating_sub(free) as usize;
        if length == 0 && !data.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        if state.faults.short_writes && length > 1 {
            length = 1 + state.below(length);
        }
        state.change(self.file, Change::Write { position, data: data[..length].to_vec() });
        state.spend_power()?;
        Ok(length)
    }

    fn set_size(&self, bytes: u64) -> io::Result<()> {
        let mut state = self.state_to_change()?;
        state.change(self.file, Change::Size(bytes as usize));
        state.spend_power()
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.state()?.files[self.file].visible.len() as u64)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.disk.sync(Some(self.process), |state, succeeds| state.sync_file(self.file, succeeds))
    }
}
