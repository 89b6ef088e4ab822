//! Snapshots on their way to a dump.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use classtracker_stats::dump::Action;
use classtracker_stats::{DumpError, DumpWriter, Session, Snapshot};
use parking_lot::Mutex;

use super::{MonitorError, PATIENCE};

/// Snapshots are queued in the order in which they are filed, and written by whoever comes first. A thread of the program that takes a
/// snapshot never waits for another one's writing.
pub(crate) struct Stream {
    queue: Mutex<Queue>,
    dump: Mutex<Option<Dump>>,
}

#[derive(Default)]
struct Queue {
    open: bool,
    waiting: VecDeque<Arc<Snapshot>>,
    written: u64,
    unwritten: u64,
}

/// As many may wait for a disk that hangs.
const WAITING: usize = 64;

impl Stream {
    pub(super) fn new() -> Self {
        Self { queue: Mutex::default(), dump: Mutex::new(None) }
    }

    pub(super) fn open(&self, path: &Path, session: &Session) -> Result<(), MonitorError> {
        let mut dump = self.dump.try_lock_for(PATIENCE).ok_or(MonitorError::Stuck("the dump"))?;
        *dump = Some(Dump::begin(path, session).map_err(MonitorError::Dump)?);
        self.queue.lock().open = true;
        Ok(())
    }

    /// Remembers a snapshot that is to be written. Quick: it is called under the tracker's lock.
    pub(crate) fn queue(&self, snapshot: &Arc<Snapshot>) {
        let mut queue = self.queue.lock();
        if !queue.open {
            return;
        }
        if queue.waiting.len() < WAITING {
            queue.waiting.push_back(Arc::clone(snapshot));
        } else {
            queue.unwritten += 1;
        }
    }

    /// Writes what waits, unless another thread is writing already: then that one does it.
    pub(super) fn flush(&self) -> Result<(), MonitorError> {
        // Whoever queued while the writer was about to leave has found it busy: so look again after leaving.
        while !self.queue.lock().waiting.is_empty() {
            let Some(mut dump) = self.dump.try_lock() else { return Ok(()) };
            self.write_waiting(&mut dump)?;
        }
        Ok(())
    }

    fn write_waiting(&self, dump: &mut Option<Dump>) -> Result<(), MonitorError> {
        let mut result = Ok(());
        loop {
            let next = self.queue.lock().waiting.pop_front();
            let Some(snapshot) = next else { return result };
            let written = match dump {
                Some(dump) => dump.write(&snapshot),
                // It was closed meanwhile.
                None => Ok(false),
            };
            let mut queue = self.queue.lock();
            match written {
                Ok(true) => queue.written += 1,
                Ok(false) => queue.unwritten += 1,
                Err(error) => {
                    queue.unwritten += 1;
                    result = Err(error);
                }
            }
        }
    }

    /// Writes what waits and ends the dump, if there is one.
    pub(super) fn close(&self) -> Result<(), MonitorError> {
        if !std::mem::take(&mut self.queue.try_lock_for(PATIENCE).ok_or(MonitorError::Stuck("the dump"))?.open) {
            return Ok(());
        }
        let mut dump = self.dump.try_lock_for(PATIENCE).ok_or(MonitorError::Stuck("the dump"))?;
        let written = self.write_waiting(&mut dump);
        let ended = dump.take().map_or(Ok(()), Dump::end);
        written.and(ended)
    }

    /// How many snapshots were written, and how many not.
    pub(super) fn counts(&self) -> (u64, u64) {
        let queue = self.queue.lock();
        (queue.written, queue.unwritten)
    }
}

/// The file.
struct Dump {
    path: PathBuf,
    /// `None` once something could not be written.
    writer: Option<DumpWriter<WholeFrames>>,
    /// A fork shares the file with the process that began it: two would write into each other's frames.
    owner: u32,
}

impl Dump {
    fn begin(path: &Path, session: &Session) -> Result<Self, DumpError> {
        let file = File::create(path).map_err(|error| DumpError::Io {
            path: Some(path.to_owned()),
            offset: 0,
            action: Action::Open,
            error,
        })?;
        let writer = DumpWriter::new(WholeFrames(file), session).map_err(|error| error.in_file(path))?;
        Ok(Self { path: path.to_owned(), writer: Some(writer), owner: std::process::id() })
    }

    fn write(&mut self, snapshot: &Arc<Snapshot>) -> Result<bool, MonitorError> {
        self.check_owner()?;
        let Some(writer) = &mut self.writer else { return Ok(false) };
        writer.write(snapshot).map(|()| true).map_err(|error| {
            self.writer = None;
            MonitorError::Dump(error.in_file(&self.path))
        })
    }

    fn end(mut self) -> Result<(), MonitorError> {
        if self.check_owner().is_err() {
            // Not even closed in an orderly way: that, too, is the owner's.
            std::mem::forget(self.writer.take());
            return Ok(());
        }
        let Some(writer) = self.writer else { return Ok(()) };
        writer.finish().map(drop).map_err(|error| MonitorError::Dump(error.in_file(self.path)))
    }

    fn check_owner(&self) -> Result<(), MonitorError> {
        match self.owner {
            owner if owner == std::process::id() => Ok(()),
            owner => Err(MonitorError::Forked { path: self.path.clone(), owner }),
        }
    }
}

/// A file that a frame which can't be written leaves as it was before.
struct WholeFrames(File);

impl Write for WholeFrames {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn write_all(&mut self, frame: &[u8]) -> io::Result<()> {
        let before = self.0.stream_position();
        let written = self.0.write_all(frame);
        if let (Err(_), Ok(before)) = (&written, before) {
            let _ = self.0.set_len(before);
        }
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
