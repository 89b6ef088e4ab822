//! The command line.

use std::path::PathBuf;
use std::time::Duration;

pub(crate) const USAGE: &str = "usage: key_value_server [--port PORT] [--period DURATION] [--dump FILE] [--off]";

pub(crate) struct Arguments {
    pub(crate) port: u16,
    pub(crate) period: Duration,
    pub(crate) dump: Option<PathBuf>,
    pub(crate) track: bool,
}

impl Arguments {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self { port: 6379, period: Duration::from_secs(1), dump: None, track: true };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("`{word}` needs a value"));
            match word.as_str() {
                "--port" => {
                    let text = value()?;
                    arguments.port = text.parse().map_err(|_| format!("`{text}` is no port"))?;
                }
                "--period" => arguments.period = duration(&value()?)?,
                "--dump" => arguments.dump = Some(value()?.into()),
                "--off" => arguments.track = false,
                _ => return Err(format!("`{word}` is not known")),
            }
        }
        Ok(arguments)
    }
}

/// `500ms` or `2s`.
fn duration(text: &str) -> Result<Duration, String> {
    let of = |digits: &str, unit: fn(u64) -> Duration| digits.parse().ok().filter(|number| *number > 0).map(unit);
    let parsed = match text.strip_suffix("ms") {
        Some(digits) => of(digits, Duration::from_millis),
        None => text.strip_suffix('s').and_then(|digits| of(digits, Duration::from_secs)),
    };
    parsed.ok_or_else(|| format!("`{text}` is no duration like 500ms or 2s"))
}
