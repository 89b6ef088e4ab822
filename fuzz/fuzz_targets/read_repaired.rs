//! Any bytes as a dump whose header and checksums are right, so that no checksum stands before the rest.

#![no_main]

#[path = "../checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::read(&checks::repaired(bytes)));
