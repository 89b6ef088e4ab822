use std::io;
use std::path::Path;

use classtracker_stats::Stats;

use crate::failure::Failure;

/// Loads the dump in this file, or from the standard input for `-`.
pub(crate) fn load(file: &Path) -> Result<Stats, Failure> {
    let loaded = if file == Path::new("-") {
        Stats::read_from(io::stdin().lock()).map_err(|error| error.in_file("standard input"))
    } else {
        Stats::load(file)
    };
    loaded.map_err(Failure::Dump)
}
