//! The examples, end to end: as their documentation says to run them, and the command on what they write.

use crate::cargo::{Cargo, target_dir};
use crate::failure::{Failure, Result};

pub(super) fn run() -> Result<()> {
    example("factory", &[])?;
    example("source_cache", &["--leak"])?;

    let dump = target_dir().join("source_cache.ctdump");
    let dump = dump.to_string_lossy();
    let printed = example("source_cache", &["--dump", &dump])?;
    // Not in release: the tests have built this one.
    let arguments = ["run", "--quiet", "--package", "classtracker-cli", "--", "summary", &dump];
    let read = Cargo::new(&arguments).run_and_read()?;
    let same = printed.windows(read.len()).any(|lines| lines == read);
    if read.is_empty() || !same {
        return Err(Failure::Check("`classtracker summary` prints other than the program did".into()));
    }
    Ok(())
}

fn example(name: &str, arguments: &[&str]) -> Result<Vec<String>> {
    let cargo = Cargo::new(&["run", "--release", "--example", name, "--"]);
    arguments.iter().fold(cargo, Cargo::argument).run_and_read()
}
