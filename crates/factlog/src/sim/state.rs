//! What a simulated disk knows: the state programs see, the state on the platters, and how one is torn into the other.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use kernel::{Entropy, SeededEntropy};

const SECTOR_BYTES: usize = 512;

pub(super) struct State {
    dice: SeededEntropy,
    pub folders: Vec<PathBuf>,
    /// What programs see.
    pub entries: BTreeMap<PathBuf, usize>,
    /// What a power loss leaves of them.
    durable_entries: BTreeMap<PathBuf, usize>,
    entry_changes: Vec<EntryChange>,
    /// By number; a removed file stays for those who have it open.
    pub files: Vec<FileState>,
    /// Handles of earlier processes are dead.
    pub process: u64,
    pub powered: bool,
    pub faults: Faults,
}

#[derive(Default)]
pub(super) struct Faults {
    pub power_lasts: Option<u64>,
    pub syncs_that_fail: u64,
    pub reads_that_fail: u64,
    pub syncs_held: bool,
    pub capacity_bytes: Option<u64>,
    pub read_only: bool,
    pub short_writes: bool,
}

#[derive(Default)]
pub(super) struct FileState {
    pub visible: Vec<u8>,
    pub durable: Vec<u8>,
    pub unsynced: Vec<Change>,
}

#[derive(Clone)]
pub(super) enum Change {
    Write { position: usize, data: Vec<u8> },
    Size(usize),
}

#[derive(Clone)]
pub(super) enum EntryChange {
    Made { path: PathBuf, file: usize },
    Removed { path: PathBuf },
    Renamed { from: PathBuf, to: PathBuf, file: usize },
}

impl EntryChange {
    fn is_in(&self, dir: &Path) -> bool {
        let (Self::Made { path, .. } | Self::Removed { path } | Self::Renamed { to: path, .. }) = self;
        path.parent() == Some(dir)
    }

    fn apply(self, entries: &mut BTreeMap<PathBuf, usize>) {
        match self {
            Self::Made { path, file } => {
                entries.insert(path, file);
            }
            Self::Removed { path } => {
                entries.remove(&path);
            }
            Self::Renamed { from, to, file } => {
                entries.remove(&from);
                entries.insert(to, file);
            }
        }
    }
}

pub(super) fn no_power() -> io::Error {
    io::Error::other("the simulated disk has no power")
}

/// How unsynced changes are lost.
#[derive(Clone, Copy, PartialEq)]
enum Tear {
    Nothing,
    Everything,
    Prefix,
    Sectors,
}

impl State {
    pub fn new(seed: u64) -> Self {
        Self {
            dice: SeededEntropy::new(seed),
            folders: Vec::new(),
            entries: BTreeMap::new(),
            durable_entries: BTreeMap::new(),
            entry_changes: Vec::new(),
            files: Vec::new(),
            process: 0,
            powered: true,
            faults: Faults::default(),
        }
    }

    pub fn below(&self, bound: usize) -> usize {
        let mut bytes = [0; 8];
        self.dice.fill(&mut bytes);
        (u64::from_le_bytes(bytes) % bound.max(1) as u64) as usize
    }

    fn tear(&self) -> Tear {
        [Tear::Nothing, Tear::Everything, Tear::Prefix, Tear::Sectors][self.below(4)]
    }

    pub fn check_process(&self, process: Option<u64>) -> io::Result<()> {
        let alive = self.powered && process.is_none_or(|process| process == self.process);
        if alive { Ok(()) } else { Err(no_power()) }
    }

    pub fn check_writable(&self) -> io::Result<()> {
        if self.faults.read_only { Err(io::ErrorKind::ReadOnlyFilesystem.into()) } else { Ok(()) }
    }

    pub fn used_bytes(&self) -> u64 {
        self.entries.values().map(|file| self.files[*file].visible.len() as u64).sum()
    }

    pub fn entry(&self, path: &Path) -> io::Result<usize> {
        self.entries.get(path).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    pub fn change(&mut self, file: usize, change: Change) {
        let file = &mut self.files[file];
        apply(&change, &mut file.visible);
        file.unsynced.push(change);
    }

    pub fn change_entry(&mut self, change: EntryChange) {
        change.clone().apply(&mut self.entries);
        self.entry_changes.push(change);
    }

    pub fn spend_power(&mut self) -> io::Result<()> {
        match &mut self.faults.power_lasts {
            Some(0) => {
                self.lose_power();
                Err(no_power())
            }
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    pub fn lose_power(&mut self) {
        self.powered = false;
        for file in 0..self.files.len() {
            self.tear_file(file);
            self.files[file].visible = self.files[file].durable.clone();
        }
        let tear = self.tear();
        for change in std::mem::take(&mut self.entry_changes) {
            let kept = match tear {
                Tear::Nothing => false,
                Tear::Everything => true,
                Tear::Prefix | Tear::Sectors => self.below(2) == 0,
            };
            if kept {
                change.apply(&mut self.durable_entries);
            } else if tear == Tear::Prefix {
                break;
            }
        }
        self.entries = self.durable_entries.clone();
    }

    pub fn sync_file(&mut self, file: usize, succeeds: bool) {
        if !succeeds {
            return self.tear_file(file);
        }
        let file = &mut self.files[file];
        for change in file.unsynced.drain(..) {
            apply(&change, &mut file.durable);
        }
    }

    pub fn sync_entries(&mut self, dir: &Path, succeeds: bool) {
        let (here, elsewhere) =
            std::mem::take(&mut self.entry_changes).into_iter().partition(|change| change.is_in(dir));
        self.entry_changes = elsewhere;
        for change in Vec::from_iter::<Vec<EntryChange>>(here) {
            if succeeds || self.below(2) == 0 {
                change.apply(&mut self.durable_entries);
            }
        }
    }

    /// Carries some of a file's unsynced changes over to the platters and forgets the rest.
    fn tear_file(&mut self, file: usize) {
        let changes = std::mem::take(&mut self.files[file].unsynced);
        let mut durable = std::mem::take(&mut self.files[file].durable);
        match self.tear() {
            Tear::Nothing => {}
            Tear::Everything => changes.iter().for_each(|change| apply(change, &mut durable)),
            Tear::Prefix => self.keep_prefix(&changes, &mut durable),
            Tear::Sectors => self.keep_sectors(&changes, &mut durable),
        }
        self.files[file].durable = durable;
    }

    fn keep_prefix(&self, changes: &[Change], durable: &mut Vec<u8>) {
        let whole = self.below(changes.len() + 1);
        changes[..whole].iter().for_each(|change| apply(change, durable));
        if let Some(Change::Write { position, data }) = changes.get(whole) {
            let kept = self.below(data.len() + 1);
            apply(&Change::Write { position: *position, data: data[..kept].to_vec() }, durable);
        }
    }

    fn keep_sectors(&self, changes: &[Change], durable: &mut Vec<u8>) {
        for change in changes {
            match change {
                Change::Size(_) if self.below(2) == 0 => apply(change, durable),
                Change::Size(_) => {}
                Change::Write { position, data } => {
                    let mut at = 0;
                    while at < data.len() {
                        let to = data.len().min(at + SECTOR_BYTES - (position + at) % SECTOR_BYTES);
                        if self.below(2) == 0 {
                            self.fill_gap(durable, position + at);
                            apply(&Change::Write { position: position + at, data: data[at..to].to_vec() }, durable);
                        }
                        at = to;
                    }
                }
            }
        }
    }

    /// Before a sector past the end is kept: what lies between was allocated, but never written.
    fn fill_gap(&self, durable: &mut Vec<u8>, to: usize) {
        let from = durable.len();
        if from < to {
            durable.resize(to, 0);
            if self.below(2) == 0 {
                self.dice.fill(&mut durable[from..]);
            }
        }
    }
}

fn apply(change: &Change, contents: &mut Vec<u8>) {
    match change {
        Change::Size(bytes) => contents.resize(*bytes, 0),
        Change::Write { position, data } => {
            let end = position + data.len();
            if contents.len() < end {
                contents.resize(end, 0);
            }
            contents[*position..end].copy_from_slice(data);
        }
    }
}
