//! Dumps whose snapshots are compressed.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod support;

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/v2-compressed.ctdump");

#[cfg(not(feature = "compression"))]
#[test]
fn without_the_feature_a_compressed_dump_is_a_clear_error() {
    let error = classtracker_stats::Stats::load(FIXTURE).unwrap_err();
    assert!(matches!(error, classtracker_stats::DumpError::Compressed { .. }), "{error}");
    assert!(error.to_string().ends_with(
        r#"byte 50: the snapshot is compressed: to read it takes the feature "compression" of classtracker-stats"#
    ));
}

#[cfg(feature = "compression")]
mod with {
    use std::path::Path;

    use classtracker_stats::dump::{self, CompactReader, Compression, Damage, Objects, ReadOptions, WriteOptions};
    use classtracker_stats::{DumpFile, Stats};
    use proptest::prelude::*;

    use super::FIXTURE;
    use super::support::any::any_stats;
    use super::support::dumped;
    use super::support::everything::everything;
    use super::support::frames::{frames, rebuilt};

    fn lz4() -> WriteOptions {
        let mut options = WriteOptions::default();
        options.compression = Compression::Lz4;
        options
    }

    fn compressed(stats: &Stats) -> Vec<u8> {
        let mut bytes = Vec::new();
        stats.write_with(&mut bytes, &lz4()).unwrap();
        bytes
    }

    /// Made once and never changed; the compressor may find other, shorter bytes for the same some day.
    #[test]
    fn can_read_v2_compressed() {
        if std::env::var_os("UPDATE_EXPECT").is_some() && !Path::new(FIXTURE).exists() {
            std::fs::write(FIXTURE, compressed(&everything())).unwrap();
        }
        assert_eq!(Stats::load(FIXTURE).unwrap().snapshots(), everything().snapshots());
        let fixture = std::fs::read(FIXTURE).unwrap();
        let kinds: Vec<u8> = frames(&fixture).map(|frame| fixture[frame.start + 8]).collect();
        assert!(kinds.iter().filter(|kind| **kind & 0x80 != 0).count() > 1, "{kinds:02x?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(50))]

        #[test]
        fn any_session_is_loaded_as_it_was_compressed(stats in any_stats()) {
            let bytes = compressed(&stats);
            prop_assert!(bytes.len() <= dumped(&stats).len());
            let read = Stats::read_from(&bytes[..]).unwrap();
            prop_assert_eq!(read.snapshots(), stats.snapshots());
            prop_assert_eq!(CompactReader::new(&bytes[..]).unwrap().map(Result::unwrap).count(), stats.snapshots().len());
        }
    }

    #[test]
    fn a_file_that_grows_may_be_compressed_and_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("live.ctdump");
        let stats = everything();
        let mut file = DumpFile::create_with(&path, stats.session(), &lz4()).unwrap();
        stats.snapshots().iter().for_each(|snapshot| file.write(snapshot).unwrap());
        file.finish().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), compressed(&stats));
        stats.dump_with(&path, &lz4()).unwrap();
        assert!(dump::check(&path).unwrap().is_whole());
        DumpFile::replace_with(&path, stats.session(), &lz4()).unwrap().finish().unwrap();
        assert_eq!(Stats::load(&path).unwrap().snapshots(), []);
    }

    #[test]
    fn every_flipped_bit_and_every_truncation_is_an_error() {
        let dump = compressed(&everything());
        for at in 0..dump.len() {
            assert!(Stats::read_from(&dump[..at]).is_err(), "at {at}");
            for bit in 0..8 {
                let mut flipped = dump.clone();
                flipped[at] ^= 1 << bit;
                assert!(Stats::read_from(&flipped[..]).is_err(), "bit {bit} of byte {at}");
            }
        }
    }

    #[test]
    fn every_change_of_a_compressed_payload_with_a_right_checksum_is_read_without_a_panic() {
        let dump = compressed(&everything());
        let mut options = ReadOptions::default();
        (options.damage, options.objects) = (Damage::PassOver, Objects::Read);
        for frame in frames(&dump) {
            for at in 0..frame.payload().len() {
                for byte in [0, 1, 0x0F, 0x7F, 0x80, 0xF0, 0xFF] {
                    let changed = rebuilt(&dump, &frame, |payload| payload[at] = byte);
                    let _ = Stats::read_from(&changed[..]);
                    let _ = Stats::read_with(&changed[..], &options);
                }
            }
        }
    }
}
