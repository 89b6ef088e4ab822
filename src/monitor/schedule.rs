use std::time::{Duration, Instant};

/// Beats at whole multiples of an interval from a first one on: a beat that comes late does not push the next one back.
pub(super) struct Schedule {
    interval: Duration,
    /// `None`: so late that no clock gets there.
    next: Option<Instant>,
}

/// Shorter intervals would be one long snapshot.
const SHORTEST: Duration = Duration::from_millis(1);

impl Schedule {
    /// The first beat is at `first`.
    pub(super) fn new(interval: Duration, first: Option<Instant>) -> Self {
        Self { interval: interval.max(SHORTEST), next: first }
    }

    pub(super) fn interval(&self) -> Duration {
        self.interval
    }

    pub(super) fn next(&self) -> Option<Instant> {
        self.next
    }

    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.next.is_some_and(|next| next <= now)
    }

    /// The beat that was due is done with, at `now`. Returns how many have gone by meanwhile: they are not made up for.
    pub(super) fn advance(&mut self, now: Instant) -> u64 {
        let Some(due) = self.next else { return 0 };
        let late = now.saturating_duration_since(due).as_nanos();
        let interval = self.interval.as_nanos();
        // Below the interval where it matters: a lateness of that many years was not waited for.
        let rest = u64::try_from(late % interval).unwrap_or(0);
        self.next = (due.max(now) - Duration::from_nanos(rest)).checked_add(self.interval);
        u64::try_from(late / interval).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_late_beat_does_not_move_the_ones_behind_it() {
        let start = Instant::now();
        let mut schedule = Schedule::new(SECOND, Some(start));
        for beat in 0..1000 {
            let due = start + SECOND * beat;
            assert_eq!(schedule.next(), Some(due));
            assert!(!schedule.is_due(due - ms(1)) && schedule.is_due(due));
            assert_eq!(schedule.advance(due + ms(u64::from(beat) % 999)), 0);
        }
    }

    #[test]
    fn beats_that_have_gone_by_are_counted_and_not_made_up_for() {
        let start = Instant::now();
        let mut schedule = Schedule::new(SECOND, Some(start));
        assert_eq!(schedule.advance(start + ms(3500)), 3);
        assert_eq!(schedule.next(), Some(start + 4 * SECOND));
        assert_eq!(schedule.advance(start + ms(5000)), 1, "the beat at its very end has gone by");
        assert_eq!(schedule.next(), Some(start + 6 * SECOND));
    }

    #[test]
    fn no_interval_is_too_short_or_too_long() {
        let now = Instant::now();
        let mut short = Schedule::new(Duration::ZERO, Some(now));
        assert_eq!((short.interval(), short.advance(now)), (ms(1), 0));
        let mut long = Schedule::new(Duration::MAX, Some(now));
        assert_eq!((long.advance(now), long.next()), (0, None));
        assert!(!long.is_due(now) && long.advance(now) == 0);
    }
}
