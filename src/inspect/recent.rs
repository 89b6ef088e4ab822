//! The shared blocks that were met last, to be known again at once.
//!
//! Many objects often share a few blocks: configuration, interned text, a pool. Once such a block has two reachers that are
//! older than the present object, and the present row is noted with it, meeting it once more changes nothing. That is all
//! that is remembered here, in a table of one entry for each place, so it costs a comparison or two.

/// As many as stay in a cache near the processor; 16 bytes each.
const PLACES: usize = 8192;
/// Blocks of two counters and a word lie no closer.
const GRANULE: u32 = 5;

/// The blocks that were met last. Empty, and without an allocation, until the first is noted.
#[derive(Default)]
pub(super) struct Recent {
    entries: Vec<Entry>,
    /// The places that are taken, so that to forget costs no more than to remember did; all, if there are as many.
    taken: Vec<u16>,
}

#[derive(Clone, Copy, Default)]
struct Entry {
    address: usize,
    /// Meeting the block changes nothing for objects with serials above this one.
    settled: u64,
}

impl Recent {
    /// Whether it changes nothing that the object `serial` reaches the block at `address`. It may be that the block was
    /// forgotten here.
    #[inline]
    pub(super) fn settled(&self, address: usize, serial: u64) -> bool {
        self.entries.get(place(address)).is_some_and(|entry| entry.address == address && serial > entry.settled)
    }

    /// Notes that for objects above `serial` it changes nothing to reach the block at `address`.
    #[inline]
    pub(super) fn note(&mut self, address: usize, serial: u64) {
        if self.entries.is_empty() {
            self.entries.resize(PLACES, Entry::default());
        }
        let place = place(address);
        if let Some(entry) = self.entries.get_mut(place) {
            *entry = Entry { address, settled: serial };
        }
        if self.taken.len() < PLACES {
            self.taken.push(place as u16);
        }
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        if self.taken.len() >= PLACES {
            self.entries.fill(Entry::default());
        }
        for place in self.taken.drain(..) {
            self.entries[usize::from(place)] = Entry::default();
        }
    }
}

/// Neighbours in memory do not get in each other's way, nor do blocks that lie a power of two apart.
#[inline]
fn place(address: usize) -> usize {
    let granule = address >> GRANULE;
    (granule ^ (granule >> PLACES.ilog2())) % PLACES
}
