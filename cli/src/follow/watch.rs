use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use classtracker_stats::dump::{Damage, Ending, Lost, Objects, ReadOptions};
use classtracker_stats::{DumpError, DumpReader, Session, Snapshot};

/// How many snapshots are read ahead of those that are looked at.
const AHEAD: usize = 8;

/// Reads a growing dump on a thread of its own, so that one can look at what there is while nothing comes.
pub(crate) struct Watch {
    events: Receiver<Event>,
    reader: JoinHandle<Vec<Lost>>,
}

enum Event {
    Begun(Session),
    Snapshot(Arc<Snapshot>),
    Failed(DumpError),
}

/// What there is to be seen.
pub(crate) enum Seen {
    /// The dump has begun.
    Begun(Session),
    /// The next snapshot.
    Snapshot(Arc<Snapshot>),
    /// Nothing new for now.
    Nothing,
    /// The program has ended the dump; of it this could not be used.
    End(Vec<Lost>),
}

impl Watch {
    /// Begins to read this file, or the standard input for `-`.
    pub(crate) fn begin(path: &Path, interval: Duration) -> Self {
        let (sender, events) = sync_channel(AHEAD);
        let path = path.to_owned();
        let reader = thread::spawn(move || {
            let mut options = ReadOptions::default();
            (options.objects, options.damage, options.ending) = (Objects::Skip, Damage::PassOver, Ending::MayGrow);
            // Whoever does not listen any more needs nothing more.
            let send = |event| sender.send(event).is_ok();
            if path == Path::new("-") {
                let reader = DumpReader::with(io::stdin(), &options).map_err(|error| error.in_file("standard input"));
                read(reader, send)
            } else {
                read(DumpReader::follow(&path, &options, interval, || true), send)
            }
        });
        Self { events, reader }
    }

    /// What comes next, if it comes within so much time.
    pub(crate) fn next(self, patience: Duration) -> Result<(Seen, Option<Self>), DumpError> {
        match self.events.recv_timeout(patience) {
            Ok(Event::Begun(session)) => Ok((Seen::Begun(session), Some(self))),
            Ok(Event::Snapshot(snapshot)) => Ok((Seen::Snapshot(snapshot), Some(self))),
            Ok(Event::Failed(error)) => Err(error),
            Err(RecvTimeoutError::Timeout) => Ok((Seen::Nothing, Some(self))),
            Err(RecvTimeoutError::Disconnected) => Ok((Seen::End(self.reader.join().unwrap_or_default()), None)),
        }
    }
}

/// Sends all that is read, and gives what is lost.
fn read<R: io::Read>(reader: Result<DumpReader<R>, DumpError>, send: impl Fn(Event) -> bool) -> Vec<Lost> {
    let mut reader = match reader {
        Ok(reader) => reader,
        Err(error) => {
            send(Event::Failed(error));
            return Vec::new();
        }
    };
    if !send(Event::Begun(reader.session().clone())) {
        return Vec::new();
    }
    for next in reader.by_ref() {
        let (event, goes_on) = match next {
            Ok(snapshot) => (Event::Snapshot(snapshot), true),
            Err(error) => (Event::Failed(error), false),
        };
        if !send(event) || !goes_on {
            return Vec::new();
        }
    }
    reader.into_lost()
}
