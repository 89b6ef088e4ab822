use std::time::Duration;

/// When the growth of the process' resident memory is worth a snapshot of its own.
///
/// The mark is at first what is resident when monitoring begins. Whenever resident memory has passed it by the growth that was asked for, a
/// snapshot is taken, and the mark is at what is resident then. It never sinks: memory that comes and goes makes one snapshot
/// for each new height, not one for each wave.
///
/// Only Linux tells the resident memory; elsewhere nothing is taken, and [`MonitorStatus::watermark_bytes`](crate::MonitorStatus::watermark_bytes)
/// stays `None`.
///
/// ```
/// use classtracker::{Watermark, WatermarkStep};
///
/// let watermark = Watermark::new(WatermarkStep::Percent(20)).at_most(10);
/// # let _ = watermark;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watermark {
    step: WatermarkStep,
    pub(super) check_every: Duration,
    pub(super) at_most: u64,
}

/// How far resident memory has to pass the mark.
///
/// See [`Watermark`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WatermarkStep {
    /// By this many bytes.
    Bytes(u64),
    /// By this many hundredths of the mark.
    Percent(u32),
}

impl Watermark {
    /// Looks ten times a second, and takes a hundred snapshots at most.
    #[must_use]
    pub const fn new(step: WatermarkStep) -> Self {
        Self { step, check_every: Duration::from_millis(100), at_most: 100 }
    }

    /// Looks this often (every millisecond at most): about ten microseconds of work each time.
    ///
    /// ```
    /// use std::time::Duration;
    /// use classtracker::{Watermark, WatermarkStep};
    ///
    /// let watermark = Watermark::new(WatermarkStep::Bytes(64 << 20)).check_every(Duration::from_secs(1));
    /// # let _ = watermark;
    /// ```
    #[must_use]
    pub const fn check_every(mut self, interval: Duration) -> Self {
        self.check_every = interval;
        self
    }

    /// Takes no more than this many snapshots. Those that it would have taken then are counted in
    /// [`MonitorStatus::watermarks_passed_over`](crate::MonitorStatus::watermarks_passed_over).
    #[must_use]
    pub const fn at_most(mut self, snapshots: u64) -> Self {
        self.at_most = snapshots;
        self
    }
}

/// How high it has been.
pub(super) struct Level {
    watermark: Watermark,
    mark: Option<u64>,
    taken: u64,
}

/// What a look at the memory asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rise {
    None,
    Snapshot,
    /// The mark was passed, but there were enough snapshots.
    PassedOver,
}

impl Level {
    pub(super) fn new(watermark: Watermark) -> Self {
        Self { watermark, mark: None, taken: 0 }
    }

    pub(super) fn mark(&self) -> Option<u64> {
        self.mark
    }

    pub(super) fn check(&mut self, resident_bytes: u64) -> Rise {
        let Some(mark) = self.mark else {
            self.mark = Some(resident_bytes);
            return Rise::None;
        };
        let step = match self.watermark.step {
            WatermarkStep::Bytes(bytes) => bytes,
            WatermarkStep::Percent(percent) => {
                u64::try_from(u128::from(mark) * u128::from(percent) / 100).unwrap_or(u64::MAX)
            }
        };
        // No growth at all is none, however little was asked for.
        if resident_bytes < mark.saturating_add(step.max(1)) {
            return Rise::None;
        }
        self.mark = Some(resident_bytes);
        if self.taken < self.watermark.at_most {
            self.taken += 1;
            Rise::Snapshot
        } else {
            Rise::PassedOver
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rises(watermark: Watermark, resident: impl IntoIterator<Item = u64>) -> Vec<u64> {
        let mut level = Level::new(watermark);
        resident.into_iter().filter(|&bytes| level.check(bytes) == Rise::Snapshot).collect()
    }

    #[test]
    fn a_rise_by_bytes_is_counted_from_where_the_last_one_ended() {
        assert_eq!(rises(Watermark::new(WatermarkStep::Bytes(10)), [100, 109, 115, 124, 125, 134]), [115, 125]);
    }

    #[test]
    fn a_rise_by_a_share_is_one_of_the_last_mark() {
        assert_eq!(rises(Watermark::new(WatermarkStep::Percent(50)), [100, 149, 150, 224, 225]), [150, 225]);
    }

    #[test]
    fn memory_that_comes_and_goes_makes_one_snapshot_for_each_new_height() {
        let waves = [100, 200, 100, 200, 100, 205, 100, 220];
        assert_eq!(rises(Watermark::new(WatermarkStep::Bytes(10)), waves), [200, 220]);
    }

    #[test]
    fn there_is_an_end_to_them_and_the_rest_is_told() {
        let mut level = Level::new(Watermark::new(WatermarkStep::Bytes(0)).at_most(2));
        let rises: Vec<Rise> = (1..=5).map(|bytes| level.check(bytes)).collect();
        assert_eq!(rises, [Rise::None, Rise::Snapshot, Rise::Snapshot, Rise::PassedOver, Rise::PassedOver]);
        assert_eq!((level.check(5), level.mark()), (Rise::None, Some(5)));
    }

    #[test]
    fn no_growth_is_too_large() {
        let watermark = Watermark::new(WatermarkStep::Percent(u32::MAX));
        assert_eq!(rises(watermark, [u64::MAX / 2, u64::MAX - 1]), [0; 0]);
        assert_eq!(rises(Watermark::new(WatermarkStep::Bytes(u64::MAX)), [1, u64::MAX - 1]), [0; 0]);
    }
}
