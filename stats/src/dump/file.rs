//! Files that appear whole or not at all.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::error::Action;

/// Puts a file with what `write` writes at `path`, in the place of what is there. What goes wrong otherwise, `failed` explains.
pub(crate) fn replace<E>(
    path: &Path,
    failed: impl Fn(Action, io::Error) -> E,
    write: impl FnOnce(&mut File) -> Result<(), E>,
) -> Result<(), E> {
    let failed = &failed;
    let failed = |action| move |error| failed(action, error);
    let old = fs::metadata(path).ok();
    if let Some(old) = &old
        && !old.is_file()
    {
        // Renaming over a pipe or a device would put a file in its place.
        let mut open = OpenOptions::new().write(true).open(path).map_err(failed(Action::Open))?;
        return write(&mut open);
    }
    let path = target(path);
    check_not_written(&path).map_err(failed(Action::Lock))?;
    let directory = directory(&path);
    let mut temporary = temporary_in(directory).map_err(failed(Action::Create))?;
    write(temporary.as_file_mut())?;
    let finish = || {
        if let Some(old) = &old {
            temporary.as_file().set_permissions(old.permissions())?;
        }
        temporary.as_file().sync_all()
    };
    finish().map_err(failed(Action::Write))?;
    temporary.persist(&path).map_err(|error| failed(Action::Rename)(error.error))?;
    sync(directory);
    Ok(())
}

/// That nobody is writing a dump to the file as their program runs: what they write from now on would be lost.
fn check_not_written(path: &Path) -> io::Result<()> {
    let Ok(file) = File::open(path) else {
        return Ok(());
    };
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => {
            Err(io::Error::new(io::ErrorKind::ResourceBusy, "another process is writing to this file"))
        }
        // Where there are no locks, nobody has one.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

/// What a symbolic link leads to, so that the link itself stays; any other path as it is.
fn target(path: &Path) -> PathBuf {
    let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    let followed = is_link.then(|| fs::canonicalize(path).ok()).flatten();
    followed.unwrap_or_else(|| path.to_owned())
}

fn directory(path: &Path) -> &Path {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

fn temporary_in(directory: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".ctdump-").suffix(".tmp");
    // A temporary file is its owner's alone; a dump is a file like any other, so the process' mask decides.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(directory)
}

/// Makes the new name last through a power cut, where the system can do that. The file itself is safe already.
fn sync(directory: &Path) {
    if cfg!(unix) {
        let _ = File::open(directory).and_then(|directory| directory.sync_all());
    }
}
