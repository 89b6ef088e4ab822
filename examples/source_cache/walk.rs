//! Which files there are to load.

use std::ffi::OsStr;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

/// A file or a folder that was passed over, and why.
pub(crate) struct Skipped {
    pub(crate) path: PathBuf,
    pub(crate) reason: String,
}

impl Skipped {
    pub(crate) fn new(path: &Path, reason: impl ToString) -> Self {
        Self { path: path.to_owned(), reason: reason.to_string() }
    }
}

/// The `.rs` files below `dir`, as paths below it, in order.
///
/// Links are not followed: they could lead round in a circle. Folders that can't be listed are skipped; it is an error only
/// for `dir` itself.
pub(crate) fn sources(dir: &Path) -> Result<(Vec<PathBuf>, Vec<Skipped>), String> {
    let mut found = Vec::new();
    let mut skipped = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        match list(&dir.join(&folder)) {
            Ok(entries) => sort_out(&folder, entries, &mut found, &mut folders),
            Err(error) if folder.as_os_str().is_empty() => {
                return Err(format!("can't list the directory {}: {error}", dir.display()));
            }
            Err(error) => skipped.push(Skipped::new(&folder, error)),
        }
    }
    if found.is_empty() && skipped.is_empty() {
        return Err(format!("no .rs file below {}", dir.display()));
    }
    found.sort();
    skipped.sort_by(|a, b| a.path.cmp(&b.path));
    Ok((found, skipped))
}

fn list(folder: &Path) -> io::Result<Vec<DirEntry>> {
    fs::read_dir(folder)?.collect()
}

fn sort_out(folder: &Path, entries: Vec<DirEntry>, found: &mut Vec<PathBuf>, folders: &mut Vec<PathBuf>) {
    for entry in entries {
        let path = folder.join(entry.file_name());
        // What has no kind is gone since it was listed.
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_dir() && !is_left_out(&entry.file_name()) {
            folders.push(path);
        } else if kind.is_file() && path.extension() == Some(OsStr::new("rs")) {
            found.push(path);
        }
    }
}

/// Hidden folders and what cargo builds.
fn is_left_out(name: &OsStr) -> bool {
    name == "target" || name.as_encoded_bytes().starts_with(b".")
}
