//! Snapshots on their way to a dump.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use classtracker_stats::dump::DumpFile;
use classtracker_stats::{Session, Snapshot};

use super::{MonitorError, PATIENCE};
use crate::registry::{ForkLock, Turn};

/// What is to become of what is in the file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Existing {
    Refuse,
    Replace,
}

/// Snapshots are queued in the order in which they are filed, and written by whoever comes first. A thread of the program that takes a
/// snapshot never waits for another one's writing.
pub(crate) struct Stream {
    queue: ForkLock<Queue>,
    dump: ForkLock<Option<Dump>>,
}

#[derive(Default)]
struct Queue {
    /// Where they go.
    open: Option<Target>,
    waiting: VecDeque<Arc<Snapshot>>,
    written: u64,
    unwritten: u64,
}

/// A dump, and whose it is.
#[derive(Clone)]
struct Target {
    path: PathBuf,
    /// A fork shares the file with the process that began it: two would write into each other's frames.
    owner: u32,
}

impl Target {
    fn check_owner(&self) -> Result<(), MonitorError> {
        if self.owner == std::process::id() {
            return Ok(());
        }
        Err(MonitorError::Forked { path: self.path.clone(), owner: self.owner })
    }
}

/// As many may wait for a disk that hangs.
const WAITING: usize = 64;

impl Stream {
    pub(super) fn new() -> Self {
        Self { queue: ForkLock::new(Turn::Last, Queue::default), dump: ForkLock::new(Turn::AtOnce, || None) }
    }

    pub(super) fn open(&self, path: &Path, existing: Existing, session: &Session) -> Result<(), MonitorError> {
        let mut dump = self.dump.try_lock_for(PATIENCE).ok_or(MonitorError::Stuck("the dump"))?;
        let fresh = match existing {
            Existing::Refuse => DumpFile::create(path, session),
            Existing::Replace => DumpFile::replace(path, session),
        };
        let target = Target { path: path.to_owned(), owner: std::process::id() };
        let fresh = Dump { file: fresh.map_err(MonitorError::Dump)?, target: target.clone() };
        if let Some(old) = dump.replace(fresh) {
            // It was left over, as in a fork: nobody asks how it ends.
            let _ = old.end();
        }
        let mut queue = self.queue.lock();
        queue.open = Some(target);
        let others = std::mem::take(&mut queue.waiting);
        drop(queue);
        drop(others);
        Ok(())
    }

    /// What those that wait take. They may be among those that the tracker keeps, too: then they count twice.
    pub(super) fn overhead_bytes(&self) -> usize {
        self.queue.lock().waiting.iter().map(|snapshot| snapshot.memory_bytes()).sum()
    }

    /// Remembers a snapshot that is to be written. Quick: it is called under the tracker's lock.
    pub(crate) fn queue(&self, snapshot: &Arc<Snapshot>) {
        let mut queue = self.queue.lock();
        if queue.open.is_none() {
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
        while self.is_to_write()? {
            let Some(mut dump) = self.dump.try_lock() else { return Ok(()) };
            self.write_waiting(&mut dump)?;
        }
        Ok(())
    }

    /// Whether anything waits. What does in a fork is left out.
    fn is_to_write(&self) -> Result<bool, MonitorError> {
        let mut queue = self.queue.lock();
        let here = queue.open.as_ref().map_or(Ok(()), Target::check_owner);
        if queue.waiting.is_empty() || here.is_ok() {
            return Ok(!queue.waiting.is_empty());
        }
        let left_out = std::mem::take(&mut queue.waiting);
        queue.unwritten += left_out.len() as u64;
        drop(queue);
        here.map(|()| false)
    }

    /// A snapshot that can't be written is left out; those behind it are tried.
    fn write_waiting(&self, dump: &mut Option<Dump>) -> Result<(), MonitorError> {
        let mut result = Ok(());
        loop {
            let next = self.queue.lock().waiting.pop_front();
            let Some(snapshot) = next else { return result };
            // Without a dump it was ended meanwhile: then the snapshot came too late for it.
            let Some(dump) = dump else { continue };
            let written = dump.write(&snapshot);
            let mut queue = self.queue.lock();
            match written {
                Ok(()) => queue.written += 1,
                Err(error) => {
                    queue.unwritten += 1;
                    result = Err(error);
                }
            }
        }
    }

    /// Writes what waits and ends the dump, if there is one.
    pub(super) fn close(&self) -> Result<(), MonitorError> {
        let open = self.queue.try_lock_for(PATIENCE).ok_or(MonitorError::Stuck("the dump"))?.open.take();
        if open.is_none_or(|target| target.check_owner().is_err()) {
            // That of the process before the fork stays as it is.
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

/// The file, and whose it is.
struct Dump {
    file: DumpFile,
    target: Target,
}

impl Dump {
    fn write(&mut self, snapshot: &Arc<Snapshot>) -> Result<(), MonitorError> {
        self.target.check_owner()?;
        self.file.write(snapshot).map_err(MonitorError::Dump)
    }

    fn end(self) -> Result<(), MonitorError> {
        if self.target.check_owner().is_err() {
            // Not even closed: the lock is the owner's.
            std::mem::forget(self.file);
            return Ok(());
        }
        self.file.finish().map_err(MonitorError::Dump)
    }
}
