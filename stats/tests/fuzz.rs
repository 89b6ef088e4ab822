//! What `cargo fuzz` runs for hours, for some seconds: over its corpus, and over what changes at random make of that.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]
#![cfg(feature = "compression")]

#[path = "../../fuzz/checks.rs"]
mod checks;

use std::fs;
use std::panic::catch_unwind;
use std::time::{Duration, Instant};

/// Of each target. In so many all kinds of changes occur; more are for `cargo xtask fuzz`.
const CHANGED: usize = 3000;
const AT_MOST: Duration = Duration::from_secs(10);

/// The committed inputs of a target, in the same order each time.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/corpus/");
    let mut paths: Vec<_> =
        fs::read_dir(format!("{folder}{target}")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Numbers that are the same each time (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound.max(1)
    }

    fn changed(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = corpus[self.below(corpus.len())].clone();
        for _ in 0..=self.below(4) {
            self.change(&mut bytes, corpus);
        }
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        const BYTES: [u8; 10] = [0, 1, 2, 0x7F, 0x80, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF];
        let at = self.below(bytes.len());
        let length = self.below(16).min(bytes.len() - at);
        match self.below(6) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
            1 if !bytes.is_empty() => bytes[at] = BYTES[self.below(BYTES.len())],
            2 => drop(bytes.drain(at..at + length)),
            3 => bytes.insert(at, BYTES[self.below(BYTES.len())]),
            4 => {
                let twice = bytes[at..at + length].to_vec();
                bytes.splice(at..at, twice);
            }
            _ => {
                let other = &corpus[self.below(corpus.len())];
                let from = self.below(other.len());
                bytes.truncate(at);
                bytes.extend(&other[from..]);
            }
        }
    }
}

fn check(target: &str, run: fn(&[u8])) {
    let corpus = corpus(target);
    assert!(corpus.len() > 3);
    let start = Instant::now();
    let mut random = Random(0x5EED);
    let changed = std::iter::repeat_with(|| random.changed(&corpus)).take(CHANGED);
    let mut tried = 0;
    for bytes in corpus.iter().cloned().chain(changed) {
        if tried > corpus.len() && start.elapsed() > AT_MOST {
            break;
        }
        let outcome = catch_unwind(|| run(&bytes));
        assert!(outcome.is_ok(), "{target}, number {tried}: {}", bytes.escape_ascii());
        tried += 1;
    }
    eprintln!("{target}: {tried} inputs in {:.1} s", start.elapsed().as_secs_f64());
}

#[test]
fn no_bytes_make_ways_to_read_a_dump_panic_or_disagree() {
    check("read_dump", checks::read);
}

#[test]
fn no_payloads_make_ways_to_read_a_dump_panic_or_disagree() {
    check("read_repaired", |bytes| checks::read(&checks::repaired(bytes)));
}
