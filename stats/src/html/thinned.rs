/// A series over the snapshots that never takes more than so much room: when it is full, every other entry goes.
///
/// What stays are the entries whose index is a multiple of the stride, and the last one.
#[derive(Debug, Clone)]
pub(super) struct Thinned<T> {
    room: usize,
    stride: usize,
    kept: Vec<(usize, T)>,
    /// The newest, if it is none of those.
    last: Option<(usize, T)>,
}

impl<T> Thinned<T> {
    /// Room for `room` entries; for two at least.
    pub(super) fn new(room: usize) -> Self {
        Self { room: room.max(2), stride: 1, kept: Vec::new(), last: None }
    }

    /// Takes the entry of `index`, which is larger than all before it.
    pub(super) fn push(&mut self, index: usize, entry: T) {
        self.last = None;
        if !index.is_multiple_of(self.stride) {
            self.last = Some((index, entry));
            return;
        }
        self.kept.push((index, entry));
        while self.kept.len() > self.room {
            self.thin();
        }
    }

    /// Lets every other entry go, except for the newest.
    pub(super) fn thin(&mut self) {
        self.stride = self.stride.saturating_mul(2);
        let stride = self.stride;
        if let Some(newest) = self.kept.pop_if(|(index, _)| !index.is_multiple_of(stride)) {
            self.last.get_or_insert(newest);
        }
        self.kept.retain(|(index, _)| index.is_multiple_of(stride));
    }

    /// All that is left, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &(usize, T)> + Clone {
        self.kept.iter().chain(&self.last)
    }

    pub(super) fn len(&self) -> usize {
        self.kept.len() + usize::from(self.last.is_some())
    }

    /// How many indices one kept entry stands for.
    pub(super) fn stride(&self) -> usize {
        self.stride
    }
}

#[cfg(test)]
mod tests {
    use super::Thinned;

    fn indices(thinned: &Thinned<usize>) -> Vec<usize> {
        thinned.iter().map(|(index, _)| *index).collect()
    }

    #[test]
    fn all_are_kept_while_there_is_room() {
        let mut thinned = Thinned::new(4);
        (0..4).for_each(|index| thinned.push(index, index));
        assert_eq!((indices(&thinned), thinned.stride()), (vec![0, 1, 2, 3], 1));
    }

    #[test]
    fn later_entries_lie_evenly_and_the_newest_is_always_there() {
        for room in 2..9 {
            let mut thinned = Thinned::new(room);
            for index in 0..1000 {
                thinned.push(index, index);
                let kept = indices(&thinned);
                assert!(kept.len() <= room + 1, "{kept:?} in {room}");
                assert_eq!(kept.last(), Some(&index));
                assert_eq!(kept.len(), thinned.len());
                let even = kept.iter().take(kept.len() - 1);
                assert!(even.enumerate().all(|(place, at)| *at == place * thinned.stride()), "{kept:?}");
            }
        }
    }

    #[test]
    fn a_series_may_begin_late_and_have_holes() {
        let mut thinned = Thinned::new(3);
        for index in [5, 6, 9, 12, 13, 16, 17] {
            thinned.push(index, index);
        }
        assert_eq!(indices(&thinned), [6, 12, 16, 17]);
    }
}
