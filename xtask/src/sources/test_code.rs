//! Which code only tests have.

use std::path::Path;

use super::lexer;

/// The modules that the file declares for tests only, as paths without their ending.
pub(super) fn modules(path: &str, text: &str) -> Vec<String> {
    let code = lexer::split(text).code;
    let names = items(&code).filter_map(|item| code[item].trim_end().strip_suffix(';')?.rsplit_once("mod "));
    names.map(|(_, name)| format!("{}/{}", home(path), name.trim())).collect()
}

/// The code without what only tests have, lines where they were.
pub(super) fn blank(code: &str) -> String {
    let mut kept = code.to_owned();
    for item in items(code) {
        let blanks: String = code[item.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
        kept.replace_range(item, &blanks);
    }
    kept
}

/// Where the items are that `#[cfg(test)]`, or with a condition more, stands before.
fn items(code: &str) -> impl Iterator<Item = std::ops::Range<usize>> {
    code.match_indices("#[cfg(").filter_map(|(start, _)| {
        let end = start + code[start..].find(']')? + 1;
        let condition = &code[start..end];
        let is_test = condition.contains("test") && !condition.contains("not(test");
        is_test.then(|| start..end + item(&code[end..]))
    })
}

/// How long the first item of the code is: to its semicolon, or to the end of its braces.
fn item(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && byte == b'}' {
                    return at + 1;
                }
            }
            b';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// The folder of the modules that a file declares.
fn home(path: &str) -> String {
    let own = Path::new(path);
    let folder = own.parent().unwrap_or(own);
    match own.file_stem().and_then(|stem| stem.to_str()) {
        None | Some("lib" | "main" | "mod") => folder.display().to_string(),
        Some(stem) => folder.join(stem).display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{blank, modules};

    #[test]
    fn modules_for_tests_are_found_by_their_files() {
        let text = "mod a;\n#[cfg(test)]\nmod b;\n#[cfg(all(test, loom))]\n#[path = \"x\"]\nmod c;";
        assert_eq!(modules("src/registry/mod.rs", text), ["src/registry/b", "src/registry/c"]);
        assert_eq!(modules("src/page.rs", "#[cfg(test)] mod tests;"), ["src/page/tests"]);
    }

    #[test]
    fn code_for_tests_is_blanked_and_nothing_else() {
        assert_eq!(blank("a #[cfg(test)] mod t { {} } b"), "a                           b");
        assert_eq!(blank("#[cfg(not(test))] fn f() {}"), "#[cfg(not(test))] fn f() {}");
    }
}
