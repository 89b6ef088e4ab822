use std::io;
use std::path::Path;

use classtracker_stats::Stats;

use crate::failure::Failure;

const STANDARD_INPUT: &str = "standard input";

/// Loads the dump in this file, or from the standard input for `-`.
pub(crate) fn load(file: &Path) -> Result<Stats, Failure> {
    let loaded = if file == Path::new("-") {
        Stats::read_from(io::stdin().lock()).map_err(|error| error.in_file(STANDARD_INPUT))
    } else {
        Stats::load(file)
    };
    loaded.map_err(Failure::Dump)
}

/// What messages call this file.
pub(crate) fn name(file: &Path) -> String {
    if file == Path::new("-") { STANDARD_INPUT.to_owned() } else { file.display().to_string() }
}
