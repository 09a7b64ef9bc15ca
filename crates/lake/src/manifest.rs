//! The manifest: the only word on which files of the lake exist.
//!
//! It is one JSON file that is replaced whole. Whatever is in the folder and not in the manifest is not in the lake: the
//! remains of a crash, or a file that a compaction has replaced and that readers of an older manifest may still have open.

use kernel::{Offset, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};

use crate::{Day, LakeError};

/// The newest format this release reads and the one it writes.
pub const FORMAT: u64 = 1;

/// The manifest's name in the lake's folder of a workspace.
pub const MANIFEST: &str = "manifest.json";

/// Which files are in the lake, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`] of this text.
    pub format: u64,
    /// Counts the manifests of this lake.
    pub version: u64,
    /// Whose facts these are.
    pub workspace: WorkspaceId,
    /// All booked facts below this offset are in the files, none from it on.
    pub next_offset: Offset,
    /// The files, in the order of (day, first offset).
    pub files: Vec<LakeFile>,
    /// Files a compaction has replaced; removed when nobody can be reading them any more.
    pub retired: Vec<Retired>,
    /// Of this text with an empty checksum.
    pub checksum: String,
}

/// One file of the lake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LakeFile {
    /// From the lake's folder of the workspace.
    pub path: String,
    /// The day its facts were received, in UTC.
    pub day: Day,
    /// How many facts.
    pub rows: u64,
    /// Length of the file.
    pub bytes: u64,
    /// Its least offset.
    pub first_offset: Offset,
    /// Its greatest offset. Facts between the two may be in files of other days.
    pub last_offset: Offset,
    /// Its least handle; 0 is nobody.
    pub min_handle: u32,
    /// Its greatest handle.
    pub max_handle: u32,
    /// 0 as it came from the log; one more than its sources after a compaction.
    pub generation: u32,
    /// BLAKE3 of the file, in hexadecimal digits.
    pub checksum: String,
}

/// A file that is no longer in the lake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retired {
    /// From the lake's folder of the workspace.
    pub path: String,
    /// When it was replaced, in microseconds since 1970.
    pub at: i64,
}

impl LakeFile {
    /// Where a file of these facts belongs.
    #[must_use]
    pub fn path_of(day: Day, first: Offset, last: Offset, generation: u32) -> String {
        // Padded, so that names sort as offsets do.
        format!("facts/day={day}/{:020}-{:020}-{generation}.parquet", first.0, last.0)
    }
}

impl Manifest {
    /// Of a lake that has nothing yet.
    #[must_use]
    pub const fn empty(workspace: WorkspaceId) -> Self {
        Self {
            format: FORMAT,
            version: 0,
            workspace,
            next_offset: Offset::FIRST,
            files: Vec::new(),
            retired: Vec::new(),
            checksum: String::new(),
        }
    }

    /// How many facts are in the lake.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    /// How many bytes the files take.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// The manifest after files were added and the facts below `next` are in the lake.
    #[must_use]
    pub(crate) fn extended(&self, mut files: Vec<LakeFile>, next: Offset) -> Self {
        let mut after = self.clone();
        after.version += 1;
        after.next_offset = next;
        after.files.append(&mut files);
        after.files.sort_by_key(|file| (file.day, file.first_offset));
        after
    }

    /// The manifest after one file took the place of others.
    #[must_use]
    pub(crate) fn compacted(&self, sources: &[LakeFile], file: LakeFile, now: Timestamp) -> Self {
        let mut after = self.extended(vec![file], self.next_offset);
        after.files.retain(|file| sources.iter().all(|source| source.path != file.path));
        after.retired.extend(sources.iter().map(|source| Retired { path: source.path.clone(), at: now.0 }));
        after
    }

    /// The manifest after retired files were removed.
    #[must_use]
    pub(crate) fn swept(&self, removed: &[String]) -> Self {
        let mut after = self.clone();
        after.version += 1;
        after.retired.retain(|retired| !removed.contains(&retired.path));
        after
    }

    /// The text of the manifest file, and the manifest as it will be read back.
    pub(crate) fn sealed(mut self) -> (Self, Vec<u8>) {
        self.checksum = self.checksum_of_this();
        let text = self.text();
        (self, text)
    }

    fn text(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("numbers, texts and lists are JSON")
    }

    fn checksum_of_this(&self) -> String {
        let unsealed = Self { checksum: String::new(), ..self.clone() };
        blake3::hash(&unsealed.text()).to_string()
    }

    /// Reads what [`Manifest::sealed`] wrote.
    pub(crate) fn read(workspace: WorkspaceId, path: &str, text: &[u8]) -> Result<Self, LakeError> {
        #[derive(Deserialize)]
        struct Head {
            format: u64,
        }
        let damaged = |what: String| LakeError::Manifest { path: path.to_owned(), what };
        let head: Head = serde_json::from_slice(text).map_err(|error| damaged(error.to_string()))?;
        if head.format > FORMAT {
            return Err(LakeError::Newer { path: path.to_owned(), format: head.format });
        }
        let manifest: Self = serde_json::from_slice(text).map_err(|error| damaged(error.to_string()))?;
        if manifest.checksum != manifest.checksum_of_this() {
            return Err(damaged("its checksum does not fit".into()));
        }
        if manifest.workspace != workspace {
            return Err(LakeError::Foreign { path: path.to_owned(), found: manifest.workspace });
        }
        Ok(manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BRAND: WorkspaceId = WorkspaceId(7);

    fn manifest() -> Manifest {
        let day = Day::of(Timestamp(0));
        let file = LakeFile {
            path: LakeFile::path_of(day, Offset(1), Offset(20), 0),
            day,
            rows: 18,
            bytes: 900,
            first_offset: Offset(1),
            last_offset: Offset(20),
            min_handle: 1,
            max_handle: 4,
            generation: 0,
            checksum: "00".into(),
        };
        Manifest::empty(BRAND).extended(vec![file], Offset(21))
    }

    #[test]
    fn a_manifest_comes_back_as_it_was_written() {
        let (sealed, text) = manifest().sealed();
        assert_eq!(Manifest::read(BRAND, MANIFEST, &text).unwrap(), sealed);
        assert_eq!(sealed.files[0].path, "facts/day=1970-01-01/00000000000000000001-00000000000000000020-0.parquet");
    }

    #[test]
    fn a_changed_manifest_is_noticed_wherever_it_changed() {
        let (_, text) = manifest().sealed();
        for at in 0..text.len() {
            let mut changed = text.clone();
            changed[at] ^= 1;
            assert!(Manifest::read(BRAND, MANIFEST, &changed).is_err(), "byte {at}");
            assert!(Manifest::read(BRAND, MANIFEST, &text[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn a_manifest_of_a_later_release_or_another_brand_is_refused() {
        let later = br#"{"format": 2, "shards": {}}"#;
        let refused = Manifest::read(BRAND, MANIFEST, later).unwrap_err();
        assert!(matches!(refused, LakeError::Newer { format: 2, .. }), "{refused}");
        assert!(refused.to_string().contains("start the later release"));
        let (_, text) = manifest().sealed();
        let refused = Manifest::read(WorkspaceId(8), MANIFEST, &text).unwrap_err();
        assert!(matches!(refused, LakeError::Foreign { found: BRAND, .. }));
    }
}
