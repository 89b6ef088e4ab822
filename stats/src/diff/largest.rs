use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The objects that changed most, as many as are wanted.
#[derive(Debug)]
pub(super) struct Largest {
    most: usize,
    /// The smallest change on top; of equal ones, that of the highest serial.
    kept: BinaryHeap<Reverse<(u64, Reverse<u64>, Change)>>,
}

/// What an object took before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Change {
    pub(super) class: usize,
    pub(super) before: Option<u64>,
    pub(super) after: Option<u64>,
}

impl Largest {
    pub(super) fn new(most: usize) -> Self {
        Self { most, kept: BinaryHeap::new() }
    }

    pub(super) fn offer(&mut self, class: usize, serial: u64, before: Option<u64>, after: Option<u64>) {
        let by = before.unwrap_or(0).abs_diff(after.unwrap_or(0));
        if by == 0 || self.most == 0 {
            return;
        }
        let offered = (by, Reverse(serial), Change { class, before, after });
        if self.kept.len() < self.most {
            self.kept.push(Reverse(offered));
        } else if let Some(mut least) = self.kept.peek_mut()
            && least.0 < offered
        {
            *least = Reverse(offered);
        }
    }

    /// The largest change first, then by serial.
    pub(super) fn into_sorted(self) -> impl Iterator<Item = (Change, u64)> {
        let sorted = self.kept.into_sorted_vec().into_iter();
        sorted.map(|Reverse((_, Reverse(serial), change))| (change, serial))
    }
}
