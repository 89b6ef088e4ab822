//! Free slots of a class that no thread has taken, page by page.
//!
//! Two threads that write neighbouring slots slow each other down. So slots are handed out by the cache line, also those that have been
//! given back, in whatever order: each page has a bit for each of its slots that is here.

use super::class::{Chain, PageRef};
use super::page::{LINE, Page, SLOTS};
use super::slot::Slot;
use super::sync::Lock;

/// The pages with slots that nobody has. They are only linked where they are handed out.
pub(super) struct Pool {
    pages: Vec<PageRef>,
}

/// How many pages are looked at for a line that is wholly free.
const LOOKED_AT: usize = 8;
const WHOLE_LINE: u128 = (1 << LINE) - 1;

impl Pool {
    pub(super) const fn new() -> Self {
        Self { pages: Vec::new() }
    }

    /// Makes room for so many pages, so that nothing is allocated where slots are given back; nor is anything under the lock.
    pub(super) fn make_room(pool: &Lock<Self>, pages: usize) {
        let mut room = Vec::new();
        loop {
            let mut pool = pool.lock();
            if pool.pages.capacity() >= pages {
                return;
            }
            if room.capacity() >= pages {
                room.append(&mut pool.pages);
                core::mem::swap(&mut pool.pages, &mut room);
                return;
            }
            drop(pool);
            room = Vec::with_capacity(pages.next_power_of_two());
        }
    }

    /// Up to so many slots; none if there are none. Whole lines, or, where there are none, what is left of others.
    pub(super) fn take(&mut self, wanted: u32) -> Chain {
        let mut taken = Chain::EMPTY;
        let mut only_whole = false;
        while taken.count < wanted {
            let from = self.pages.len().saturating_sub(LOOKED_AT);
            let whole = self.pages[from..].iter().rposition(PageRef::has_line).map(|place| from + place);
            // The rest of a line would be a neighbour's.
            if only_whole && (whole.is_none() || wanted - taken.count < LINE as u32) {
                break;
            }
            only_whole = whole.is_some();
            let Some(place) = whole.or_else(|| self.pages.len().checked_sub(1)) else { break };
            let page = self.pages[place].page();
            let pooled = page.pooled();
            let slots = choose(pooled, wanted - taken.count);
            page.set_pooled(pooled & !slots);
            if pooled == slots {
                self.pages.swap_remove(place);
            }
            link(page, slots, &mut taken);
        }
        taken
    }

    /// Some slots of a page that nobody has seen yet; the others come in here.
    pub(super) fn take_new(&mut self, page: &'static Page, wanted: u32) -> Chain {
        let all = u128::MAX >> (128 - SLOTS);
        let slots = choose(all, wanted);
        if all != slots {
            self.pages.push(PageRef(page));
        }
        page.set_pooled(all & !slots);
        let mut taken = Chain::EMPTY;
        link(page, slots, &mut taken);
        taken
    }

    /// Takes in the first `count` slots of a chain that has as many. They are in no other list.
    pub(super) fn give(&mut self, chain: &mut Chain, count: u32) {
        for _ in 0..count {
            // SAFETY: a chain has as many slots as it says, and slots are never freed.
            let next = unsafe { &*chain.head }.next();
            // SAFETY: slots come from `Page::slot`.
            let page = unsafe { Slot::page(chain.head) };
            if page.pooled() == 0 {
                self.pages.push(PageRef(page));
            }
            page.pool(chain.head);
            chain.head = next;
        }
        chain.count -= count;
    }

    pub(super) fn bytes(&self) -> usize {
        self.pages.capacity() * size_of::<PageRef>()
    }
}

impl PageRef {
    /// Whether a line of it is wholly free.
    fn has_line(&self) -> bool {
        whole_lines(self.page().pooled()) != 0
    }
}

/// The first slots of those lines of which all slots are here.
fn whole_lines(slots: u128) -> u128 {
    const FIRST: u128 = u128::MAX / WHOLE_LINE;
    // Each slot and those behind it: one, two, four of them.
    let mut whole = slots;
    let mut behind = 1;
    while behind < LINE {
        whole &= whole >> behind;
        behind *= 2;
    }
    whole & FIRST
}

/// Up to `wanted` of these slots: whole lines, or, where there is none, what is left of the others.
fn choose(slots: u128, wanted: u32) -> u128 {
    let lines = first(whole_lines(slots), wanted / LINE as u32) * WHOLE_LINE;
    if lines == 0 { first(slots, wanted) } else { lines }
}

/// The lowest of these bits, up to so many.
fn first(bits: u128, count: u32) -> u128 {
    let mut left = bits;
    for _ in 0..count {
        // The lowest of them goes.
        left &= left.wrapping_sub(1);
    }
    bits & !left
}

/// Puts slots of a page before a chain, in their order.
fn link(page: &'static Page, slots: u128, chain: &mut Chain) {
    chain.count += slots.count_ones();
    for (word, from) in [((slots >> 64) as u64, 64), (slots as u64, 0)] {
        let mut left = word;
        while let Some(highest) = left.checked_ilog2() {
            let slot = Page::slot(page, from + highest as usize);
            // SAFETY: slots are never freed; this one is in no list.
            unsafe { &*slot }.set_next(chain.head);
            chain.head = slot;
            left &= !(1 << highest);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::class::Class;
    use super::super::registry;
    use super::*;

    fn slots(chain: &Chain) -> Vec<*const Slot> {
        // SAFETY: slots are never freed, and these are the test's.
        let next = |slot: &*const Slot| Some(unsafe { &**slot }.next()).filter(|next| !next.is_null());
        core::iter::successors((chain.count > 0).then_some(chain.head), next).collect()
    }

    fn chain(slots: &[*const Slot]) -> Chain {
        slots.iter().fold(Chain::EMPTY, |chain, &head| {
            // SAFETY: as above.
            unsafe { &*head }.set_next(chain.head);
            Chain { head, count: chain.count + 1 }
        })
    }

    fn give(class: &Class, slots: &[*const Slot]) {
        class.give_slots(&mut chain(slots), slots.len() as u32);
    }

    fn line_of(slot: *const Slot) -> usize {
        slot.addr() / (LINE * size_of::<Slot>())
    }

    /// All slots of a new page of a class, in disorder.
    fn page_of<T: 'static>() -> Vec<*const Slot> {
        let class = registry().class_of::<T>();
        let mut all = slots(&class.take_slots(SLOTS as u32, || registry().new_page()));
        assert_eq!(all.len(), SLOTS);
        all.sort_by_key(|slot| slot.addr() / size_of::<Slot>() * 37 % 127);
        all
    }

    #[test]
    fn slots_that_come_back_in_disorder_are_handed_out_by_the_line() {
        struct Own;
        let class = registry().class_of::<Own>();
        let mut all = page_of::<Own>();
        // One in the first line stays where it is: the line is not whole.
        let lowest = all.iter().position(|&slot| all.iter().all(|&other| slot <= other));
        all.remove(lowest.expect("a page has slots"));
        all.chunks(7).for_each(|some| give(class, some));
        for whole in (0..SLOTS / LINE).map(|number| number < SLOTS / LINE - 1) {
            let line = slots(&class.pool.lock().take(LINE as u32));
            assert_eq!(line.len(), if whole { LINE } else { LINE - 1 });
            assert!(line.iter().all(|&slot| line_of(slot) == line_of(line[0])), "{line:?}");
        }
        assert_eq!(class.pool.lock().take(1).count, 0);
    }

    #[test]
    fn where_no_line_is_whole_all_that_is_left_is_handed_out_at_once() {
        struct Own;
        let class = registry().class_of::<Own>();
        let pages = [page_of::<Own>(), page_of::<Own>()];
        let odd = |slot: &&*const Slot| slot.addr() / size_of::<Slot>() % 2 == 1;
        let mut given: Vec<_> = pages.iter().flatten().filter(odd).copied().collect();
        give(class, &given);
        let mut again = slots(&class.pool.lock().take(SLOTS as u32));
        again.sort_unstable();
        given.sort_unstable();
        assert_eq!(again, given);
    }
}
