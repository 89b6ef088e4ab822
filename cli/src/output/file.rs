//! Files that appear whole or not at all.

use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Puts a file with what `write` writes at `path`, in the place of what is there. What is no regular file (a pipe,
/// `/dev/stdout`) is written to as it is.
pub(crate) fn replace<T>(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<T, Failure>) -> Result<T, Failure> {
    let failed = |error| Failure::File(path.to_owned(), error);
    let named = |failure| match failure {
        Failure::Output(error) => failed(error),
        other => other,
    };
    let old = fs::metadata(path).ok();
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        let file = File::options().write(true).open(path).map_err(failed)?;
        return through(file, write).map(|(done, _)| done).map_err(named);
    }
    let path = target(path);
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // The temporary file's name says nothing to anybody.
    fs::metadata(directory).map_err(failed)?;
    let temporary = temporary_in(directory).map_err(failed)?;
    let (done, temporary) = through(temporary, write).map_err(named)?;
    keep_permissions(temporary.as_file(), old).map_err(failed)?;
    temporary.persist(&path).map_err(|error| failed(error.error))?;
    Ok(done)
}

fn through<T, W: Write>(to: W, write: impl FnOnce(&mut dyn Write) -> Result<T, Failure>) -> Result<(T, W), Failure> {
    let mut out = BufWriter::new(to);
    let done = write(&mut out)?;
    let to = out.into_inner().map_err(|error| Failure::Output(error.into_error()))?;
    Ok((done, to))
}

/// What a symbolic link leads to, so that the link itself stays; any other path as it is.
fn target(path: &Path) -> PathBuf {
    let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    is_link.then(|| fs::canonicalize(path).ok()).flatten().unwrap_or_else(|| path.to_owned())
}

fn temporary_in(directory: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".classtracker-").suffix(".tmp");
    // A temporary file is its owner's alone; this one is a file like any other, so the process' mask decides.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(directory)
}

fn keep_permissions(file: &File, old: Option<Metadata>) -> io::Result<()> {
    if let Some(old) = old {
        file.set_permissions(old.permissions())?;
    }
    file.sync_all()
}
