//! What must hold of any bytes that are read as a dump. The tests of `stats` run this, too, over the corpus and what they make of it.

use classtracker_stats::dump::{self, CompactReader, Damage, Objects, ReadOptions};
use classtracker_stats::{DumpReader, ListedObject, ObjectRow, Stats};

/// Reads the bytes in all ways, and panics if these do not agree.
pub(crate) fn read(bytes: &[u8]) {
    let whole = read_whole(bytes);
    let packed = read_packed(bytes, whole.as_ref());
    let skipped = count(bytes, |options| options.objects = Objects::Skip);
    let read = whole.as_ref().map(|(stats, _)| stats.snapshots().len());
    assert_eq!(packed, read, "packed and unpacked");
    assert!(skipped >= read, "without objects and with them");

    let rest = count(bytes, |options| options.damage = Damage::PassOver);
    assert!(rest >= read, "past damage and up to it");
    match dump::check_stream(bytes) {
        Ok(report) => {
            assert_eq!(report.bytes, bytes.len() as u64, "what is read and what is lost is all: {report:?}");
            assert_eq!(Some(report.snapshots as usize), rest, "the check and the reader");
            assert_eq!(report.is_whole(), whole.as_ref().is_some_and(|(_, whole)| *whole), "the check and the reader");
        }
        Err(error) => assert!(read.is_none() && error.offset() <= bytes.len() as u64, "{error}"),
    }
    if let Some((stats, _)) = &whole {
        write_again(stats);
    }
}

/// The snapshots up to the first fault, and whether there is none; `None` without a session.
fn read_whole(bytes: &[u8]) -> Option<(Stats, bool)> {
    let mut reader = DumpReader::new(bytes).ok()?;
    let mut snapshots = Vec::new();
    let mut whole = true;
    for snapshot in reader.by_ref() {
        match snapshot {
            Ok(snapshot) => snapshots.push(snapshot),
            Err(error) => {
                assert!(error.offset() <= bytes.len() as u64, "{error}");
                whole = false;
            }
        }
    }
    Some((Stats::new(reader.session().clone(), snapshots), whole))
}

fn read_packed(bytes: &[u8], whole: Option<&(Stats, bool)>) -> Option<usize> {
    let reader = CompactReader::new(bytes).ok()?;
    let snapshots = &whole?.0;
    let mut read = 0;
    for (packed, snapshot) in reader.map_while(Result::ok).zip(snapshots.snapshots()) {
        assert_eq!(packed.objects.len(), snapshot.objects.len() as u64);
        for (packed, row) in packed.objects.iter().zip(&snapshot.objects) {
            same(&packed, row);
        }
        read += 1;
    }
    let all = CompactReader::new(bytes).ok()?.map_while(Result::ok).count();
    assert_eq!(read, all, "packed and unpacked");
    Some(read)
}

fn same(packed: &impl ListedObject, row: &ObjectRow) {
    assert_eq!((packed.serial(), packed.class(), packed.bytes()), (row.serial(), row.class(), row.bytes()));
    assert_eq!((packed.birth(), packed.site(), packed.trace()), (row.birth(), row.site(), row.trace()));
}

fn count(bytes: &[u8], set: impl FnOnce(&mut ReadOptions)) -> Option<usize> {
    let mut options = ReadOptions::default();
    set(&mut options);
    let reader = DumpReader::with(bytes, &options).ok()?;
    let past_damage = options.damage == Damage::PassOver;
    let snapshots = reader.map_while(|snapshot| {
        assert!(!past_damage || snapshot.is_ok(), "{snapshot:?}");
        snapshot.ok()
    });
    Some(snapshots.count())
}

/// What could be read can be written, and read again as the same.
fn write_again(stats: &Stats) {
    let mut bytes = Vec::new();
    match stats.write_to(&mut bytes) {
        Ok(()) => match Stats::read_from(&bytes[..]) {
            Ok(again) => assert!(again.snapshots() == stats.snapshots(), "written again, it is another"),
            Err(error) => panic!("what was read can't be read again: {error}"),
        },
        Err(error) => panic!("what was read can't be written: {error}"),
    }
}

/// The bytes with a header, and with lengths and checksums of frames that are right.
#[allow(dead_code, reason = "one of the targets takes the bytes as they are")]
pub(crate) fn repaired(bytes: &[u8]) -> Vec<u8> {
    let mut dump = dump::MAGIC.to_vec();
    let version = if bytes.first().is_some_and(|byte| *byte == 1) { 1 } else { dump::VERSION };
    dump.extend(version.to_le_bytes());
    let mut rest = bytes.get(dump.len()..).unwrap_or_default();
    while rest.len() > 9 {
        let (header, payload) = rest.split_at(9);
        let length = u32::from_le_bytes([header[0], header[1], header[2], header[3]]) as usize;
        let (payload, after) = payload.split_at(length.min(payload.len()));
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(&header[8..]);
        checksum.update(payload);
        dump.extend((payload.len() as u32).to_le_bytes());
        dump.extend(checksum.finalize().to_le_bytes());
        dump.extend(&header[8..]);
        dump.extend(payload);
        rest = after;
    }
    dump.extend(rest);
    dump
}
