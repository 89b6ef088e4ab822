//! Whether `ARCHITECTURE.md` is true to the tree: what it names is there, and every folder of sources is named.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::cargo::root;
use crate::failure::{Failure, Result};

/// Folders whose names say by themselves what they are, below a package.
const USUAL: [&str; 4] = ["src", "tests", "benches", "examples"];

pub(crate) fn check() -> Result<()> {
    let file = "ARCHITECTURE.md";
    let map = fs::read_to_string(root().join(file)).map_err(|cause| Failure::Read { path: file.into(), cause })?;
    let mut files = BTreeSet::new();
    read("", &mut files)?;
    let wrong = complaints(&map, &files);
    if !wrong.is_empty() {
        return Err(Failure::Check(format!("{file} is not true to the tree:\n  {}", wrong.join("\n  "))));
    }
    println!("{file} names {} places, all of them there, and every folder", places(&map).len());
    Ok(())
}

/// All files, by their paths below the root, but for what is built.
fn read(folder: &str, files: &mut BTreeSet<String>) -> Result<()> {
    let failed = |cause| Failure::Read { path: format!("./{folder}"), cause };
    for entry in fs::read_dir(root().join(folder)).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        if !entry.file_type().map_err(failed)?.is_dir() {
            files.insert(path);
        } else if !name.starts_with('.') && name != "target" {
            read(&path, files)?;
        }
    }
    Ok(())
}

fn complaints(map: &str, files: &BTreeSet<String>) -> Vec<String> {
    let places = places(map);
    let missing = places.iter().filter(|place| !files.iter().any(|file| is_at(file, place)));
    let missing = missing.map(|place| format!("`{place}` is not there"));
    let named = |folder: &str| places.iter().any(|place| is_named(folder, place));
    let folders: BTreeSet<&str> = files.iter().filter_map(|file| folder_of(file)).collect();
    let unnamed = folders.into_iter().filter(|folder| !speaks_for_itself(folder, files) && !named(folder));
    missing.chain(unnamed.map(|folder| format!("{folder}/ is not named"))).collect()
}

/// What the map names, in backticks, as a path: a folder ends with a slash.
fn places(map: &str) -> BTreeSet<&str> {
    let quoted = map.split('`').skip(1).step_by(2);
    let is_path = |name: &&str| {
        let of_path = |character: char| character.is_alphanumeric() || "_-./".contains(character);
        let is_file = [".rs", ".md", ".ctdump"].iter().any(|ending| name.ends_with(ending));
        name.chars().all(of_path) && (name.ends_with('/') || is_file)
    };
    quoted.filter(is_path).collect()
}

/// Whether the file is what is named so, or is in it: by its whole path, or by a part of it.
fn is_at(file: &str, place: &str) -> bool {
    let starts_name = |at: usize| at == 0 || file[..at].ends_with('/');
    file.match_indices(place).any(|(at, _)| starts_name(at) && (place.ends_with('/') || file.ends_with(place)))
}

/// Whether the folder is what is named so: by its path, or by the end of it.
fn is_named(folder: &str, place: &str) -> bool {
    let place = place.strip_suffix('/').unwrap_or("/");
    folder.strip_suffix(place).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

fn folder_of(file: &str) -> Option<&str> {
    let (folder, name) = file.rsplit_once('/')?;
    name.ends_with(".rs").then_some(folder)
}

/// Whether it is one that every package has, or the rest of a module whose file stands beside it.
fn speaks_for_itself(folder: &str, files: &BTreeSet<String>) -> bool {
    let name = Path::new(folder).file_name().and_then(|name| name.to_str()).unwrap_or(folder);
    (folder.contains('/') && USUAL.contains(&name)) || files.contains(&format!("{folder}.rs"))
}

#[cfg(test)]
mod tests {
    use super::complaints;

    fn check(map: &str, files: &[&str]) -> Vec<String> {
        complaints(map, &files.iter().map(|file| (*file).to_owned()).collect())
    }

    #[test]
    fn what_is_named_must_be_there() {
        let files = ["src/lib.rs", "src/page.rs"];
        assert_eq!(check("`src/`, `page.rs`, `Page::new`, `a / b`", &files), [""; 0]);
        assert_eq!(check("`src/`, `age.rs`, `pages/`", &files), ["`age.rs` is not there", "`pages/` is not there"]);
    }

    #[test]
    fn every_folder_of_sources_must_be_named() {
        let files = ["cli/src/main.rs", "cli/src/output/mod.rs", "cli/src/input.rs", "cli/src/input/pick.rs"];
        assert_eq!(check("`cli/`", &files), ["cli/src/output/ is not named"]);
        assert_eq!(check("`cli/`, `output/`", &files), [""; 0]);
    }
}
