//! Taking a snapshot: plan, walk, rows.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use chrono::Utc;
use classtracker_stats::{CensusRow, ObjectRecord, ObjectRow, Snapshot, Tracking};
use rustc_hash::FxHashMap;

use super::ages::Ages;
use super::by_value::ByValue;
use super::class::Totals;
use super::handle::drop_quietly;
use super::measure::{Findings, measure};
use super::parts::PartNames;
use super::plan::Plan;
use super::state::{Listed, State};
use super::tally::{Candidate, Source};
use super::traces;
use crate::monitor::{MonitorError, Monitoring};
use crate::registry::{ForkLock, TRACKS, Walker, registry};

/// The lock is held only to copy what is to be read and to file what was found.
pub(super) fn take(state: &ForkLock<State>, monitoring: &Monitoring, label: String) -> Arc<Snapshot> {
    let settings = monitoring.settings();
    let mut snapshot = Snapshot::new(label, Utc::now(), crate::clock::elapsed());
    let start = Instant::now();
    let (mut plan, lost) = {
        let mut state = state.lock();
        (Plan::new(&mut state, snapshot.elapsed), std::mem::take(&mut state.lost))
    };
    if lost {
        monitoring.note(MonitorError::LostInFork);
    }
    let by_value = ByValue::count();
    let findings = measure(&mut plan, settings.snapshot_threads);
    plan.count_classes(&findings.live);
    snapshot.duration = start.elapsed();
    snapshot.process = crate::memory::process_memory(settings.memory);
    snapshot.tracking = match () {
        () if !TRACKS => Tracking::CompiledOut,
        () if !registry().is_enabled() => Tracking::SwitchedOff,
        () => Tracking::On,
    };

    let mut listed = Vec::new();
    let mut oldest = HashMap::new();
    let mut part_names = PartNames::default();
    for (row, &shared_bytes) in std::mem::take(&mut plan.rows).into_iter().zip(&findings.shared_bytes) {
        let mut tally = row.tally;
        let sites = std::mem::take(&mut tally.sites);
        let (mut class, candidates) = tally.finish(Arc::clone(&row.name), row.created);
        class.sites = sites.rows(state);
        class.shared_bytes = shared_bytes;
        class.lifetimes = row.lifetimes;
        class.history = row.history;
        if let Some((ages, elders)) = row.ages.map(Ages::finish) {
            class.ages = Some(ages);
            oldest.insert(Arc::clone(&row.name), elders);
        }
        if let Some(referents) = row.referents {
            class.referents = referents.of_all().iter().map(|part| part_names.referent(part)).collect();
        }
        snapshot.classes.push(class);
        listed.extend(candidates.into_iter().map(|candidate| (Arc::clone(&row.name), candidate)));
    }
    by_value.add_rows(state, &mut snapshot.classes);
    snapshot.classes.sort_by(|a, b| a.class.cmp(&b.class));
    snapshot.census = findings.census.as_ref().map(|census| {
        let mut rows: Vec<_> = census.iter().map(|&(name, count, bytes)| CensusRow::new(name, count, bytes)).collect();
        rows.sort_by(|a, b| a.type_name.cmp(&b.type_name));
        rows
    });
    listed.sort_unstable_by_key(|(_, candidate)| candidate.serial);

    // Those that were listed before, and are not now, may have died. Asking takes no lock, so that user code (what an object
    // shows of itself; the destructor of one that dies while it is asked) may use this tracker.
    let (known, elders) = {
        let state = state.lock();
        (Arc::clone(&state.listed), Arc::clone(&state.elders))
    };
    let records = Records { state, walker: Walker::new(), known: &known, elders: &elders };
    let fresh = describe(&records, listed, &mut part_names, &mut snapshot);
    let elders = records.oldest(oldest, &mut snapshot);
    // Side by side: the rows only point to what has the serial.
    let serials: Vec<u64> = snapshot.objects.iter().map(|row| row.object.serial).collect();
    let seen = |serial| serials.binary_search(serial).is_ok();
    // As many rows of objects that were known as there are known ones: then each of them is there.
    let all_are_seen = snapshot.objects.len() - fresh.len() == known.len();
    let unseen = known.iter().filter(|(serial, _)| !all_are_seen && !seen(serial));
    let dead = unseen.filter(|(_, listed)| !listed.is_alive());
    let dead: Vec<u64> = dead.map(|(&serial, _)| serial).collect();
    drop(known);
    let found = Found { fresh, elders, dead };
    let snapshot = file(state, monitoring, snapshot, &plan, findings, found);
    monitoring.deliver(&snapshot);
    snapshot
}

impl Listed {
    fn is_alive(&self) -> bool {
        match &self.source {
            Source::Registry(place, _) => place.is_alive(),
            Source::Registered(object) => object.is_alive(),
        }
    }
}

/// What a snapshot has learnt of objects that may be met again.
struct Found {
    /// Those that were never listed before.
    fresh: Vec<Listed>,
    /// The oldest of those that are not listed.
    elders: FxHashMap<u64, Arc<ObjectRecord>>,
    /// Those that were listed before and have died.
    dead: Vec<u64>,
}

/// The records of objects: those that are known from earlier, and new ones.
struct Records<'r> {
    state: &'r ForkLock<State>,
    walker: Walker,
    known: &'r FxHashMap<u64, Listed>,
    elders: &'r FxHashMap<u64, Arc<ObjectRecord>>,
}

impl Records<'_> {
    /// The record of an object under this name, where it is not known as a listed one.
    fn of(&self, name: Arc<str>, candidate: &Candidate) -> Arc<ObjectRecord> {
        if let Some(known) = self.elders.get(&candidate.serial)
            && known.class == name
        {
            return Arc::clone(known);
        }
        let mut record = ObjectRecord::new(candidate.serial, name, candidate.flat_bytes);
        record.birth = candidate.birth;
        record.site = self.state.lock().names.site(candidate.site);
        record.trace = traces::of_site(candidate.site);
        record.repr = match &candidate.source {
            Source::Registry(place, Some(repr)) => repr(&self.walker, *place),
            Source::Registry(_, None) => None,
            Source::Registered(object) => object.represent(&self.walker),
        }
        .map(Into::into);
        Arc::new(record)
    }

    /// Writes the oldest objects into their rows; returns the records of those that are not listed.
    fn oldest(
        &self,
        mut oldest: HashMap<Arc<str>, Vec<Candidate>>,
        snapshot: &mut Snapshot,
    ) -> FxHashMap<u64, Arc<ObjectRecord>> {
        let mut elders = FxHashMap::default();
        for row in &mut snapshot.classes {
            for candidate in oldest.remove(&row.class).unwrap_or_default() {
                let listed = snapshot.objects.binary_search_by_key(&candidate.serial, |row| row.object.serial);
                let record = match (listed, self.known.get(&candidate.serial)) {
                    (Ok(place), _) => Arc::clone(&snapshot.objects[place].object),
                    (_, Some(known)) if known.record.class == row.class => Arc::clone(&known.record),
                    _ => {
                        let record = self.of(Arc::clone(&row.class), &candidate);
                        elders.insert(candidate.serial, Arc::clone(&record));
                        record
                    }
                };
                row.oldest.push(record);
            }
        }
        elders
    }
}

/// Writes the rows of the objects; returns those that have never had one.
fn describe(
    records: &Records<'_>,
    listed: Vec<(Arc<str>, Candidate)>,
    part_names: &mut PartNames,
    snapshot: &mut Snapshot,
) -> Vec<Listed> {
    let mut fresh = Vec::new();
    snapshot.objects.reserve_exact(listed.len());
    for (name, candidate) in listed {
        let record = match records.known.get(&candidate.serial) {
            Some(known) if known.record.class == name => Arc::clone(&known.record),
            _ => {
                let record = records.of(name, &candidate);
                fresh.push(Listed { record: Arc::clone(&record), source: candidate.source });
                record
            }
        };
        let mut row = ObjectRow::new(record, candidate.bytes);
        row.unread = candidate.unread;
        if !candidate.parts.is_empty() {
            row.referents = candidate.parts.iter().map(|part| part_names.referent(part)).collect();
        }
        snapshot.objects.push(row);
    }
    fresh
}

/// Files the snapshot, and what was learnt on the way.
fn file(
    state: &ForkLock<State>,
    monitoring: &Monitoring,
    mut snapshot: Snapshot,
    plan: &Plan,
    findings: Findings,
    found: Found,
) -> Arc<Snapshot> {
    let Found { fresh, elders, dead } = found;
    let beside = registry().overhead_bytes() + traces::overhead_bytes() + monitoring.overhead_bytes();
    let mut guard = state.lock();
    let state = &mut *guard;
    // A copy is made only if another snapshot is under way.
    let listed = Arc::make_mut(&mut state.listed);
    let cleared = state.era.cleared != plan.era.cleared;
    if !cleared {
        listed.extend(fresh.into_iter().map(|fresh| (fresh.record.serial, fresh)));
        state.elders = Arc::new(elders);
    }
    // Of several snapshots under way at once, the first to come here tells the death.
    let forgotten: Vec<_> = dead.iter().filter_map(|serial| listed.remove_entry(serial)).collect();
    snapshot.gone = forgotten.iter().map(|(serial, _)| *serial).collect();
    snapshot.gone.sort_unstable();
    let mut surplus = Vec::new();
    let mut old_snapshots = Vec::new();
    if state.era == plan.era {
        let kept = findings.kept.into_iter().map(|(serial, handle)| state.kept.insert(serial, handle));
        surplus.extend(kept.flatten());
        retire(state, plan, &findings.live);
    } else {
        surplus.extend(findings.kept.into_iter().map(|(_, handle)| handle));
    }
    let dead_objects = state.objects.prune();
    snapshot.overhead_bytes = (beside + state.overhead_bytes() + snapshot.memory_bytes()) as u64;
    let snapshot = Arc::new(snapshot);
    if !cleared {
        let surplus = state.file(&snapshot, monitoring.settings().keep_last);
        monitoring.filed(&snapshot, surplus.len() as u64);
        old_snapshots = surplus;
    }
    drop(guard);
    drop((forgotten, dead_objects, old_snapshots));
    surplus.into_iter().for_each(drop_quietly);
    snapshot
}

/// Ends the spans that no object can come into any more and whose last one is dead.
fn retire(state: &mut State, plan: &Plan, live: &[Vec<u64>]) {
    for (class, live) in plan.classes.iter().zip(live) {
        let Some(tracked) = state.classes.iter_mut().find(|tracked| tracked.is(class.class)) else { continue };
        for ((span, _), _) in class.spans.iter().zip(live).filter(|((span, _), live)| !span.is_open() && **live == 0) {
            if let Some(place) = tracked.spans.iter().position(|other| other.from == span.from && !other.is_open()) {
                // The last span stays: the next registration goes on where it ended.
                if place + 1 < tracked.spans.len() {
                    let created = tracked.spans.remove(place).created(Totals::default());
                    *state.past.entry(Arc::clone(&span.name)).or_default() += created;
                }
            }
        }
    }
}
