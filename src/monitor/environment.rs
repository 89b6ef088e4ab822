//! Options as text, for a program that is already deployed.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

use super::{MonitorError, MonitorOptions, Watermark, WatermarkStep};
use crate::MemoryOptions;

pub(super) const VARIABLE: &str = "CLASSTRACKER";

const KEYS: &str =
    "period, dump, replace, keep_last, watermark, signal, summary, census, threads, pss, glibc or no_last";
const SHARE_OR_BYTES: &str = "a share such as 10%, or bytes such as 64MiB, 1GB or 5000000";
const SPAN: &str = "a time above 0 such as 500ms, 1.5s, 10m, 1h or 1d";
const FILE: &str = "a path, with %p for the process' id and %% for a percent sign";

/// What is wrong with the environment variable `CLASSTRACKER`, or with starting what it asks for.
///
/// `position` is the byte of its value at which the part begins that the error is about.
///
/// ```
/// use classtracker::MonitorOptions;
///
/// let error = "period=fast".parse::<MonitorOptions>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "CLASSTRACKER: byte 7: period: \
///      expected a time above 0 such as 500ms, 1.5s, 10m, 1h or 1d, found \"fast\"",
/// );
/// ```
#[non_exhaustive]
#[derive(Debug, Error)]
pub enum EnvError {
    /// The value is not UTF-8.
    #[error("{VARIABLE}: expected UTF-8, found {found:?}")]
    NotUnicode {
        /// The value, with what is not UTF-8 replaced.
        found: String,
    },
    /// There is no such key.
    #[error("{VARIABLE}: byte {position}: expected {KEYS}, found \"{found}\"")]
    UnknownKey {
        /// Where it stands.
        position: usize,
        /// What stands there.
        found: String,
    },
    /// A key is there twice.
    #[error("{VARIABLE}: byte {position}: {key} is there twice")]
    Twice {
        /// Where it stands again.
        position: usize,
        /// The key.
        key: &'static str,
    },
    /// A key's value is missing, is not one of those that it may have, or should not be there.
    #[error("{VARIABLE}: byte {position}: {key}: expected {expected}, found {}", quoted(found.as_deref()))]
    Value {
        /// Where the value stands or should stand.
        position: usize,
        /// The key.
        key: &'static str,
        /// What may stand there.
        expected: &'static str,
        /// What stands there; `None` if nothing does.
        found: Option<String>,
    },
    /// The program was built without what a key asks for.
    #[error(
        "{VARIABLE}: byte {position}: {key}: this program was built without the feature `{feature}` of classtracker"
    )]
    Feature {
        /// Where the key stands.
        position: usize,
        /// The key.
        key: &'static str,
        /// The feature that it needs.
        feature: &'static str,
    },
    /// What the value asks for could not be begun.
    #[error("{VARIABLE}: {0}")]
    Monitor(MonitorError),
}

fn quoted(found: Option<&str>) -> String {
    found.map_or_else(|| "nothing".to_owned(), |found| format!("\"{found}\""))
}

/// The options in the environment; `None` if the variable is not set or is blank.
pub(crate) fn options() -> Result<Option<MonitorOptions>, EnvError> {
    let Some(value) = std::env::var_os(VARIABLE) else { return Ok(None) };
    let value = value.into_string().map_err(|value| EnvError::NotUnicode { found: value.to_string_lossy().into() })?;
    if value.trim().is_empty() {
        return Ok(None);
    }
    let options: MonitorOptions = value.parse()?;
    // The program may not know that it is monitored: so it will not ask.
    Ok(Some(MonitorOptions { tell_first_error: true, ..options }))
}

/// Reads what the environment variable `CLASSTRACKER` may have: see [`ClassTracker::from_env`](crate::ClassTracker::from_env).
impl FromStr for MonitorOptions {
    type Err = EnvError;

    fn from_str(text: &str) -> Result<Self, EnvError> {
        let mut options = Self::new();
        let mut memory = MemoryOptions::new();
        let mut seen = Vec::new();
        for item in items(text) {
            let key = item.known_key()?;
            if seen.contains(&key) {
                return Err(EnvError::Twice { position: item.position, key });
            }
            seen.push(key);
            options = match key {
                "period" => options.period(item.parse(key, SPAN, span)?),
                "dump" => options.stream_to(item.parse(key, FILE, path)?),
                "keep_last" => options.keep_last(item.parse(key, "a number of snapshots", |text| text.parse().ok())?),
                "watermark" => options.watermark(Watermark::new(item.parse(key, SHARE_OR_BYTES, step)?)),
                "signal" => item.signal(options)?,
                "summary" => options.summary_to(item.parse(key, FILE, path)?),
                "replace" => item.bare(key, options.replace_dump())?,
                "threads" => {
                    options.snapshot_threads(item.parse(key, "a number of threads", |text| text.parse().ok())?)
                }
                "census" => item.bare(key, options.census())?,
                "no_last" => item.bare(key, options.no_last_snapshot())?,
                _ => {
                    memory = item.bare(key, if key == "pss" { memory.proportional() } else { memory.glibc() })?;
                    options.memory(memory)
                }
            };
        }
        // Asked from outside, and with nowhere else to answer.
        if seen.contains(&"signal") && options.stream.is_none() && options.summary.is_none() {
            options = options.summary_to("-");
        }
        Ok(options)
    }
}

/// `key` or `key=value`, and where it stands.
struct Item {
    position: usize,
    key: String,
    value: Option<String>,
}

/// What stands between commas, and is not blank. Two commas are one that stands for itself.
fn items(text: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let position = text.len() - rest.len();
        let mut item = String::new();
        let mut characters = rest.char_indices().peekable();
        let mut end = rest.len();
        while let Some((at, character)) = characters.next() {
            if character == ',' && characters.next_if(|&(_, next)| next == ',').is_none() {
                end = at + 1;
                break;
            }
            item.push(character);
        }
        rest = &rest[end..];
        let blank = item.len() - item.trim_start().len();
        let item = item.trim();
        if !item.is_empty() {
            let (key, value) = match item.split_once('=') {
                Some((key, value)) => (key, Some(value.to_owned())),
                None => (item, None),
            };
            items.push(Item { position: position + blank, key: key.to_owned(), value });
        }
    }
    items
}

impl Item {
    fn known_key(&self) -> Result<&'static str, EnvError> {
        let mut keys = KEYS.split([' ', ',']).filter(|word| !word.is_empty() && *word != "or");
        keys.find(|key| *key == self.key)
            .ok_or_else(|| EnvError::UnknownKey { position: self.position, found: self.key.clone() })
    }

    fn error(&self, key: &'static str, expected: &'static str) -> EnvError {
        let behind_key = self.position + key.len();
        let position = if self.value.is_some() { behind_key + 1 } else { behind_key };
        EnvError::Value { position, key, expected, found: self.value.clone() }
    }

    fn parse<V>(
        &self,
        key: &'static str,
        expected: &'static str,
        parse: impl FnOnce(&str) -> Option<V>,
    ) -> Result<V, EnvError> {
        self.value.as_deref().and_then(parse).ok_or_else(|| self.error(key, expected))
    }

    fn bare<V>(&self, key: &'static str, value: V) -> Result<V, EnvError> {
        if self.value.is_none() { Ok(value) } else { Err(self.error(key, "no value")) }
    }

    #[cfg(all(feature = "signal", unix))]
    fn signal(&self, options: MonitorOptions) -> Result<MonitorOptions, EnvError> {
        use super::Signal;

        if self.value.is_none() {
            return Ok(options.signal(Signal::default()));
        }
        let named = |text: &str| {
            let name = |signal: &Signal| signal.to_string();
            let matches = |signal: &Signal| text == name(signal) || text == name(signal).trim_start_matches("SIG");
            Signal::ALL.into_iter().find(matches)
        };
        Ok(options.signal(self.parse("signal", "USR1, USR2 or HUP", named)?))
    }

    #[cfg(not(all(feature = "signal", unix)))]
    fn signal(&self, _: MonitorOptions) -> Result<MonitorOptions, EnvError> {
        Err(EnvError::Feature { position: self.position, key: "signal", feature: "signal" })
    }
}

/// A number and what stands behind it.
fn number(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    Some((number.parse().ok()?, unit.trim_start()))
}

fn span(text: &str) -> Option<Duration> {
    let (number, unit) = number(text)?;
    let unit_seconds = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(number * unit_seconds).ok().filter(|span| !span.is_zero())
}

fn step(text: &str) -> Option<WatermarkStep> {
    if let Some(percent) = text.strip_suffix('%') {
        return percent.trim_end().parse().ok().filter(|percent| *percent > 0).map(WatermarkStep::Percent);
    }
    let (number, unit) = number(text)?;
    let unit_bytes = match unit {
        "" | "B" => 1.0,
        "kB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        "TB" => 1e12,
        "KiB" => 1024.0,
        "MiB" => 1024.0 * 1024.0,
        "GiB" => 1024.0 * 1024.0 * 1024.0,
        "TiB" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    let bytes = (number * unit_bytes).round();
    // 2^63: beyond any memory, and every number below it is a `u64`.
    (1.0..9.2e18).contains(&bytes).then_some(WatermarkStep::Bytes(bytes as u64))
}

fn path(text: &str) -> Option<PathBuf> {
    let mut path = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '%' {
            path.push(character);
            continue;
        }
        match characters.next()? {
            'p' => path.push_str(&std::process::id().to_string()),
            '%' => path.push('%'),
            _ => return None,
        }
    }
    (!path.is_empty()).then(|| path.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        text.parse::<MonitorOptions>().unwrap_err().to_string()
    }

    #[test]
    fn times_have_a_unit() {
        let spans =
            ["500ms", "1.5s", "10m", "10 min", "1h", "1d"].map(|text| span(text).map(|span| span.as_secs_f64()));
        assert_eq!(spans, [0.5, 1.5, 600.0, 600.0, 3600.0, 86_400.0].map(Some));
        for text in ["", "10", "s", "0s", "-1s", "1e9d", "nan s", "1..5s", "1s1", "999999999999999999999d"] {
            assert_eq!(span(text), None, "{text}");
        }
    }

    #[test]
    fn a_step_is_a_share_or_bytes() {
        let all = ["10%", "5000000", "64MiB", "1.5 GB", "1KiB"].map(step);
        let expected = [
            WatermarkStep::Percent(10),
            WatermarkStep::Bytes(5_000_000),
            WatermarkStep::Bytes(64 << 20),
            WatermarkStep::Bytes(1_500_000_000),
            WatermarkStep::Bytes(1024),
        ];
        assert_eq!(all, expected.map(Some));
        for text in ["", "0", "0%", "%", "1.5%", "-5", "1QB", "64 mib", "99999999999TiB", "0.1B"] {
            assert_eq!(step(text), None, "{text}");
        }
    }

    #[test]
    fn a_path_may_have_the_process_in_it_and_commas() {
        let id = std::process::id();
        assert_eq!(path("/tmp/run-%p.ctdump"), Some(format!("/tmp/run-{id}.ctdump").into()));
        assert_eq!(path("100%%"), Some("100%".into()));
        assert_eq!([path(""), path("a%"), path("%q")], [None, None, None]);
        let options: MonitorOptions = "dump=a,,b=c, census , threads=2".parse().unwrap();
        assert_eq!(options.stream.unwrap(), PathBuf::from("a,b=c"));
        assert_eq!((options.census, options.snapshot_threads), (true, Some(2)));
    }

    #[test]
    fn an_error_names_the_place_the_key_what_is_expected_and_what_is_there() {
        assert_eq!(
            error("census,perod=1s"),
            "CLASSTRACKER: byte 7: expected period, dump, replace, keep_last, watermark, signal, summary, census, threads, \
             pss, glibc or no_last, found \"perod\"",
        );
        assert_eq!(
            error("census, period=1"),
            "CLASSTRACKER: byte 15: period: expected a time above 0 such as 500ms, 1.5s, 10m, 1h or 1d, found \"1\"",
        );
        assert_eq!(
            error("dump"),
            "CLASSTRACKER: byte 4: dump: expected a path, with %p for the process' id and %% for a percent sign, \
             found nothing",
        );
        assert_eq!(error("pss=1"), "CLASSTRACKER: byte 4: pss: expected no value, found \"1\"");
        assert_eq!(
            error("keep_last=-1"),
            "CLASSTRACKER: byte 10: keep_last: expected a number of snapshots, found \"-1\"",
        );
        assert_eq!(error("threads"), "CLASSTRACKER: byte 7: threads: expected a number of threads, found nothing");
        assert_eq!(error("census,pss,census"), "CLASSTRACKER: byte 11: census is there twice");
        assert_eq!(
            error("watermark=lots"),
            "CLASSTRACKER: byte 10: watermark: expected a share such as 10%, or bytes such as 64MiB, 1GB or 5000000, \
             found \"lots\"",
        );
    }

    #[test]
    #[cfg(all(feature = "signal", unix))]
    fn a_signal_is_usr1_if_nothing_else_is_said_and_answers_on_the_standard_error() {
        use super::super::Signal;

        for (text, signal) in [("signal", Signal::Usr1), ("signal=SIGUSR2", Signal::Usr2), ("signal=HUP", Signal::Hup)]
        {
            assert_eq!(text.parse::<MonitorOptions>().unwrap().signal, Some(signal));
        }
        assert_eq!(error("signal=KILL"), "CLASSTRACKER: byte 7: signal: expected USR1, USR2 or HUP, found \"KILL\"",);
        let alone: MonitorOptions = "signal".parse().unwrap();
        let to_dump: MonitorOptions = "signal,dump=x".parse().unwrap();
        assert_eq!((alone.summary.is_some(), to_dump.summary.is_some()), (true, false));
    }

    #[test]
    #[cfg(not(all(feature = "signal", unix)))]
    fn a_signal_needs_its_feature() {
        assert_eq!(
            error("signal"),
            "CLASSTRACKER: byte 0: signal: this program was built without the feature `signal` of classtracker",
        );
    }
}
