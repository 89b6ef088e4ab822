//! Pages of which all is known that a run needs, and what it leaves known of others.

use super::Run;
use crate::registry::{Known, Sizes};

impl Run<'_, '_, '_> {
    /// Takes what is known of a page for what would be found on it, if that is enough.
    pub(super) fn recall(&mut self, known: &Known) -> bool {
        let (oldest, youngest) = (known.oldest(), known.youngest());
        if oldest.wrapping_sub(self.from) >= self.length && !self.find_span(oldest) {
            return false;
        }
        // An object may belong elsewhere, or be looked for.
        if oldest.wrapping_sub(self.from) >= self.length || youngest.wrapping_sub(self.from) >= self.length {
            return false;
        }
        let Sizes { bytes, smallest, largest } = known.sizes();
        let (most, serial) = self.threshold;
        // One may be listed.
        if largest > most || (largest == most && oldest < serial) {
            return false;
        }
        if known.site_key() != self.site_key {
            self.by_site.at(known.site(), &self.sums);
            self.site_key = known.site_key();
        }
        self.sums.add_many(Known::live(), bytes);
        self.sums.widen(smallest);
        self.sums.widen(largest);
        true
    }

    /// Objects of another page come: the smallest and the largest of them are looked for.
    pub(super) fn begin_page(&mut self) {
        self.before = Some(self.sums);
        self.sums.begin_range();
        self.usual = (0, 0);
    }

    /// The sizes of the page's objects, if there was one in each slot, of the present span, and nothing is to be told of them but their bytes.
    pub(super) fn end_page(&mut self) -> Option<Sizes> {
        let before = self.before.take()?;
        let page = self.sums.since(&before);
        self.sums.end_range(&before);
        page.all_read().filter(|_| page.live() == Known::live())
    }
}
