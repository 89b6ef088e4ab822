use std::sync::Arc;

use classtracker_stats::dump::{CompactSnapshot, Objects};
use classtracker_stats::{Moment, Session, Snapshot, SnapshotKey};

use super::reading::End;
use super::{Dump, Survey};
use crate::arguments::At;
use crate::exit::Outcome;
use crate::failure::Failure;

/// Some snapshots of a dump, with their objects packed.
pub(crate) struct Picked<const N: usize> {
    pub(crate) session: Session,
    /// Where they stand among those that can be read.
    pub(crate) indices: [usize; N],
    /// In the order asked for.
    pub(crate) snapshots: [CompactSnapshot; N],
    /// Serials that snapshots between the first and the last of them, in time, found dead.
    pub(crate) gone: Vec<u64>,
    pub(crate) outcome: Outcome,
}

impl Dump {
    /// Reads the snapshots of these keys. No other is held in memory.
    pub(crate) fn pick<const N: usize>(
        mut self,
        keys: [&SnapshotKey; N],
        allow_cut: bool,
    ) -> Result<Picked<N>, Failure> {
        let Survey { moments, lost } = self.survey()?;
        let mut wanted = [0; N];
        for (wanted, key) in wanted.iter_mut().zip(keys) {
            *wanted = self.find(key, &moments)?;
        }
        let outcome = End::of(lost, allow_cut).outcome;
        let (first, last) = (wanted.iter().min().copied(), wanted.iter().max().copied());
        let reader = self.compact_reader()?;
        let session = reader.session().clone();
        let mut found = [const { None }; N];
        let mut gone = Vec::new();
        for (index, snapshot) in reader.enumerate().take_while(|(index, _)| Some(*index) <= last) {
            let snapshot = snapshot.map_err(|error| self.error(error))?;
            if first < Some(index) && Some(index) < last {
                gone.extend_from_slice(&snapshot.snapshot.gone);
            }
            for (found, _) in found.iter_mut().zip(wanted).filter(|(_, wanted)| *wanted == index) {
                *found = Some(snapshot.clone());
            }
        }
        let found: Option<Vec<_>> = found.into_iter().collect();
        match found.map(TryInto::try_into) {
            Some(Ok(snapshots)) => Ok(Picked { session, indices: wanted, snapshots, gone, outcome }),
            _ => Err(Failure::Changed(self.name())),
        }
    }

    fn find(&self, key: &SnapshotKey, moments: &[Moment]) -> Result<usize, Failure> {
        key.find(moments).map_err(|error| Failure::NoSuchSnapshot(self.name(), error.into()))
    }
}

/// Reads one snapshot, with its objects.
pub(crate) fn one(at: &At) -> Result<(Arc<Snapshot>, Outcome), Failure> {
    let mut dump = Dump::new(&at.dump.file);
    let Survey { moments, lost } = dump.survey()?;
    let index = dump.find(at.key(), &moments)?;
    let outcome = End::of(lost, at.dump.allow_cut).outcome;
    let mut rest = dump.reader(Objects::Read)?.skip(index);
    match rest.next().transpose() {
        Ok(Some(snapshot)) => Ok((snapshot, outcome)),
        Ok(None) => Err(Failure::Changed(dump.name())),
        Err(error) => Err(dump.error(error)),
    }
}
