//! What is not a whole dump is an error that says where, and never a panic.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod support;

use std::io::{self, Read, Write};
use std::sync::Arc;

use classtracker_stats::{DumpError, DumpReader, DumpWriter, Stats};
use expect_test::{Expect, expect};
use proptest::prelude::*;
use support::everything::everything;
use support::frames::{frame, frames, rebuilt};
use support::{dumped, factory, session};

fn check(dumps: &[Vec<u8>], expected: Expect) {
    let mut errors = String::new();
    for dump in dumps {
        let error = Stats::read_from(&dump[..]).unwrap_err();
        assert!(error.offset() <= dump.len() as u64, "{error}");
        errors += &format!("{error}\n");
    }
    expected.assert_eq(&errors);
}

#[test]
fn every_truncation_is_an_error_and_gives_the_whole_snapshots_before_it() {
    let dump = dumped(&everything());
    let ends: Vec<usize> = frames(&dump).map(|frame| frame.end).collect();
    for length in 0..dump.len() {
        let cut = &dump[..length];
        let error = Stats::read_from(cut).unwrap_err();
        assert!(matches!(error, DumpError::Cut { .. }), "at {length}: {error}");
        assert!(error.offset() <= length as u64, "at {length}: {error}");
        if let Ok(reader) = DumpReader::new(cut) {
            let whole = reader.take_while(Result::is_ok).count();
            // The first frame is the session.
            let expected = ends.iter().filter(|end| **end <= length).count() - 1;
            assert_eq!(whole, expected, "at {length}");
        }
    }
}

#[test]
fn every_flipped_bit_is_an_error() {
    let dump = dumped(&everything());
    for at in 0..dump.len() {
        for bit in 0..8 {
            let mut flipped = dump.clone();
            flipped[at] ^= 1 << bit;
            let error = Stats::read_from(&flipped[..]).unwrap_err();
            // A length may be wrong, which is seen in the payload after it.
            assert!(error.offset() <= at as u64 + 9, "bit {bit} of byte {at}: {error}");
            assert!(error.to_string().starts_with("byte "), "{error}");
        }
    }
}

/// Frames that were written like that, so that no checksum gives them away.
#[test]
fn every_change_of_a_payload_with_a_right_checksum_is_read_without_a_panic() {
    let dump = dumped(&everything());
    let mut errors = 0;
    for frame in frames(&dump) {
        for at in 0..frame.payload().len() {
            for byte in [0, 1, 2, 0x7F, 0x80, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF] {
                let changed = rebuilt(&dump, &frame, |payload| payload[at] = byte);
                if let Err(error) = Stats::read_from(&changed[..]) {
                    assert!(error.offset() >= frame.start as u64, "{error}");
                    errors += 1;
                }
            }
        }
    }
    assert!(errors > dump.len(), "{errors}");
}

proptest! {
    #[test]
    fn any_payload_with_a_right_checksum_is_read_without_a_panic(kind in 0..5_u8, payload: Vec<u8>, before in 0..4_usize) {
        let dump = dumped(&factory());
        let mut bytes = dump[..frames(&dump).nth(before).unwrap().end].to_vec();
        bytes.extend(frame(kind, &payload));
        prop_assert!(Stats::read_from(&bytes[..]).is_err());
    }
}

#[test]
fn each_cause_has_its_own_error_with_offset_expected_and_found() {
    let dump = dumped(&factory());
    let all: Vec<_> = frames(&dump).collect();
    let change = |at: usize, to: &[u8]| {
        let mut changed = dump.clone();
        changed[at..at + to.len()].copy_from_slice(to);
        changed
    };
    check(
        &[
            b"".to_vec(),
            b"GIF89a, and more".to_vec(),
            b"\x89CTD\n\x1a\n\x01\x00".to_vec(),
            dump[..9].to_vec(),
            change(8, &[2, 1]),
            dump[..all[1].start + 5].to_vec(),
            dump[..all[2].end - 1].to_vec(),
            dump[..all[3].end].to_vec(),
            change(all[1].end - 1, &[99]),
            change(all[1].start, &[1, 0, 0, 0x40]),
        ],
        expect![[r#"
            byte 0: the dump is cut after 0 whole snapshots: expected 10 bytes of the file header, found 0
            byte 0: not a dump: expected it to begin with "\x89CTD\r\n\x1a\n", found "GIF89a, "
            byte 0: not a dump: expected it to begin with "\x89CTD\r\n\x1a\n", found "\x89CTD\n\x1a\n\x01"
            byte 0: the dump is cut after 0 whole snapshots: expected 10 bytes of the file header, found 9
            byte 8: unsupported version: expected 1 to 2, found 258
            byte 41: the dump is cut after 0 whole snapshots: expected 9 bytes of a frame header, found 5
            byte 265: the dump is cut after 1 whole snapshot: expected 448 bytes of a frame's payload, found 447
            byte 1030: the dump is cut after 3 whole snapshots: expected 9 bytes of a frame header, found 0
            byte 41: frame is damaged: expected checksum 356c873a, found e1d7b7d8
            byte 41: frame is too long: expected at most 1073741824 bytes, found 1073741825
        "#]],
    );

    let with = |keep: usize, more: &[Vec<u8>]| {
        let mut bytes = dump[..all[keep].start].to_vec();
        bytes.extend(more.concat());
        bytes
    };
    let end = |snapshots| frame(3, &[snapshots]);
    // The second snapshot without the first, to which it refers.
    let second = dump[all[2].start..all[2].end].to_vec();
    check(
        &[
            with(0, &[end(0)]),
            with(2, &[frame(1, &[0])]),
            with(2, &[frame(77, &[])]),
            with(2, &[end(2)]),
            with(2, &[end(1), vec![0]]),
            with(2, &[frame(3, &[1, 1])]),
            with(2, &[frame(2, &[])]),
            with(2, &[frame(2, &[1, 0xFF])]),
            with(1, &[second]),
        ],
        expect![[r#"
            byte 10: unexpected frame: expected a session (1), found kind 3
            byte 256: unexpected frame: expected a snapshot (2) or the end (3), found kind 1
            byte 256: unexpected frame: expected a snapshot (2) or the end (3), found kind 77
            byte 256: wrong number of snapshots: expected 2, found 1
            byte 266: expected the end of the dump, found more bytes
            byte 265: undecodable payload: end: expected its fields in 2 bytes, found 1 more than they need
            byte 265: undecodable payload: snapshot: expected its fields in 0 bytes, found fewer than they need
            byte 265: undecodable payload: snapshot: expected its fields in 2 bytes, found a text that is not UTF-8: invalid utf-8 sequence of 1 bytes from index 0
            byte 50: bad reference to a class: expected one below 0, found 0
        "#]],
    );
}

#[test]
fn an_error_names_the_path() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("not a dump");
    std::fs::write(&path, "hello").unwrap();
    let error = Stats::load(&path).unwrap_err();
    assert_eq!(error.path(), Some(path.as_path()));
    assert!(error.to_string().starts_with(&format!("{}: byte 0: not a dump", path.display())));

    let missing = dir.path().join("missing");
    let error = Stats::load(&missing).unwrap_err();
    assert!(matches!(&error, DumpError::Io { error, .. } if error.kind() == io::ErrorKind::NotFound));
    assert!(error.to_string().starts_with(&format!("{}: ", missing.display())));
}

/// Takes as many bytes as it has room for, then refuses; gives as many as it has, then fails.
struct Failing {
    room: usize,
}

impl Write for Failing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.room.min(bytes.len()) {
            0 if !bytes.is_empty() => Err(io::ErrorKind::StorageFull.into()),
            taken => {
                self.room -= taken;
                Ok(taken)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_writer_that_fails_at_any_byte_is_an_error() {
    let stats = factory();
    let length = dumped(&stats).len();
    for room in 0..length {
        let error = stats.write_to(Failing { room }).unwrap_err();
        assert!(matches!(error, DumpError::Io { .. }), "{error}");
        assert!(error.offset() <= room as u64);
    }
    stats.write_to(Failing { room: length }).unwrap();
}

#[test]
fn after_a_failed_write_nothing_more_is_written() {
    let stats = factory();
    let mut out = Failing { room: 200 };
    let mut writer = DumpWriter::new(&mut out, stats.session()).unwrap();
    let large = Arc::clone(&stats.snapshots()[1]);
    while writer.write(&large).is_ok() {}
    assert!(writer.write(&large).is_err());
    assert!(writer.finish().is_err());
}

#[test]
fn a_reader_that_fails_is_an_error_that_is_told_from_a_cut() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    let dump = dumped(&Stats::new(session(), Vec::new()));
    for length in 0..=dump.len() {
        let error = Stats::read_from(dump[..length].chain(Broken)).unwrap_err();
        assert!(matches!(error, DumpError::Io { .. }), "at {length}: {error}");
    }
}

#[test]
fn a_reader_that_gives_a_byte_at_a_time_is_as_good_as_any() {
    struct Slow<'a>(&'a [u8]);
    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let one = buffer.len().min(1);
            self.0.read(&mut buffer[..one])
        }
    }
    let stats = factory();
    let read = Stats::read_from(Slow(&dumped(&stats))).unwrap();
    assert_eq!(read.snapshots(), stats.snapshots());
}
