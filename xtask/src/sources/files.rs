//! The sources that are not tests.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use super::test_code;
use crate::cargo::root;
use crate::failure::{Failure, Result};

/// Where they are. In `tests` and `benches` a counting allocator, say, is nobody's concern.
const FOLDERS: [&str; 6] = ["src", "derive/src", "stats/src", "cli/src", "xtask/src", "examples"];

/// All sources by their paths below the root, but for modules that only tests have.
pub(crate) fn outside_tests() -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for folder in FOLDERS {
        read(folder, &mut found)?;
    }
    let tests: Vec<String> = found.iter().flat_map(|(path, text)| test_code::modules(path, text)).collect();
    found.retain(|path, _| !tests.iter().any(|module| is_of(path, module)));
    Ok(found)
}

/// Whether the file is this module's or one's inside it.
fn is_of(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

fn read(folder: &str, found: &mut BTreeMap<String, String>) -> Result<()> {
    let failed = |cause: io::Error| Failure::Read { path: folder.into(), cause };
    for entry in fs::read_dir(root().join(folder)).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.file_type().map_err(failed)?.is_dir() {
            read(&path, found)?;
        } else if Path::new(&path).extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(entry.path());
            let text = text.map_err(|cause| Failure::Read { path: path.clone(), cause })?;
            found.insert(path, text);
        }
    }
    Ok(())
}
