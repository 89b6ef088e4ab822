use classtracker_stats::dump::CompactSnapshot;
use classtracker_stats::{Session, SnapshotKey};

use super::{Dump, Reading};
use crate::exit::Outcome;
use crate::failure::Failure;

/// Some snapshots of a dump, with their objects packed.
pub(crate) struct Picked<const N: usize> {
    pub(crate) session: Session,
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
        let moments = self.moments()?;
        let name = self.name();
        let mut wanted = [0; N];
        for (wanted, key) in wanted.iter_mut().zip(keys) {
            *wanted = key.find(&moments).map_err(|error| Failure::NoSuchSnapshot(name.clone(), error.into()))?;
        }
        let (first, last) = (wanted.iter().min().copied(), wanted.iter().max().copied());
        let reading = Reading::compact(self, allow_cut)?;
        let session = reading.session().clone();
        let mut found = [const { None }; N];
        let mut gone = Vec::new();
        let end = reading.for_each(|index, snapshot| {
            if first < Some(index) && Some(index) < last {
                gone.extend_from_slice(&snapshot.snapshot.gone);
            }
            for (found, _) in found.iter_mut().zip(wanted).filter(|(_, wanted)| *wanted == index) {
                *found = Some(snapshot.clone());
            }
            Ok(())
        })?;
        let found: Option<Vec<_>> = found.into_iter().collect();
        let Some(Ok(snapshots)) = found.map(TryInto::try_into) else {
            return Err(Failure::Changed(name));
        };
        Ok(Picked { session, snapshots, gone, outcome: end.outcome })
    }
}
