//! Reading takes no more memory than a small multiple of the bytes that are there, whatever they claim.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod support;

use std::alloc::System;
use std::sync::Arc;

use classtracker_stats::dump::CompactReader;
use classtracker_stats::{DumpReader, DumpWriter, ObjectRow, Referent, Snapshot, Stats};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use support::everything::everything;
use support::frames::{frame, frames, rebuilt};
use support::{class, dumped, object, session, snapshot};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// All that reading allocates, even if it is freed again, is within this many times the dump.
const FACTOR: usize = 100;
/// What reading an empty dump takes, and the text of an error.
const BASE: usize = 16 << 10;

fn check(dump: &[u8], what: &str) -> usize {
    let region = Region::new(ALLOCATOR);
    let read = Stats::read_from(dump);
    let allocated = region.change().bytes_allocated;
    drop(read);
    let limit = BASE + FACTOR * dump.len();
    assert!(allocated <= limit, "{what}: {allocated} bytes allocated for a dump of {}", dump.len());
    allocated
}

/// One test, since others would allocate at the same time.
#[test]
fn no_claim_in_a_dump_makes_reading_it_expensive() {
    let dump = dumped(&everything());
    check(&dump, "a dump");
    let all: Vec<_> = frames(&dump).collect();

    let mut long = dump[..all[1].start].to_vec();
    long.extend((1_u32 << 30).to_le_bytes());
    long.extend([0; 20]);
    check(&long, "a frame that claims a gigabyte");

    // Lengths and counts of the largest numbers everywhere: in fields, in lists, in texts.
    let largest: [&[u8]; 4] = [
        &[0xFD, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
        &[0xFC, 0xFF, 0xFF, 0xFF, 0xFF],
        &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
        &[0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
    ];
    for place in &all {
        for at in 0..place.payload().len() {
            for claim in largest {
                let put = rebuilt(&dump, place, |payload| {
                    payload.splice(at..=at, claim.iter().copied());
                });
                check(&put, "a large number in a payload");
                let over = rebuilt(&dump, place, |payload| {
                    payload.truncate(at);
                    payload.extend(claim);
                });
                check(&over, "a large number at the end of a payload");
            }
        }
    }

    // The same rows over and over: each still takes a byte in each snapshot.
    let mut many = snapshot("", 1);
    for serial in 0..5_000 {
        let record = Arc::new(object(serial, "a", 0));
        many.objects.push(ObjectRow::new(record, 48));
    }
    let many = dumped(&Stats::new(session(), std::iter::repeat_n(Arc::new(many), 20).collect()));
    check(&many, "rows that never change");
    // And without their bytes, there are no rows.
    let last = frames(&many).nth(2).unwrap();
    let mut short = many[..last.start].to_vec();
    let payload = many[last.payload()].to_vec();
    let sizes = payload.windows(5_000).position(|bytes| bytes.iter().all(|byte| *byte == 0));
    let start = sizes.unwrap();
    let mut claim = payload[..start - 3].to_vec();
    // No sizes, no unread rows, no changed referents; no referents, nothing gone, no census, no extension.
    claim.extend([0; 3 + 5 + 1 + 1 + EXTENSION]);
    for _ in 0..100 {
        short.extend(frame(2, &claim));
    }
    check(&short, "many rows without a byte");

    // Many parts, each with a name of its own, all in one row, and each in a row of its own.
    let parts = |count: u64| -> Vec<_> {
        (0..count).map(|part| Referent::new(format!("{part:03}"), part as u32 + 1, 1, 1, 1)).collect()
    };
    let mut deep = snapshot("", 1);
    for count in [1000, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] {
        let record = Arc::new(object(deep.objects.len() as u64, "a", 0));
        let mut row = ObjectRow::new(record, 48);
        row.referents = parts(count).into();
        deep.objects.push(row);
        let mut row = class("a", &[]);
        row.referents = parts(count);
        deep.classes.push(row);
    }
    check(&dumped(&Stats::new(session(), vec![Arc::new(deep)])), "referents");

    neither_writers_nor_readers_grow_with_the_snapshots();

    // Lists of a million zeros: names, calls without a site, traces without a call.
    let begin = &dump[..all[1].start];
    for (list, what) in [(0, "names"), (36, "calls"), (37, "traces")] {
        let mut zeros = begin.to_vec();
        zeros.extend(frame(2, &with_zeros(list)));
        let allocated = check(&zeros, what);
        assert!(allocated > 1 << 24, "{what} were not even read: {allocated}");
    }
}

/// How many bytes an extension takes that holds nothing: three fields, three lists, the details' lists.
const EXTENSION: usize = 3 + 3 + 16;

/// The payload of an empty snapshot, but with a million zeros in its list of this number, from 0.
fn with_zeros(list: usize) -> Vec<u8> {
    let lists = 36;
    // Two fields that are no lists, proportional bytes and allocator, and the option of a census stand between.
    let before = 10 + if list < lists { list } else { list + 1 + 3 };
    let all = 10 + lists + 1 + EXTENSION;
    [&vec![0; before][..], &[0xFC, 0x40, 0x42, 0x0F, 0], &[0; 1_000_000], &vec![0; all - before - 1]].concat()
}

/// Objects come and go all the time, but those of one snapshot are always as many.
fn churning(round: u64) -> Arc<Snapshot> {
    let mut one = snapshot("", round);
    // Once, there are many.
    for serial in round * 50..round * 50 + if round == 1 { 10_000 } else { 100 } {
        one.objects.push(ObjectRow::new(Arc::new(object(serial, "app::Employee", serial)), 100 + serial % 7));
    }
    Arc::new(one)
}

fn neither_writers_nor_readers_grow_with_the_snapshots() {
    let mut dump = Vec::with_capacity(4 << 20);
    let region = Region::new(ALLOCATOR);
    let live = || {
        let change = region.change();
        change.bytes_allocated as isize - change.bytes_deallocated as isize
    };
    let check = |what: &str, mut held: Vec<isize>| {
        let late = held.split_off(held.len() / 2).into_iter().max();
        let early = held[held.len() / 2..].iter().max().copied();
        assert!(late <= early.map(|early| early + early / 10 + 1000), "{what}: {early:?}, then {late:?}");
        assert!(late.is_some_and(|late| late < 200_000), "{what}: {late:?}");
    };
    {
        let mut writer = DumpWriter::new(&mut dump, &session()).unwrap();
        let held = (0..400).map(|round| {
            writer.write(&churning(round)).unwrap();
            live()
        });
        check("writer", held.collect());
        writer.finish().unwrap();
    }
    let before = live();
    let held = DumpReader::new(&dump[..]).unwrap().map(|snapshot| {
        drop(snapshot.unwrap());
        live() - before
    });
    check("reader", held.collect());
    let before = live();
    let held = CompactReader::new(&dump[..]).unwrap().map(|snapshot| {
        drop(snapshot.unwrap());
        live() - before
    });
    check("compact reader", held.collect());
}
