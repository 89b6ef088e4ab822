use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use classtracker_stats::{Session, Snapshot, Stats};

use super::MonitorError;

/// Where a summary goes.
#[derive(Debug, Clone)]
pub(super) enum Destination {
    StandardError,
    File(PathBuf),
}

impl Destination {
    pub(super) fn new(path: PathBuf) -> Self {
        if path.as_os_str() == "-" { Self::StandardError } else { Self::File(path) }
    }

    /// Writes the table of one snapshot.
    pub(super) fn write(&self, session: Session, snapshot: &Arc<Snapshot>) -> Result<(), MonitorError> {
        let mut text = Vec::new();
        let written = Stats::new(session, vec![Arc::clone(snapshot)]).write_summary(&mut text);
        let (path, result) = match self {
            Self::StandardError => (Path::new("standard error"), written.and_then(|()| io::stderr().write_all(&text))),
            Self::File(path) => (path.as_path(), written.and_then(|()| replace(path, &text))),
        };
        result.map_err(|error| MonitorError::Summary { path: path.to_owned(), error })
    }
}

/// Whoever reads the file sees the old text or the new one, whole.
fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|old| !old.is_file()) {
        // Renaming over a pipe or a device would put a file in its place.
        return OpenOptions::new().write(true).open(path)?.write_all(text);
    }
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let mut temporary_name = std::ffi::OsString::from(".");
    temporary_name.push(name);
    temporary_name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(temporary_name);
    let written = File::create(&temporary).and_then(|mut file| file.write_all(text));
    let written = written.and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}
