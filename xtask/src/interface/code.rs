//! The examples in a piece of documentation.

/// What a block of code may be called and still be compiled.
const COMPILED: [&str; 7] = ["", "rust", "no_run", "should_panic", "compile_fail", "standalone_crate", "edition2024"];

/// The code of all blocks that are tested, or at least compiled.
pub(super) fn examples(docs: &str) -> String {
    let mut code = String::new();
    // What the present block is: none, or whether its code counts.
    let mut block = None;
    for line in docs.lines() {
        let fence = line.trim_start().strip_prefix("```");
        block = match (fence, block) {
            (Some(_), Some(_)) => None,
            (Some(words), None) => Some(words.split([',', ' ']).all(|word| COMPILED.contains(&word.trim()))),
            (None, Some(counts)) => {
                if counts {
                    code.push_str(line);
                    code.push('\n');
                }
                block
            }
            (None, None) => None,
        };
    }
    code
}

/// Whether the code has the name as that of something used: behind a dot or a path, or being implemented.
pub(super) fn uses(code: &str, name: &str) -> bool {
    places(code, name).any(|before| before.ends_with('.') || before.ends_with("::") || before.ends_with("fn "))
}

/// Whether the code has the name at all.
pub(super) fn names(code: &str, name: &str) -> bool {
    places(code, name).next().is_some()
}

/// What stands before the name, wherever that is a word of its own.
fn places<'c>(code: &'c str, name: &str) -> impl Iterator<Item = &'c str> {
    let is_of_name = |character: char| character.is_alphanumeric() || character == '_';
    code.match_indices(name).filter_map(move |(at, _)| {
        let (before, behind) = (&code[..at], &code[at + name.len()..]);
        (!before.ends_with(is_of_name) && !behind.starts_with(is_of_name)).then_some(before)
    })
}

#[cfg(test)]
mod tests {
    use super::{examples, names, uses};

    #[test]
    fn only_code_that_is_compiled_is_an_example() {
        let docs =
            "Text.\n```\na();\n# b();\n```\n```text\nc();\n```\n```ignore\nd();\n```\n```rust, no_run\ne();\n```";
        assert_eq!(examples(docs), "a();\n# b();\ne();\n");
    }

    #[test]
    fn a_name_is_used_as_a_whole_and_not_in_passing() {
        assert!(uses("stats.limit(3);", "limit"));
        assert!(uses("map(Stats::limit)", "limit"));
        assert!(!uses("stats.limits(3);", "limit"));
        assert!(!uses("let limit = 3;", "limit"));
        assert!(names("let limit = 3;", "limit") && !names("let unlimited = 3;", "limit"));
    }
}
