//! The small session with all that version 2 of the format can hold.

use std::sync::Arc;
use std::time::Duration;

use classtracker_stats::{
    AllocatorMemory, AllocatorSource, ClassRow, Durations, Frame, History, HistoryEvent, ObjectRecord, Site, SiteRow,
    Snapshot, Stats, Trace, Tracking,
};

use super::factory;

/// The factory, its objects with traces, its classes with sites, ages, oldest objects, lifetimes and histories.
pub(crate) fn everything() -> Stats {
    let factory = factory();
    let main = Arc::new(call("factory::main", Some(30)));
    let load = Trace::new(vec![Arc::clone(&main), Arc::new(call("factory::load", Some(12)))]);
    let mut deep = Trace::new(vec![main, Arc::new(call("0x55d0c0de", None))]);
    deep.cut = true;
    let traces = [Arc::new(load), Arc::new(deep)];
    let oldest = oldest(&traces[1]);
    let snapshots = factory.snapshots().iter().enumerate().map(|(index, snapshot)| {
        let mut snapshot = Snapshot::clone(snapshot);
        process(&mut snapshot, index);
        for (row, trace) in snapshot.objects.iter_mut().zip(traces.iter().cycle()) {
            let mut record = ObjectRecord::clone(&row.object);
            record.trace = Some(Arc::clone(trace));
            row.object = Arc::new(record);
        }
        for (place, row) in snapshot.classes.iter_mut().enumerate() {
            details(row, index + place, &traces, &oldest);
        }
        Arc::new(snapshot)
    });
    Stats::new(factory.session().clone(), snapshots.collect())
}

fn call(function: &str, line: Option<u32>) -> Frame {
    let mut call = Frame::new(function);
    call.site = line.map(|line| Site { file: "src/main.rs".to_owned(), line, column: 5 });
    call
}

fn oldest(trace: &Arc<Trace>) -> [Arc<ObjectRecord>; 3] {
    [2, 3, 900].map(|serial| {
        let mut record = super::object(serial, "factory::staff::Employee", serial + 100);
        record.trace = (serial == 900).then(|| Arc::clone(trace));
        Arc::new(record)
    })
}

fn process(snapshot: &mut Snapshot, index: usize) {
    let sources = [AllocatorSource::Counting, AllocatorSource::Glibc, AllocatorSource::Jemalloc];
    let mut allocator = AllocatorMemory::new(sources[index], 3_000_000 + index as u64);
    allocator.live_blocks = (index != 2).then_some(40_000);
    allocator.held_bytes = (index != 0).then_some(3_500_000);
    snapshot.process.allocator = Some(allocator);
    snapshot.process.proportional_bytes = (index != 1).then_some(3_600_000);
    snapshot.tracking = [Tracking::On, Tracking::SwitchedOff, Tracking::CompiledOut][index];
}

/// What each row has depends on `which`, so that it comes and goes.
fn details(row: &mut ClassRow, which: usize, traces: &[Arc<Trace>; 2], oldest: &[Arc<ObjectRecord>; 3]) {
    row.by_value = which == 4;
    if which >= 1 {
        let mut known = SiteRow::new(700, 140_000);
        known.site = Some(Arc::new(Site { file: "src/staff.rs".to_owned(), line: 7, column: 13 }));
        let mut traced = SiteRow::new(200, 40_000);
        traced.site.clone_from(&known.site);
        traced.trace = Some(Arc::clone(&traces[which % 2]));
        row.sites = vec![known, traced, SiteRow::new(100, 20_000)];
        row.oldest = oldest[which % 2..].to_vec();
    }
    if which >= 2 {
        row.ages = Some(Durations { counts: vec![3, 0, 0, 300, 697] });
        row.lifetimes = Some(Durations { counts: Vec::new() });
    }
    if which >= 3 {
        let event = |millis, live| HistoryEvent { at: Duration::from_millis(millis), live };
        row.history =
            Some(History { events: vec![event(1_200, 1_000), event(1_300, 999), event(1_900, 499)], lost: 7 });
    }
}
