//! The walk over the objects of one class: compiled for each, so that a small object is sized without a call.

mod known;

use std::collections::HashMap;
use std::mem;

use rustc_hash::FxHashMap;

use super::Measuring;
use super::ground::Visits;
use super::waiting::{Again, Claimant, Postponed, RunOfClaimants};
use crate::inspect::Measured;
use crate::panics::contain;
use crate::registry::{AnyObject, Known, Object, Pages, SiteKey, Sizes, Visitor, Walker};
use crate::tracker::plan::{ClassPlan, Row};
use crate::tracker::sites::{NOWHERE, SiteSums};
use crate::tracker::sizing::Sizing;
use crate::tracker::state::Kept;
use crate::tracker::tally::{Candidate, Source, Sums};

/// Walks all objects of `T` that the plan wants.
pub(in crate::tracker) fn class<T: Send + Sync + 'static, S: Sizing<T>>(
    measuring: &mut Measuring<'_, '_>,
    plan: &ClassPlan,
    sizing: S,
) {
    // It may be answered by hand.
    let is_steady = S::INSPECTS && contain(S::is_steady).unwrap_or(false);
    let mut typed =
        Typed { run: Run::begin(measuring, plan, size_of::<T>(), S::INSPECTS, handle::<T>), is_steady, sizing };
    while let Some(page) = typed.run.next_page() {
        let (walker, pages) = (typed.run.walker, typed.run.pages);
        walker.visit::<T>(pages, page, &mut typed);
    }
    typed.run.end();
}

/// A handle to an object of `T`, to keep it.
fn handle<T: Send + Sync + 'static>(object: &AnyObject<'_>) -> Option<Kept> {
    let handle = object.of::<T>()?.handle()?;
    Some(Box::new(handle))
}

/// A run of objects of a type: all that is compiled for each. The rest is the [`Run`]'s, compiled once.
struct Typed<'r, 'm, 's, S> {
    run: Run<'r, 'm, 's>,
    is_steady: bool,
    sizing: S,
}

impl<T: Send + Sync + 'static, S: Sizing<T>> Visitor<T> for Typed<'_, '_, '_, S> {
    #[inline]
    fn object(&mut self, object: &Object<'_, T>, value: &T) {
        let run = &mut self.run;
        let serial = object.serial();
        // What is inspected is so in one place, with names or without: it is compiled here for each class.
        if serial.wrapping_sub(run.from) < run.length {
            if S::INSPECTS {
                run.measuring.sizer.begin(serial);
            }
        } else if !run.look_up(serial) {
            return;
        }
        let bytes = self.sizing.measure_or_panic(run.measuring.sizer, value);
        let has_more = if S::INSPECTS { run.measuring.sizer.has_more() } else { run.levels > 0 };
        if has_more {
            run.file_more(object, bytes);
        } else {
            run.file_plain(object, serial, bytes);
        }
    }

    fn borrowed(&mut self, object: &Object<'_, T>) {
        self.run.borrowed(object);
    }

    fn panicked(&mut self, object: &Object<'_, T>) {
        self.run.panicked(object);
    }

    #[inline]
    fn remembers(&self) -> bool {
        self.is_steady && self.run.remembers
    }

    fn recall(&mut self, known: &Known) -> bool {
        self.run.recall(known)
    }

    fn begin_page(&mut self) {
        self.run.begin_page();
    }

    fn end_page(&mut self) -> Option<Sizes> {
        self.run.end_page()
    }
}

/// The threshold below which no object is.
const ALL: (u64, u64) = (0, u64::MAX);

/// A run of objects of one span: what the walk needs for each of them, at hand.
struct Run<'r, 'm, 's> {
    measuring: &'r mut Measuring<'m, 's>,
    plan: &'r ClassPlan,
    walker: &'m Walker,
    pages: &'m Pages,
    /// Which of them are visited.
    visits: Visits,
    /// The page that is visited.
    page: usize,
    /// Those of it that are sized once more, if that is what it is visited for.
    again: Option<FxHashMap<u64, (usize, Claimant)>>,
    /// The serials of the present span that are old enough: from the first, less than the second further. Its number.
    span: (u64, u64),
    number: usize,
    /// The same, but none where each object is [looked up](Run::look_up).
    from: u64,
    length: u64,
    /// See [`crate::tracker::tally::Tally::threshold`].
    threshold: (u64, u64),
    /// An object that has the first of these bytes or more, by less than the second, is neither the smallest nor the largest, and
    /// is not listed.
    usual: (u64, u64),
    /// Where the last object was made.
    site_key: SiteKey,
    /// How many levels of parts the span asks for.
    levels: u32,
    sums: Sums,
    /// For each span, the number of its claimants' run, once there are any.
    runs: Vec<Option<u32>>,
    by_site: SiteSums,
    flat_bytes: u64,
    /// Whether any object at all is registered on its own.
    some_are_own: bool,
    /// Whether objects are inspected: see `INSPECTS`.
    inspects: bool,
    /// Makes a handle to an object, to keep it.
    handle: fn(&AnyObject<'_>) -> Option<Kept>,
    /// Whether what a page adds up to is all there is to be told of it, so that it can be told again.
    remembers: bool,
    /// What the objects before the present page added up to, if they are all of its span.
    before: Option<Sums>,
}

impl<'r, 'm, 's> Run<'r, 'm, 's> {
    fn begin(
        measuring: &'r mut Measuring<'m, 's>,
        plan: &'r ClassPlan,
        flat: usize,
        inspects: bool,
        handle: fn(&AnyObject<'_>) -> Option<Kept>,
    ) -> Self {
        Self {
            some_are_own: !measuring.own.is_empty(),
            plan,
            walker: measuring.walker,
            pages: &measuring.ground.pages[measuring.class],
            page: 0,
            again: None,
            span: (0, 0),
            number: 0,
            from: 0,
            length: 0,
            threshold: ALL,
            usual: (0, 0),
            site_key: SiteKey::NONE,
            levels: 0,
            sums: Sums::default(),
            runs: vec![None; plan.spans.len()],
            by_site: mem::take(&mut measuring.by_site),
            flat_bytes: flat as u64,
            inspects,
            handle,
            remembers: measuring.ground.remembers && !matches!(measuring.visits, Visits::Again(_)),
            visits: mem::take(&mut measuring.visits),
            before: None,
            measuring,
        }
    }

    fn end(mut self) {
        self.flush();
        self.measuring.by_site = self.by_site;
    }

    #[cold]
    fn borrowed(&mut self, object: &AnyObject<'_>) {
        if self.counts(object.serial()) {
            self.file_whole(object, Measured { unread: true, ..Measured::plain(self.flat_bytes) });
        }
    }

    /// The sizing of an object broke off: it counts with what was found.
    #[cold]
    fn panicked(&mut self, object: &AnyObject<'_>) {
        if self.counts(object.serial()) {
            let measured = self.measuring.sizer.broken_off(self.flat_bytes as usize);
            self.file_whole(object, measured);
        }
    }

    /// Begins with an object that may not count, or that is sized part by part; whether it counts. (Also where a function sizes: the
    /// first of a run comes here, so of what was inspected before it nothing is left.)
    #[inline(never)]
    fn look_up(&mut self, serial: u64) -> bool {
        let counts = self.counts(serial);
        if counts {
            self.measuring.sizer.begin_detailed(serial, self.levels);
        }
        counts
    }

    /// An object of which there is more to say than its bytes.
    #[inline(never)]
    fn file_more(&mut self, object: &AnyObject<'_>, bytes: u64) {
        let measured = self.measuring.sizer.end(self.inspects, self.flat_bytes as usize, bytes, self.levels);
        self.file(object, measured);
    }

    /// Whether an object is counted in this run, which becomes the one of its span.
    #[inline]
    fn counts(&mut self, serial: u64) -> bool {
        (serial.wrapping_sub(self.span.0) < self.span.1 || self.find_span(serial))
            && !(self.some_are_own && self.measuring.own.contains(&serial))
    }

    /// Files an object that could not be taken apart.
    #[cold]
    #[inline(never)]
    fn file_whole(&mut self, object: &AnyObject<'_>, measured: Measured) {
        self.measuring.sizer.whole(self.flat_bytes as usize, measured);
        self.file(object, measured);
    }

    /// Goes over to the span that an object belongs to; whether there is one.
    #[cold]
    fn find_span(&mut self, serial: u64) -> bool {
        let cut = self.measuring.cut;
        let number = match &mut self.again {
            None => self.plan.spans.iter().position(|(span, _)| serial < cut && span.contains(serial)),
            Some(left) => left.remove(&serial).map(|(span, _)| span),
        };
        let Some(number) = number else { return false };
        self.flush();
        let (span, row) = &self.plan.spans[number];
        self.number = number;
        self.span = match self.again {
            None => (span.from, span.until.min(cut) - span.from),
            Some(_) => (serial, 1),
        };
        self.levels = span.resolution_level;
        let looked_up = self.levels > 0 || self.some_are_own || self.again.is_some();
        (self.from, self.length) = (self.span.0, if looked_up { 0 } else { self.span.1 });
        self.measuring.sizer.set_row(*row as u32);
        if self.levels > 0 {
            let referents = self.measuring.rows[*row].take_referents(self.measuring.stretch);
            self.measuring.sizer.set_referents(Some(referents));
        }
        self.threshold = if span.looks_at_all() { ALL } else { self.measuring.rows[*row].tally.threshold() };
        self.usual = (0, 0);
        true
    }

    /// Files an object that was read and shares nothing, as most do: if it came from where the last one did, and its bytes are
    /// within what there was before, its row's sums are all that changes.
    #[inline]
    fn file_plain(&mut self, object: &AnyObject<'_>, serial: u64, bytes: u64) {
        if object.site_key() != self.site_key {
            self.change_site(object);
        }
        self.sums.add_between(bytes);
        if bytes.wrapping_sub(self.usual.0) >= self.usual.1 {
            // Where all objects are of one size, all are as large as the least that is listed.
            if bytes == self.threshold.0 && serial >= self.threshold.1 {
                return self.sums.widen(bytes);
            }
            self.unusual(object, bytes);
        }
    }

    #[inline(never)]
    fn change_site(&mut self, object: &AnyObject<'_>) {
        self.by_site.at(object.site(), &self.sums);
        let key = object.site_key();
        self.site_key = if key.tells() { key } else { SiteKey::NONE };
    }

    /// An object that is smaller or larger than all before, or that may be listed.
    #[inline(never)]
    fn unusual(&mut self, object: &AnyObject<'_>, bytes: u64) {
        let measured = Measured::plain(bytes).or_flat(self.flat_bytes);
        if measured.unread {
            self.sums.take_back(bytes);
            return self.file_whole(object, measured);
        }
        self.sums.widen(bytes);
        self.offer(object, Measured::plain(bytes));
        let (from, until) = self.sums.between();
        self.usual = (from, until.min(self.threshold.0).saturating_sub(from));
    }

    /// Always inlined: what is known of the object stays in registers.
    #[inline(always)]
    fn file(&mut self, object: &AnyObject<'_>, measured: Measured) {
        if measured.bytes > Measured::MOST_BYTES {
            return self.file_whole(object, measured.or_flat(self.flat_bytes));
        }
        if measured.claims {
            return self.look_at(object, measured);
        }
        if !measured.unread && self.levels == 0 {
            return self.file_plain(object, object.serial(), measured.bytes);
        }
        if object.site_key() != self.site_key {
            self.change_site(object);
        }
        self.sums.add(measured.bytes, measured.unread);
        self.offer(object, measured);
    }

    /// An object that is added up already may be listed.
    #[inline]
    fn offer(&mut self, object: &AnyObject<'_>, measured: Measured) {
        let (bytes, serial) = self.threshold;
        if measured.bytes > bytes || (measured.bytes == bytes && object.serial() < serial) {
            self.look_at(object, measured);
        }
    }

    /// Objects that may be listed, that may have to pay for shared data, or that are to be kept.
    #[cold]
    #[inline(never)]
    fn look_at(&mut self, object: &AnyObject<'_>, measured: Measured) {
        let (span, row) = &self.plan.spans[self.number];
        let again = self.again.is_some();
        if span.keep
            && !again
            && let Some(kept) = (self.handle)(object)
        {
            self.measuring.findings.kept.push((object.serial(), kept));
        }
        let flat_bytes = self.flat_bytes;
        let candidate = |parts| Candidate {
            bytes: measured.bytes,
            serial: object.serial(),
            unread: measured.unread,
            flat_bytes,
            birth: Some(object.birth()),
            site: object.site(),
            source: Source::Registry(object.place(), span.repr.clone()),
            parts,
        };
        let Row { tally, ages, .. } = &mut self.measuring.rows[*row];
        if let (Some(_), Some(ages), false) = (span.ages, ages, again) {
            ages.add(object.birth(), object.serial(), || candidate(Vec::new()));
        }
        if !measured.claims && !tally.wants(measured.bytes, object.serial()) {
            return;
        }
        if measured.claims {
            self.claims(object, measured);
        } else {
            tally.consider(candidate(self.measuring.sizer.parts()));
            if !span.looks_at_all() {
                self.threshold = tally.threshold();
            }
        }
    }

    /// An object that may have to pay for shared data.
    fn claims(&mut self, object: &AnyObject<'_>, measured: Measured) {
        let measuring = &mut *self.measuring;
        let run = *self.runs[self.number].get_or_insert_with(|| {
            let (span, row) = &self.plan.spans[self.number];
            let runs = &mut measuring.waiting.runs;
            runs.push(RunOfClaimants { row: *row, flat_bytes: self.flat_bytes, repr: span.repr.clone() });
            runs.len() as u32 - 1
        });
        let claimant = Claimant {
            bytes: measured.bytes,
            place: object.place(),
            birth: object.birth(),
            site: object.site(),
            run,
            unread: measured.unread,
            held: measuring.sizer.hold(object.serial()).map(Box::new),
        };
        if measured.unread && measuring.sizer.is_to_be_sized_again() {
            let (class, stretch) = (measuring.class, measuring.stretch);
            measuring.waiting.postponed.push(Postponed {
                class,
                page: self.page,
                stretch,
                span: self.number,
                claimant,
            });
        } else {
            measuring.live[self.number] += 1;
            measuring.waiting.claimants.push(claimant);
        }
    }

    /// The next page to visit.
    fn next_page(&mut self) -> Option<usize> {
        if self.again.is_some() {
            self.file_dead();
        }
        self.page = match &mut self.visits {
            Visits::None => return None,
            Visits::Pages(pages) => pages.next()?,
            Visits::Again(pages) => {
                let Again { page, stretch, left } = pages.next()?;
                self.again = Some(left);
                self.measuring.stretch = stretch;
                // Each object is looked for.
                (self.span, self.length) = ((0, 0), 0);
                page
            }
        };
        Some(self.page)
    }

    /// Those of the page that were to be sized once more and have died count with what was found first.
    #[cold]
    fn file_dead(&mut self) {
        for (span, claimant) in self.again.take().into_iter().flat_map(HashMap::into_values) {
            self.measuring.live[span] += 1;
            self.measuring.waiting.claimants.push(claimant);
        }
    }

    /// Adds the run to its row.
    fn flush(&mut self) {
        if let Some(before) = self.before.take() {
            self.sums.end_range(&before);
            // None of this page was counted before: it begins with the next span.
            self.before = (self.sums.live() == before.live()).then(Sums::default);
        }
        self.by_site.at(NOWHERE, &self.sums);
        self.site_key = SiteKey::NONE;
        let sums = mem::take(&mut self.sums).of_flat_size(self.flat_bytes);
        if let Some((_, row)) = self.plan.spans.get(self.number) {
            self.measuring.live[self.number] += sums.live();
            let row = &mut self.measuring.rows[*row];
            row.tally.join(sums);
            self.by_site.empty_into(&mut row.tally.sites);
            if let Some(referents) = self.measuring.sizer.set_referents(None) {
                row.referents = Some(referents);
            }
        }
    }
}
