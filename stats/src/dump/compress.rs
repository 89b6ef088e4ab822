//! Payloads in blocks of LZ4, behind a feature. `FORMAT.md` says how.

use super::decode::Bad;

/// How long a block is before it is compressed; the last one may be shorter.
#[cfg(feature = "compression")]
const BLOCK: usize = 1 << 20;

/// What a compressed payload of so many bytes may stand for at most: what is read is not to be out of all proportion to the file.
#[cfg(feature = "compression")]
fn most(compressed: usize) -> usize {
    const ANYWAY: usize = 16 << 20;
    const TIMES: usize = 16;
    compressed.saturating_mul(TIMES).max(ANYWAY).min(super::MAX_PAYLOAD as usize)
}

/// The compressed form of a payload, if that is shorter and may stand for it. `out` is cleared first.
#[cfg(feature = "compression")]
pub(super) fn compress(payload: &[u8], out: &mut Vec<u8>) -> bool {
    use lz4_flex::block::{compress_into, get_maximum_output_size};

    out.clear();
    let Ok(length) = u32::try_from(payload.len()) else {
        return false;
    };
    out.extend(length.to_le_bytes());
    for block in payload.chunks(BLOCK) {
        let start = out.len();
        out.resize(start + 4 + get_maximum_output_size(block.len()), 0);
        let Ok(compressed) = compress_into(block, &mut out[start + 4..]) else {
            return false;
        };
        // A block is 1 MiB, and its compressed form not much longer.
        out[start..start + 4].copy_from_slice(&(compressed as u32).to_le_bytes());
        out.truncate(start + 4 + compressed);
        if out.len() >= payload.len() {
            return false;
        }
    }
    !payload.is_empty() && payload.len() <= most(out.len())
}

/// The payload of this compressed form, in `out`, which grows with what really comes.
#[cfg(feature = "compression")]
pub(super) fn decompress(compressed: &[u8], out: &mut Vec<u8>) -> Result<(), Bad> {
    let bad = |expected: String, found: String| Bad::layout("compressed payload", expected, found);
    let number = |bytes: &[u8]| bytes.try_into().map_or(0, u32::from_le_bytes);
    out.clear();
    let Some((length, mut rest)) = compressed.split_at_checked(4) else {
        return Err(bad("4 bytes of length".to_owned(), format!("{} bytes", compressed.len())));
    };
    let length = number(length);
    let (length, most) = (length as usize, most(compressed.len()));
    if length > most {
        return Err(bad(format!("a length of at most {most}"), length.to_string()));
    }
    while out.len() < length {
        let split = rest.split_at_checked(4);
        let block = split.and_then(|(length, rest)| rest.split_at_checked(number(length) as usize));
        let Some((block, after)) = block else {
            return Err(bad("another block".to_owned(), format!("{} bytes", rest.len())));
        };
        rest = after;
        let start = out.len();
        let expected = (length - start).min(BLOCK);
        // Of each byte of a block come 255 at most.
        if expected / 255 > block.len() {
            return Err(bad(format!("a block of {expected} bytes"), format!("{} that can't hold them", block.len())));
        }
        out.resize(start + expected, 0);
        match lz4_flex::block::decompress_into(block, &mut out[start..]) {
            Ok(found) if found == expected => {}
            Ok(found) => return Err(bad(format!("a block of {expected} bytes"), format!("{found} bytes"))),
            Err(error) => return Err(bad("a block of LZ4".to_owned(), error.to_string())),
        }
    }
    match rest.len() {
        0 => Ok(()),
        rest => Err(bad("no more blocks".to_owned(), format!("{rest} bytes more"))),
    }
}

#[cfg(not(feature = "compression"))]
pub(super) fn decompress(_: &[u8], _: &mut Vec<u8>) -> Result<(), Bad> {
    Err(Bad::Compressed)
}

#[cfg(all(test, feature = "compression"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn back(compressed: &[u8]) -> Result<Vec<u8>, Bad> {
        let mut out = Vec::new();
        decompress(compressed, &mut out).map(|()| out)
    }

    #[test]
    fn what_is_compressed_comes_back_in_any_number_of_blocks() {
        for length in [40, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 3 * BLOCK + 40] {
            let payload: Vec<u8> = (0..length).map(|at| (at / 7 % 40) as u8).collect();
            let mut compressed = Vec::new();
            assert!(compress(&payload, &mut compressed), "{length}");
            assert!(back(&compressed).is_ok_and(|back| back == payload), "{length}");
            // Cut anywhere, or with more behind, it is an error.
            for cut in [0, 3, 4, 7, 8, compressed.len() - 1] {
                assert!(back(&compressed[..cut]).is_err(), "{length}, {cut}");
            }
            compressed.push(0);
            assert!(back(&compressed).is_err(), "{length}");
        }
    }

    #[test]
    fn little_does_not_stand_for_very_much() {
        let mut compressed = Vec::new();
        assert!(compress(&vec![0; 16 << 20], &mut compressed));
        assert!(compressed.len() < 80_000);
        assert!(!compress(&vec![0; (16 << 20) + 1], &mut compressed));
        let error = back(&[&((16_u32 << 20) + 1).to_le_bytes()[..], &[0; 100]].concat());
        let Err(Bad::Layout { what, expected, found }) = error else {
            panic!("no error");
        };
        assert_eq!((what, &*expected, &*found), ("compressed payload", "a length of at most 16777216", "16777217"));
    }

    #[test]
    fn what_would_become_longer_is_left_alone() {
        assert!(!compress(b"", &mut Vec::new()));
        assert!(!compress(b"abc", &mut Vec::new()));
    }

    proptest! {
        #[test]
        fn any_bytes_are_decompressed_without_a_panic(length: u32, block: Vec<u8>, more: Vec<u8>) {
            let lengths = [length % (4 << 20), block.len() as u32].map(u32::to_le_bytes);
            let _ = back(&[&lengths[0][..], &lengths[1], &block, &more].concat());
            let _ = back(&more);
        }
    }
}
