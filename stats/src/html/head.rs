use std::time::Duration;

use chrono::{DateTime, Utc};

use super::block::Block;
use super::thinned::Thinned;
use crate::{ProcessMemory, Session, Snapshot, Tracking};

/// How many snapshots are listed at most.
const LISTED: usize = 4000;

/// The list of snapshots: all but what they say of single classes and objects.
pub(super) struct Heads {
    pub(super) rows: Thinned<Head>,
    pub(super) count: usize,
}

/// One snapshot in the list.
pub(super) struct Head {
    label: String,
    time: DateTime<Utc>,
    elapsed: Duration,
    duration: Duration,
    tracked_bytes: u64,
    live: u64,
    by_value: u64,
    classes: usize,
    unread: u64,
    listed: u64,
    overhead_bytes: u64,
    process: ProcessMemory,
    tracking: Tracking,
}

impl Heads {
    pub(super) fn new() -> Self {
        Self { rows: Thinned::new(LISTED), count: 0 }
    }

    pub(super) fn add(&mut self, snapshot: &Snapshot) {
        self.rows.push(self.count, Head::of(snapshot));
        self.count += 1;
    }

    pub(super) fn write(&self, block: &mut Block) {
        let rows = || self.rows.iter().map(|(_, head)| head);
        block.count(self.count);
        block.count(self.rows.stride());
        block.count(self.rows.len());
        block.column(self.rows.iter().map(|(index, _)| *index as u64));
        block.text_column(rows().map(|head| &*head.label));
        block.column(rows().map(|head| millis(head.time)));
        block.column(rows().map(|head| micros(head.elapsed)));
        block.column(rows().map(|head| micros(head.duration)));
        block.column(rows().map(|head| head.tracked_bytes));
        block.column(rows().map(|head| head.live));
        block.column(rows().map(|head| head.by_value));
        block.column(rows().map(|head| head.classes as u64));
        block.column(rows().map(|head| head.unread));
        block.column(rows().map(|head| head.listed));
        block.column(rows().map(|head| head.overhead_bytes));
        block.optional_column(rows().map(|head| head.process.virtual_bytes));
        block.optional_column(rows().map(|head| head.process.resident_bytes));
        block.optional_column(rows().map(|head| head.process.proportional_bytes));
        let allocator = || rows().map(|head| head.process.allocator);
        block.optional_column(allocator().map(|allocator| allocator.map(|allocator| allocator.live_bytes)));
        block.optional_column(allocator().map(|allocator| allocator.and_then(|allocator| allocator.live_blocks)));
        block.optional_column(allocator().map(|allocator| allocator.and_then(|allocator| allocator.held_bytes)));
        for allocator in allocator() {
            block.optional_text(allocator.map(|allocator| allocator.source.to_string()).as_deref());
        }
        block.column(rows().map(|head| match head.tracking {
            Tracking::On => 0,
            Tracking::SwitchedOff => 1,
            Tracking::CompiledOut => 2,
        }));
    }
}

impl Head {
    fn of(snapshot: &Snapshot) -> Self {
        let sum = |of: fn(&crate::ClassRow) -> u64| {
            snapshot.classes.iter().fold(0_u64, |sum, row| sum.saturating_add(of(row)))
        };
        Self {
            label: snapshot.label.clone(),
            time: snapshot.time,
            elapsed: snapshot.elapsed,
            duration: snapshot.duration,
            tracked_bytes: sum(|row| if row.by_value { 0 } else { row.bytes }),
            live: sum(|row| row.live),
            by_value: sum(|row| if row.by_value { row.live } else { 0 }),
            classes: snapshot.classes.len(),
            unread: sum(|row| row.unread),
            listed: snapshot.objects.len() as u64,
            overhead_bytes: snapshot.overhead_bytes,
            process: snapshot.process,
            tracking: snapshot.tracking,
        }
    }
}

/// Who the snapshots are of, and who says so.
pub(super) fn write_about(block: &mut Block, session: &Session, made: DateTime<Utc>) {
    block.text(env!("CARGO_PKG_VERSION"));
    block.number(millis(made));
    block.optional_text(session.program.as_deref());
    block.number(session.process_id.into());
    block.number(millis(session.started));
}

/// Since 1970; 0 before.
fn millis(time: DateTime<Utc>) -> u64 {
    u64::try_from(time.timestamp_millis()).unwrap_or(0)
}

pub(super) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
