//! Files of a backup: copied, checked, and durable before anybody is told that they are there.

use std::{
    fs::{self, File, Permissions},
    io::{Read, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};

use super::book;

const PIECE_BYTES: usize = 1 << 20;

/// A folder that is not there yet, or has nothing in it.
pub fn new_folder(folder: &Path) -> anyhow::Result<()> {
    let taken = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(error).with_context(|| format!("{} cannot be used", folder.display())),
    };
    ensure!(!taken, "{} is there already, and nothing is overwritten: name a new folder", folder.display());
    // It holds personal data: nobody else may look into it.
    let made = fs::create_dir_all(folder).and_then(|()| fs::set_permissions(folder, Permissions::from_mode(0o700)));
    made.with_context(|| format!("{} cannot be made", folder.display()))
}

/// All files below a folder, in the order of their paths.
pub fn below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let unreadable = || format!("{} cannot be read", folder.display());
        for entry in fs::read_dir(&folder).with_context(unreadable)? {
            let path = entry.with_context(unreadable)?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

/// Makes a file and the entries of all folders from `root` down to it durable, and takes its checksum from what the disk
/// gives back.
pub fn settle(root: &Path, path: &Path, mut told: impl FnMut(u64)) -> anyhow::Result<book::File> {
    let unreadable = || format!("{} cannot be read back", path.display());
    let mut file = File::open(path).with_context(unreadable)?;
    file.sync_all().with_context(unreadable)?;
    let (bytes, checksum) = pour(&mut file, None, &mut told).with_context(unreadable)?;
    for folder in path.ancestors().skip(1).take_while(|folder| folder.starts_with(root)) {
        File::open(folder).and_then(|folder| folder.sync_all()).with_context(unreadable)?;
    }
    let name = path.strip_prefix(root)?.to_str().context("the names of our files are text")?;
    Ok(book::File { path: name.to_owned(), bytes, checksum })
}

/// Copies a file of a backup, durably, and compares it with what the backup says of it.
pub fn copy(from: &Path, to: &Path, file: &book::File, mut told: impl FnMut(u64)) -> anyhow::Result<()> {
    let (source, target) = (from.join(&file.path), to.join(&file.path));
    let folder = target.parent().unwrap_or(to);
    fs::create_dir_all(folder)?;
    let mut reading =
        File::open(&source).with_context(|| format!("the backup's file {} cannot be read", source.display()))?;
    let mut writing = File::create_new(&target).with_context(|| format!("{} cannot be made", target.display()))?;
    let (bytes, checksum) = pour(&mut reading, Some(&mut writing), &mut told)
        .with_context(|| format!("{} cannot be copied to {}", source.display(), target.display()))?;
    ensure!(
        bytes == file.bytes && checksum == file.checksum,
        "the backup's file {} is damaged: restore another backup",
        source.display()
    );
    writing.sync_all()?;
    for folder in folder.ancestors().take_while(|folder| folder.starts_with(to)) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Reads to the end, and writes what was read if somebody wants it: how many bytes there were, and their checksum.
fn pour(from: &mut File, mut to: Option<&mut File>, told: &mut impl FnMut(u64)) -> std::io::Result<(u64, String)> {
    let mut hasher = blake3::Hasher::new();
    let mut piece = vec![0; PIECE_BYTES];
    let mut bytes = 0;
    loop {
        let read = from.read(&mut piece)?;
        if read == 0 {
            return Ok((bytes, hasher.finalize().to_string()));
        }
        hasher.update(&piece[..read]);
        if let Some(to) = &mut to {
            to.write_all(&piece[..read])?;
        }
        bytes += read as u64;
        told(read as u64);
    }
}

/// Writes a file that is whole or not there.
pub fn write_durably(path: &Path, contents: &[u8]) -> anyhow::Result<()> {
    let failed = || format!("{} cannot be written", path.display());
    let beside = path.with_extension("new");
    let mut file = File::create(&beside).with_context(failed)?;
    file.write_all(contents).and_then(|()| file.sync_all()).with_context(failed)?;
    fs::rename(&beside, path).with_context(failed)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).with_context(failed)
}
