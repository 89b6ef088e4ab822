//! The one place that knows bincode, so that the format outlives it. `FORMAT.md` says which bytes it makes.

use bincode::config::{self, Config};
use bincode::error::DecodeError;
use serde::{Deserialize, Serialize};

use super::MAX_PAYLOAD;

/// What a payload may decode to, in bytes: a little more than it holds, since a varint may take less than its number.
const LIMIT: usize = MAX_PAYLOAD as usize + 1024;

/// Little-endian, integers of variable length, and never without a limit.
fn config() -> impl Config {
    config::standard().with_limit::<LIMIT>()
}

/// Appends the value to `out`.
pub(super) fn encode(value: &impl Serialize, out: &mut Vec<u8>) -> Result<(), String> {
    bincode::serde::encode_into_std_write(value, out, config()).map(drop).map_err(|error| error.to_string())
}

/// The value that `bytes` hold, all of them; or what was found instead.
pub(super) fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, String> {
    let decoded = bincode::serde::borrow_decode_from_slice(bytes, config());
    let (value, used) = decoded.map_err(|error| match error {
        DecodeError::UnexpectedEnd { .. } => "fewer than they need".to_owned(),
        DecodeError::Utf8 { inner } => format!("a text that is not UTF-8: {inner}"),
        other => other.to_string(),
    })?;
    // bincode itself takes no offence at what follows.
    match bytes.len() - used {
        0 => Ok(value),
        rest => Err(format!("{rest} more than they need")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_the_bytes_that_the_format_says() {
        let bytes = |number: u64| {
            let mut out = Vec::new();
            encode(&number, &mut out).unwrap();
            out
        };
        assert_eq!(bytes(0), [0]);
        assert_eq!(bytes(250), [250]);
        assert_eq!(bytes(251), [251, 251, 0]);
        assert_eq!(bytes(0x1_0000), [252, 0, 0, 1, 0]);
        assert_eq!(bytes(1 << 32), [253, 0, 0, 0, 0, 1, 0, 0, 0]);
        let mut out = Vec::new();
        encode(&(-1_i64, Some(3_u32), None::<u8>, "ab"), &mut out).unwrap();
        assert_eq!(out, [1, 1, 3, 0, 2, b'a', b'b']);
    }

    #[test]
    fn what_is_left_over_is_an_error() {
        assert_eq!(decode::<u64>(&[7]), Ok(7));
        assert_eq!(decode::<u64>(&[7, 7]), Err("1 more than they need".to_owned()));
        assert!(decode::<u64>(&[]).is_err());
    }

    #[test]
    fn a_text_that_claims_to_be_longer_than_all_is_an_error() {
        assert!(decode::<&str>(&[253, 255, 255, 255, 255, 255, 255, 255, 255]).is_err());
        assert!(decode::<&str>(&[3, b'a', b'b']).is_err());
        assert!(decode::<&str>(&[1, 0xFF]).is_err());
    }
}
