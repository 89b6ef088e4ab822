//! The command line.

use std::path::PathBuf;
use std::time::Duration;

pub(crate) const HELP: &str = "\
Usage: key_value_server [--port PORT] [--period DURATION] [--dump FILE] [--off]

  --port PORT        listen there, for this machine alone; 0 takes any free port [default: 6379]
  --period DURATION  take a snapshot so often, such as 500ms or 2s [default: 1s]
  --dump FILE        write the snapshots there, for the command `classtracker`
  --off              switch tracking off
";

/// Why the server is not started.
pub(crate) enum Usage {
    /// The help was asked for.
    Help,
    /// What is wrong with the arguments.
    Wrong(String),
}

impl From<String> for Usage {
    fn from(message: String) -> Self {
        Self::Wrong(message)
    }
}

pub(crate) struct Arguments {
    pub(crate) port: u16,
    pub(crate) period: Duration,
    pub(crate) dump: Option<PathBuf>,
    pub(crate) track: bool,
}

impl Arguments {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, Usage> {
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
                "--help" | "-h" => return Err(Usage::Help),
                _ => return Err(format!("`{word}` is not known").into()),
            }
        }
        if arguments.dump.is_some() && !arguments.track {
            return Err(String::from("with `--off` there is nothing to `--dump`").into());
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
