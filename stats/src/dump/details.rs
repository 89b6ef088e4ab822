//! What only some classes' rows have: sites, ages, the oldest objects, lifetimes, a history.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::column::{Column, Values, zigzag};
use super::decode::{Bad, reference};
use super::records::{RecordColumns, Records};
use super::tables::{Known, Tables};
use super::wire::{DetailsWire, Packed};
use crate::{ClassRow, Durations, History, HistoryEvent, ObjectRecord, SiteRow, Snapshot};

/// Which of it a row has, in bits.
const BY_VALUE: u64 = 1;
const SITES: u64 = 1 << 1;
const AGES: u64 = 1 << 2;
const OLDEST: u64 = 1 << 3;
const LIFETIMES: u64 = 1 << 4;
const HISTORY: u64 = 1 << 5;
const ALL: u64 = (1 << 6) - 1;

/// The oldest objects of all classes in the snapshot before, by serial, with their places in that list.
pub(super) type OldestBefore<'a> = HashMap<u64, (u64, &'a Arc<ObjectRecord>)>;

/// Where the oldest objects of a snapshot are found again by those of the next one. Of two with one serial, the first is.
pub(super) fn oldest_of(snapshot: Option<&Snapshot>) -> OldestBefore<'_> {
    let mut oldest = OldestBefore::new();
    let rows = snapshot.into_iter().flat_map(|snapshot| &snapshot.classes);
    for (place, record) in rows.flat_map(|row| &row.oldest).enumerate() {
        oldest.entry(record.serial).or_insert((place as u64, record));
    }
    oldest
}

/// Details that are being packed.
#[derive(Default)]
pub(super) struct DetailColumns {
    rows: Column,
    /// How many rows without any came since the last that had some.
    gap: u64,
    // The fields of rows of sites, in the order of `DetailsWire`.
    sites: [Column; 4],
    counts: Column,
    oldest: Column,
    /// The place after that of the last one that the snapshot before has as well.
    next_place: u64,
    records: RecordColumns,
    times: Column,
    live: Column,
}

impl DetailColumns {
    /// Adds what a row has, of a snapshot taken at `elapsed`.
    pub(super) fn push(&mut self, row: &ClassRow, elapsed: Duration, before: &OldestBefore<'_>, known: &mut Known) {
        let bits = [
            (BY_VALUE, row.by_value),
            (SITES, !row.sites.is_empty()),
            (AGES, row.ages.is_some()),
            (OLDEST, !row.oldest.is_empty()),
            (LIFETIMES, row.lifetimes.is_some()),
            (HISTORY, row.history.is_some()),
        ];
        let has: u64 = bits.into_iter().filter(|(_, has)| *has).map(|(bit, _)| bit).sum();
        if has == 0 {
            self.gap += 1;
            return;
        }
        self.rows.push(std::mem::take(&mut self.gap));
        self.rows.push(has);
        if !row.sites.is_empty() {
            self.rows.push(row.sites.len() as u64);
            row.sites.iter().for_each(|site| self.site(site, known));
        }
        self.durations(row.ages.as_ref());
        if !row.oldest.is_empty() {
            self.rows.push(row.oldest.len() as u64);
            row.oldest.iter().for_each(|record| self.oldest(record, before, known));
        }
        self.durations(row.lifetimes.as_ref());
        if let Some(history) = &row.history {
            self.history(history, elapsed, row.live);
        }
    }

    fn site(&mut self, row: &SiteRow, known: &mut Known) {
        let [site, trace, live, bytes] = &mut self.sites;
        site.push_optional(row.site.as_ref().map(|site| known.site(site)));
        trace.push_optional(row.trace.as_ref().map(|trace| known.trace(trace)));
        live.push(row.live);
        bytes.push(row.bytes);
    }

    fn durations(&mut self, durations: Option<&Durations>) {
        let Some(durations) = durations else {
            return;
        };
        self.rows.push(durations.counts.len() as u64);
        durations.counts.iter().for_each(|count| self.counts.push(*count));
    }

    fn oldest(&mut self, record: &Arc<ObjectRecord>, before: &OldestBefore<'_>, known: &mut Known) {
        match before.get(&record.serial) {
            Some((place, old)) if *old == record => {
                self.oldest.push_wide(zigzag((*place).into(), self.next_place.into()) + 1);
                self.next_place = place + 1;
            }
            _ => {
                self.oldest.push(0);
                self.records.push(record, known);
            }
        }
    }

    fn history(&mut self, history: &History, elapsed: Duration, live: u64) {
        self.rows.push(history.events.len() as u64);
        self.rows.push(history.lost);
        let mut before = (elapsed.as_nanos(), live);
        for event in &history.events {
            let at = event.at.as_nanos();
            self.times.push_wide(zigzag(at, before.0));
            self.live.push_delta(event.live, before.1);
            before = (at, event.live);
        }
    }

    pub(super) fn clear(&mut self) {
        let lists = [&mut self.rows, &mut self.counts, &mut self.oldest, &mut self.times, &mut self.live];
        lists.into_iter().chain(&mut self.sites).for_each(Column::clear);
        self.records.clear();
        (self.gap, self.next_place) = (0, 0);
    }

    pub(super) fn wire(&self) -> DetailsWire<'_> {
        let [site, site_trace, site_live, site_bytes] = self.sites.each_ref().map(|column| Packed(&column.0));
        DetailsWire {
            rows: Packed(&self.rows.0),
            site,
            site_trace,
            site_live,
            site_bytes,
            counts: Packed(&self.counts.0),
            oldest: Packed(&self.oldest.0),
            oldest_records: self.records.wire(),
            oldest_traces: self.records.traces(),
            times: Packed(&self.times.0),
            live: Packed(&self.live.0),
        }
    }
}

/// Details that are being read.
pub(super) struct DetailValues<'a> {
    rows: Values<'a>,
    site: Values<'a>,
    site_trace: Values<'a>,
    site_live: Values<'a>,
    site_bytes: Values<'a>,
    counts: Values<'a>,
    oldest: Values<'a>,
    next_place: u64,
    records: Records<'a>,
    times: Values<'a>,
    live: Values<'a>,
}

impl<'a> DetailValues<'a> {
    pub(super) fn new(wire: &DetailsWire<'a>) -> Self {
        Self {
            rows: Values::new(wire.rows.0, "details: rows"),
            site: Values::new(wire.site.0, "sites of classes: site"),
            site_trace: Values::new(wire.site_trace.0, "sites of classes: trace"),
            site_live: Values::new(wire.site_live.0, "sites of classes: live"),
            site_bytes: Values::new(wire.site_bytes.0, "sites of classes: bytes"),
            counts: Values::new(wire.counts.0, "ages and lifetimes"),
            oldest: Values::new(wire.oldest.0, "oldest"),
            next_place: 0,
            records: Records::of_oldest(&wire.oldest_records, wire.oldest_traces),
            times: Values::new(wire.times.0, "history: times"),
            live: Values::new(wire.live.0, "history: live"),
        }
    }

    /// Gives the rows what they have. `before` are the oldest objects of the snapshot before.
    pub(super) fn read(
        mut self,
        classes: &mut [ClassRow],
        elapsed: Duration,
        before: &[Arc<ObjectRecord>],
        tables: &Tables,
    ) -> Result<(), Bad> {
        let mut left = classes.iter_mut();
        while !self.rows.is_empty() {
            let gap = self.rows.next()?;
            let count = left.len();
            let row = usize::try_from(gap).ok().and_then(|gap| left.nth(gap));
            let row = row.ok_or_else(|| reference("a class with details", count, gap))?;
            self.row(row, elapsed, before, tables)?;
        }
        self.finish()
    }

    fn row(
        &mut self,
        row: &mut ClassRow,
        elapsed: Duration,
        before: &[Arc<ObjectRecord>],
        tables: &Tables,
    ) -> Result<(), Bad> {
        let has = self.rows.next()?;
        if has & !ALL != 0 {
            return Err(self.rows.bad("bits below 64", has));
        }
        row.by_value = has & BY_VALUE != 0;
        if has & SITES != 0 {
            let count = self.rows.next()?;
            row.sites = self.sites(count, tables)?;
        }
        if has & AGES != 0 {
            row.ages = Some(self.durations()?);
        }
        if has & OLDEST != 0 {
            let count = self.rows.next()?;
            let count = self.oldest.checked_count(count)?;
            row.oldest.reserve_exact(count);
            for _ in 0..count {
                row.oldest.push(self.next_oldest(before, tables)?);
            }
        }
        if has & LIFETIMES != 0 {
            row.lifetimes = Some(self.durations()?);
        }
        if has & HISTORY != 0 {
            row.history = Some(self.history(elapsed, row.live)?);
        }
        Ok(())
    }

    fn sites(&mut self, count: u64, tables: &Tables) -> Result<Vec<SiteRow>, Bad> {
        let count = self.site.checked_count(count)?;
        let mut rows = Vec::with_capacity(count);
        for _ in 0..count {
            let mut row = SiteRow::new(self.site_live.next()?, self.site_bytes.next()?);
            row.site = self.site.next_optional()?.map(|site| tables.site(site)).transpose()?;
            row.trace = self.site_trace.next_optional()?.map(|trace| tables.trace(trace)).transpose()?;
            rows.push(row);
        }
        Ok(rows)
    }

    fn durations(&mut self) -> Result<Durations, Bad> {
        let count = self.rows.next()?;
        let count = self.counts.checked_count(count)?;
        let mut durations = Durations { counts: Vec::with_capacity(count) };
        for _ in 0..count {
            durations.counts.push(self.counts.next()?);
        }
        Ok(durations)
    }

    fn next_oldest(&mut self, before: &[Arc<ObjectRecord>], tables: &Tables) -> Result<Arc<ObjectRecord>, Bad> {
        let Some(zigzag) = self.oldest.next_wide()?.checked_sub(1) else {
            return self.records.next(tables);
        };
        let delta = (zigzag >> 1) ^ (zigzag & 1).wrapping_neg();
        let place = u128::from(self.next_place).wrapping_add(delta);
        let place = u64::try_from(place).map_err(|_| self.oldest.bad("a place of 64 bits", "another"))?;
        let found = usize::try_from(place).ok().and_then(|place| before.get(place));
        let found = found.ok_or_else(|| reference("an oldest object of the snapshot before", before.len(), place))?;
        self.next_place = place + 1;
        Ok(Arc::clone(found))
    }

    fn history(&mut self, elapsed: Duration, live: u64) -> Result<History, Bad> {
        let count = self.rows.next()?;
        let count = self.times.checked_count(count)?;
        let mut history = History { events: Vec::with_capacity(count), lost: self.rows.next()? };
        let mut before = (elapsed.as_nanos(), live);
        for _ in 0..count {
            let zigzag = self.times.next_wide()?;
            let at = self.times.duration(zigzag, before.0)?;
            let live = self.live.next_delta(before.1)?;
            history.events.push(HistoryEvent { at, live });
            before = (at.as_nanos(), live);
        }
        Ok(history)
    }

    fn finish(self) -> Result<(), Bad> {
        let sites = [self.site, self.site_trace, self.site_live, self.site_bytes];
        for column in sites.into_iter().chain([self.counts, self.oldest, self.times, self.live]) {
            column.finish()?;
        }
        self.records.finish()
    }
}
