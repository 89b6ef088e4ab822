use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::error::{Action, DumpError};
use super::{DumpReader, Ending, ReadOptions};

/// A file that someone else is still writing to: its end is not the end, but where one waits for more.
///
/// It looks again in steps of an interval, and each time asks whether to go on.
///
/// ```
/// use std::{fs::File, io::Read, time::Duration};
/// use classtracker_stats::dump::GrowingFile;
///
/// let file = File::open("docs/factory.ctdump")?;
/// let mut rounds = 0;
/// let wait = move || {
///     rounds += 1;
///     rounds < 3
/// };
/// let mut bytes = Vec::new();
/// GrowingFile::new(file, Duration::from_millis(1), wait).read_to_end(&mut bytes)?;
/// assert_eq!(bytes, std::fs::read("docs/factory.ctdump")?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct GrowingFile {
    file: File,
    interval: Duration,
    /// Called where there is nothing more for now; whether to wait.
    wait: Box<dyn FnMut() -> bool + Send>,
    stopped: bool,
}

impl GrowingFile {
    /// A file that is looked at every `interval` as soon as there is nothing more, for as long as `wait` says so.
    pub fn new(file: File, interval: Duration, wait: impl FnMut() -> bool + Send + 'static) -> Self {
        Self { file, interval, wait: Box::new(wait), stopped: false }
    }

    /// That it is not shorter than what was read of it: someone would have begun it again.
    fn check_length(&mut self) -> io::Result<()> {
        let (length, read) = (self.file.metadata()?.len(), self.file.stream_position()?);
        if length < read {
            let what = format!("the file was cut to {length} bytes while it was read");
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, what));
        }
        Ok(())
    }
}

impl Read for GrowingFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.stopped {
            let read = self.file.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            self.check_length()?;
            if (self.wait)() {
                thread::sleep(self.interval);
            } else {
                self.stopped = true;
            }
        }
        Ok(0)
    }
}

impl fmt::Debug for GrowingFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrowingFile")
            .field("file", &self.file)
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}

impl DumpReader<GrowingFile> {
    /// Reads a dump that a program is still writing, and waits for each next snapshot, until the program ends the dump or
    /// `wait` says no.
    ///
    /// Whenever there is nothing more for now, `wait` is called; if it says yes, the file is looked at again after the
    /// interval. After a no, the iterator ends without an error, whether or not a part of a frame is there; so it does not tell a
    /// program that was killed from one that takes its time. (`|| false` reads what is there.)
    ///
    /// # Errors
    /// As [`with`](Self::with), and with the path. A file that has no header yet is waited for, too; after a no, it is cut.
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("factory.ctdump");
    /// use classtracker_stats::dump::ReadOptions;
    /// use classtracker_stats::{DumpFile, DumpReader, Session, Snapshot};
    /// use std::{sync::Arc, thread, time::Duration};
    ///
    /// let start = chrono::Utc::now();
    /// let mut file = DumpFile::create(&path, &Session::new(start, 1))?;
    /// let writer = thread::spawn(move || {
    ///     for label in ["one", "two"] {
    ///         file.write(&Arc::new(Snapshot::new(label, start, Duration::ZERO)))?;
    ///     }
    ///     file.finish()
    /// });
    /// let reader = DumpReader::follow(&path, &ReadOptions::default(), Duration::from_millis(1), || true)?;
    /// let snapshots = reader.collect::<Result<Vec<_>, _>>()?;
    /// assert_eq!([&*snapshots[0].label, &*snapshots[1].label], ["one", "two"]);
    /// # writer.join().unwrap()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn follow(
        path: impl AsRef<Path>,
        options: &ReadOptions,
        interval: Duration,
        wait: impl FnMut() -> bool + Send + 'static,
    ) -> Result<Self, DumpError> {
        let path = path.as_ref();
        let options = ReadOptions { ending: Ending::MayGrow, ..*options };
        let file = File::open(path).map_err(|error| DumpError::io(Action::Open, 0, error));
        let reader = file.and_then(|file| Self::with(GrowingFile::new(file, interval, wait), &options));
        reader.map_err(|error| error.in_file(path))
    }
}
