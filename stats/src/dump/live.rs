use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::Arc;

use super::WriteOptions;
use super::error::{Action, DumpError};
use super::reader::DumpReader;
use super::writer::DumpWriter;
use crate::{Session, Snapshot};

/// A dump's file that grows while the program runs, a snapshot at a time.
///
/// - The file can be read at any moment, by any process: each snapshot is one write, and what comes after the last whole one
///   is read as cut. A program that is killed loses at most the snapshot in flight.
/// - It belongs to this writer alone, from [`create`](Self::create) until the value is dropped: it is locked, so a second writer
///   gets [`DumpError::Locked`], be it in this process or another, or be it the same value in a process that was forked. The system takes the lock back when
///   a process dies.
/// - A snapshot that can't be written, on a full disk say, leaves the file as it was before, and the next may be tried: the dump
///   goes on without the one that failed.
/// - It holds the last snapshot, one frame, and what snapshots refer to (names, sites, traces), of which there are as many as
///   the program's source has; never all snapshots.
///
/// [`finish`](Self::finish) ends the dump. One that is dropped without it reads as cut after its last snapshot.
///
/// ```
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("factory.ctdump");
/// use classtracker_stats::{DumpError, DumpFile, Session, Snapshot, Stats};
/// use std::{sync::Arc, time::Duration};
///
/// let start = chrono::Utc::now();
/// let mut file = DumpFile::create(&path, &Session::new(start, 1))?;
/// file.write(&Arc::new(Snapshot::new("first", start, Duration::ZERO)))?;
/// assert!(matches!(DumpFile::replace(&path, &Session::new(start, 2)), Err(DumpError::Locked { .. })));
/// file.finish()?;
/// assert_eq!(Stats::load(&path)?.snapshots().len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct DumpFile {
    path: PathBuf,
    /// A forked process shares file and lock with the one that began the dump.
    owner: u32,
    writer: DumpWriter<Cutting>,
}

impl DumpFile {
    /// Begins a dump in a file that does not exist yet, or is empty. The header and the session are written at once.
    ///
    /// What an earlier run of the program has left there is not touched: neither is it overwritten, nor is another session mixed
    /// into it.
    ///
    /// # Errors
    /// [`DumpError::Locked`] if someone else is writing to the file, [`DumpError::NotEmpty`] if something is in it,
    /// [`DumpError::Io`] with what the system gives.
    pub fn create(path: impl AsRef<Path>, session: &Session) -> Result<Self, DumpError> {
        Self::create_with(path, session, &WriteOptions::default())
    }

    /// As [`create`](Self::create), for a dump that is written as the options say.
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("factory.ctdump");
    /// use classtracker_stats::dump::WriteOptions;
    /// use classtracker_stats::{DumpFile, Session};
    ///
    /// let session = Session::new(chrono::Utc::now(), std::process::id());
    /// let file = DumpFile::create_with(&path, &session, &WriteOptions::default())?;
    /// assert_eq!((file.path(), file.snapshots()), (&*path, 0));
    /// assert_eq!(file.bytes(), std::fs::metadata(&path)?.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn create_with(path: impl AsRef<Path>, session: &Session, options: &WriteOptions) -> Result<Self, DumpError> {
        Self::begin(path.as_ref(), session, options, Existing::Refuse)
    }

    /// Begins a dump in this file, and throws away what is in it, unless someone else is writing to it.
    ///
    /// # Errors
    /// As [`create`](Self::create), but for [`DumpError::NotEmpty`].
    pub fn replace(path: impl AsRef<Path>, session: &Session) -> Result<Self, DumpError> {
        Self::replace_with(path, session, &WriteOptions::default())
    }

    /// As [`replace`](Self::replace), for a dump that is written as the options say.
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("factory.ctdump");
    /// use classtracker_stats::dump::WriteOptions;
    /// use classtracker_stats::{DumpFile, Session, Stats};
    ///
    /// std::fs::write(&path, "left by an earlier run")?;
    /// let session = Session::new(chrono::Utc::now(), std::process::id());
    /// DumpFile::replace_with(&path, &session, &WriteOptions::default())?.finish()?;
    /// assert_eq!(Stats::load(&path)?.session(), &session);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`replace`](Self::replace).
    pub fn replace_with(path: impl AsRef<Path>, session: &Session, options: &WriteOptions) -> Result<Self, DumpError> {
        Self::begin(path.as_ref(), session, options, Existing::Replace)
    }

    fn begin(path: &Path, session: &Session, options: &WriteOptions, existing: Existing) -> Result<Self, DumpError> {
        let begin = || {
            let file = open(path)?;
            let io = |action| move |error| DumpError::io(action, 0, error);
            if file.metadata().map_err(io(Action::Open))?.len() > 0 {
                match existing {
                    Existing::Refuse => return Err(DumpError::NotEmpty { path: None, found: content(&file) }),
                    Existing::Replace => file.set_len(0).map_err(io(Action::Write))?,
                }
            }
            DumpWriter::with(Cutting { file, whole: 0 }, session, options)
        };
        let writer = begin().map_err(|error| error.in_file(path))?;
        Ok(Self { path: path.to_owned(), owner: process::id(), writer })
    }

    /// Appends a snapshot, with one write.
    ///
    /// # Errors
    /// [`DumpError::Io`] with what the system gives, [`DumpError::FrameTooLong`] for a snapshot of more than
    /// [`MAX_PAYLOAD`](super::MAX_PAYLOAD) bytes. The file is then as it was, without a part of the snapshot.
    /// [`DumpError::Locked`] in a process that was forked from the one that began the dump.
    pub fn write(&mut self, snapshot: &Arc<Snapshot>) -> Result<(), DumpError> {
        self.check_owner()?;
        let written = self.writer.write(snapshot).map_err(|error| error.in_file(&self.path));
        if written.is_err() && self.writer.out_mut().restore().is_ok() {
            self.writer.mend();
        }
        written
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many snapshots are written.
    #[must_use]
    pub fn snapshots(&self) -> u64 {
        self.writer.snapshots()
    }

    /// How long the file is, in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.writer.offset()
    }

    /// Ends the dump, makes it last through a power cut, and unlocks the file.
    ///
    /// # Errors
    /// [`DumpError::Io`] with what the system gives. All snapshots that were written can be read nevertheless.
    pub fn finish(self) -> Result<(), DumpError> {
        self.check_owner()?;
        let Self { path, writer, .. } = self;
        let finish = || {
            let out = writer.finish()?;
            out.file.sync_all().map_err(|error| DumpError::io(Action::Write, out.whole, error))
        };
        finish().map_err(|error: DumpError| error.in_file(path))
    }
}

impl DumpFile {
    fn check_owner(&self) -> Result<(), DumpError> {
        if self.owner == process::id() { Ok(()) } else { Err(DumpError::Locked { path: Some(self.path.clone()) }) }
    }
}

/// What is to become of what is in the file.
#[derive(Clone, Copy)]
enum Existing {
    Refuse,
    Replace,
}

/// Opens the file for this writer alone.
fn open(path: &Path) -> Result<File, DumpError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    // A lock would keep readers out there; to share the file with readers alone keeps other writers out.
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 1);
    let file = options.open(path).map_err(|error| match error.raw_os_error() {
        Some(32) if cfg!(windows) => DumpError::Locked { path: None },
        _ => DumpError::io(Action::Open, 0, error),
    })?;
    if cfg!(windows) {
        return Ok(file);
    }
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(DumpError::Locked { path: None }),
        Err(TryLockError::Error(error)) => Err(DumpError::io(Action::Lock, 0, error)),
    }
}

/// Whose dump is in the file.
fn content(file: &File) -> String {
    match DumpReader::new(file) {
        Ok(reader) => {
            let session = reader.session();
            let started = session.started.format("%Y-%m-%d %H:%M:%S UTC");
            let program = session.program.as_deref().unwrap_or("a program");
            format!("the dump of {program}, process {}, started {started}", session.process_id)
        }
        Err(DumpError::NotADump { .. }) => "something that is not a dump".to_owned(),
        Err(_) => "a dump that can't be read".to_owned(),
    }
}

/// A file of which what was written in part is cut off again.
#[derive(Debug)]
struct Cutting {
    file: File,
    /// How long it is, without what is written in part.
    whole: u64,
}

impl Cutting {
    fn restore(&mut self) -> io::Result<()> {
        self.file.set_len(self.whole)?;
        self.file.seek(SeekFrom::Start(self.whole)).map(drop)
    }
}

impl Write for Cutting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    /// The writer hands over a frame at a time.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.whole += bytes.len() as u64;
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
