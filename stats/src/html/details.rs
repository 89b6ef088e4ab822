use std::sync::Arc;

use super::block::Block;
use super::classes::{Class, Classes, Detail};
use super::head::micros;
use super::objects::{Object, Objects};
use super::series::Ranking;
use crate::{CensusRow, Durations, ObjectRecord, Referent};

/// How many places a class' objects were made at are listed, and how many of its oldest objects.
const SITES: usize = 100;
/// How many parts of a tree are listed at most. Those that are too small to see go anyway.
const PARTS: usize = 200;
/// How many types that were counted inside others are listed.
const CENSUS: usize = 500;

/// What there is to say of the first `count` classes beyond their rows.
pub(super) fn write_details(block: &mut Block, ranking: &Ranking<'_>, count: usize) {
    block.count(count.min(ranking.listed));
    for (_, class) in ranking.listed().take(count) {
        block.flag(class.detail.is_some());
        if let Some(detail) = &class.detail {
            write_detail(block, detail);
        }
        write_durations(block, class.lifetimes.as_ref());
        write_history(block, class);
    }
}

fn write_detail(block: &mut Block, detail: &Detail) {
    block.count(detail.snapshot);
    block.number(detail.live);
    block.optional(detail.bytes);
    write_referents(block, &detail.referents);
    block.count(detail.sites.len());
    block.count(detail.sites.len().min(SITES));
    for row in detail.sites.iter().take(SITES) {
        block.optional_site(row.site.as_ref());
        block.optional_trace(row.trace.as_ref());
        block.number(row.live);
        block.number(row.bytes);
    }
    write_durations(block, detail.ages.as_ref());
    block.count(detail.oldest.len().min(SITES));
    detail.oldest.iter().take(SITES).for_each(|record| write_record(block, record));
}

fn write_history(block: &mut Block, class: &Class) {
    block.flag(class.history.is_some());
    let Some(history) = &class.history else { return };
    block.count(class.events);
    block.number(class.events_lost);
    block.count(history.len());
    block.column(history.iter().map(|(_, event)| micros(event.at)));
    block.column(history.iter().map(|(_, event)| event.live));
}

fn write_durations(block: &mut Block, durations: Option<&Durations>) {
    block.flag(durations.is_some());
    let Some(durations) = durations else { return };
    block.count(durations.iter().count());
    for (from, _, count) in durations.iter() {
        block.number(micros(from));
        block.number(count);
    }
}

fn write_record(block: &mut Block, record: &Arc<ObjectRecord>) {
    block.number(record.serial);
    block.optional_text(record.repr.as_deref());
    block.optional(record.birth.map(micros));
    block.optional_site(record.site.as_ref());
    block.optional_trace(record.trace.as_ref());
    block.number(record.flat_bytes);
}

/// A tree of parts, without those under a thousandth of the whole, and without those beyond the room there is.
fn write_referents(block: &mut Block, referents: &[Referent]) {
    let whole = referents.iter().filter(|part| part.level <= 1).fold(0_u64, |sum, part| sum.saturating_add(part.bytes));
    let mut shown = Vec::new();
    let mut hidden_below = None;
    for (level, part) in Referent::with_levels(referents) {
        if hidden_below.is_some_and(|hidden| level > hidden) {
            continue;
        }
        let hidden = part.bytes < whole / 1000 || shown.len() >= PARTS;
        hidden_below = hidden.then_some(level);
        if !hidden {
            shown.push((level, part));
        }
    }
    block.count(referents.len());
    block.count(shown.len());
    for (level, part) in shown {
        block.number(level.into());
        block.text(&part.name);
        block.number(part.count);
        block.number(part.flat_bytes);
        block.number(part.bytes);
    }
}

/// The `count` largest objects of each class that is listed.
pub(super) fn write_objects(
    block: &mut Block,
    objects: &Objects,
    ranking: &Ranking<'_>,
    count: usize,
    snapshots: usize,
) {
    block.count(count);
    block.count(ranking.listed);
    for (place, _) in ranking.listed() {
        let largest = objects.largest(place, count);
        block.count(largest.len());
        block.flag(objects.left_out(place, largest.len()));
        for object in largest {
            write_object(block, object, snapshots);
        }
    }
}

fn write_object(block: &mut Block, object: &Object, snapshots: usize) {
    write_record(block, &object.record);
    block.number(object.largest_bytes);
    block.count(object.largest_at);
    // 0: the last snapshot lists it. 1: none found it dead. Otherwise, which one did.
    block.count(match object.dead_by {
        Some(snapshot) => snapshot + 2,
        None => usize::from(object.last + 1 != snapshots),
    });
    block.flag(object.from_the_start);
    block.count(object.sizes.stride());
    block.count(object.sizes.len());
    block.column(object.sizes.iter().map(|(index, _)| *index as u64));
    block.column(object.sizes.iter().map(|(_, size)| size.bytes));
    block.column(object.sizes.iter().map(|(_, size)| u64::from(size.unread)));
    write_referents(block, &object.referents);
}

/// The types counted inside others, in the last snapshot that did so.
pub(super) fn write_census(block: &mut Block, classes: &Classes) {
    block.flag(classes.census.is_some());
    let Some((snapshot, rows)) = &classes.census else { return };
    let mut rows: Vec<&CensusRow> = rows.iter().collect();
    rows.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.type_name.cmp(&b.type_name)));
    block.count(*snapshot);
    block.count(rows.len());
    block.number(rows.iter().fold(0, |sum, row| sum.saturating_add(row.bytes)));
    rows.truncate(CENSUS);
    block.count(rows.len());
    block.text_column(rows.iter().map(|row| &*row.type_name));
    block.column(rows.iter().map(|row| row.count));
    block.column(rows.iter().map(|row| row.bytes));
}
