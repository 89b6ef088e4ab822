//! How much `unsafe` there is, how many atomic orderings, and what is wrong with them.

use super::lexer::{self, is_of_name};
use super::test_code;

pub(crate) const ORDERINGS: [&str; 5] = ["Relaxed", "Acquire", "Release", "AcqRel", "SeqCst"];

#[derive(Default)]
pub(crate) struct Census {
    pub(crate) blocks: usize,
    pub(crate) impls: usize,
    pub(crate) functions: usize,
    /// As many as there are of each of [`ORDERINGS`].
    pub(crate) orderings: [usize; 5],
    /// What may not be as it is, a line each.
    pub(crate) complaints: Vec<String>,
}

impl Census {
    /// Adds a file. `allowed`: whether there may be any of it.
    pub(crate) fn count(&mut self, path: &str, text: &str, allowed: bool) {
        let parts = lexer::split(text);
        let code = test_code::blank(&parts.code);
        let comments: Vec<&str> = parts.comments.lines().collect();
        for (at, behind) in words(&code, "unsafe") {
            let line = code[..at].matches('\n').count();
            let behind = without_abi(behind);
            let wanted = match next_word(behind) {
                // Also one of foreign functions.
                "{" => {
                    self.blocks += 1;
                    "SAFETY:"
                }
                "impl" => {
                    self.impls += 1;
                    "SAFETY:"
                }
                "fn" | "trait" if !is_type(behind) => {
                    self.functions += 1;
                    "Safety"
                }
                _ => continue,
            };
            if !allowed {
                self.complain(path, line, "unsafe code does not belong here");
            }
            if !explained(&code, &comments, line, wanted) {
                self.complain(path, line, &format!("no `{wanted}` above the unsafe code"));
            }
        }
        self.count_orderings(path, &code, allowed);
    }

    fn count_orderings(&mut self, path: &str, code: &str, allowed: bool) {
        for (count, name) in self.orderings.iter_mut().zip(ORDERINGS) {
            // By path, as they are written in calls, so that imports and names of the same sound do not count.
            let full = format!("Ordering::{name}");
            for (at, _) in words(code, &full) {
                *count += 1;
                if !allowed {
                    let line = code[..at].matches('\n').count() + 1;
                    self.complaints.push(format!("{path}:{line}: atomics do not belong here"));
                }
            }
        }
    }

    fn complain(&mut self, path: &str, line: usize, what: &str) {
        self.complaints.push(format!("{path}:{}: {what}", line + 1));
    }
}

/// Whether a comment with the word stands at the line, or above the statement that it is in.
fn explained(code: &str, comments: &[&str], line: usize, word: &str) -> bool {
    let code: Vec<&str> = code.lines().collect();
    let says = |line: usize| comments.get(line).is_some_and(|comment| comment.contains(word));
    if says(line) {
        return true;
    }
    for above in (0..line).rev() {
        if says(above) {
            return true;
        }
        let only_comment = code[above].trim().is_empty();
        let ends_other = code[above].trim_end().ends_with([';', '{', '}']);
        let empty = only_comment && comments[above].trim().is_empty();
        if empty || ends_other {
            return false;
        }
    }
    false
}

/// Where the word is, and what is behind it.
fn words<'c>(code: &'c str, word: &str) -> impl Iterator<Item = (usize, &'c str)> {
    code.match_indices(word).filter_map(|(at, found)| {
        let behind = &code[at + found.len()..];
        let whole = !code[..at].ends_with(is_of_name) && !behind.starts_with(is_of_name);
        whole.then_some((at, behind))
    })
}

/// The next word, or the next sign.
fn next_word(code: &str) -> &str {
    let code = code.trim_start();
    let name = code.find(|character| !is_of_name(character)).unwrap_or(code.len());
    match name {
        0 => code.get(..1).unwrap_or(""),
        length => &code[..length],
    }
}

/// What is behind `extern "C"`, if that is what comes first.
fn without_abi(behind: &str) -> &str {
    let Some(behind) = behind.trim_start().strip_prefix("extern").filter(|rest| !rest.starts_with(is_of_name)) else {
        return behind;
    };
    let abi = behind.trim_start().strip_prefix('"').and_then(|rest| Some(rest.split_once('"')?.1));
    abi.unwrap_or(behind)
}

/// Whether `fn` is followed by arguments and not by a name.
fn is_type(behind: &str) -> bool {
    let rest = behind.trim_start().trim_start_matches("fn");
    next_word(rest) == "("
}

#[cfg(test)]
mod tests {
    use super::Census;

    fn census(text: &str) -> Census {
        let mut census = Census::default();
        census.count("a.rs", text, true);
        census
    }

    #[test]
    fn all_kinds_of_unsafe_are_counted() {
        let text = "
// SAFETY: yes.
let a = unsafe { b };
// SAFETY: yes.
unsafe impl Send for A {}
/// # Safety
/// No.
#[inline]
pub unsafe fn c(d: unsafe fn(u8)) {}
\"unsafe {\" // unsafe {";
        let census = census(text);
        assert_eq!((census.blocks, census.impls, census.functions), (1, 1, 1));
        assert_eq!(census.complaints, [""; 0]);
    }

    #[test]
    fn what_is_foreign_counts_too() {
        let text = "
type A = unsafe extern \"C\" fn(u8);
/// # Safety
/// No.
unsafe extern \"C\" fn a(b: u8) {}
// SAFETY: yes.
unsafe extern \"C\" { fn c(); }
unsafe extern fn d() {}";
        let census = census(text);
        assert_eq!((census.blocks, census.impls, census.functions), (1, 0, 2));
        assert_eq!(census.complaints, ["a.rs:8: no `Safety` above the unsafe code"]);
    }

    #[test]
    fn unsafe_without_a_reason_is_a_complaint() {
        let complaints = census("// SAFETY: of another.\nf();\nunsafe { a }").complaints;
        assert_eq!(complaints, ["a.rs:3: no `SAFETY:` above the unsafe code"]);
    }

    #[test]
    fn a_reason_may_stand_above_the_statement() {
        let text = "// SAFETY: yes.\nlet a = b\n    .c(unsafe { d });";
        assert_eq!(census(text).complaints, [""; 0]);
    }

    #[test]
    fn unsafe_and_atomics_elsewhere_are_complaints() {
        let mut census = Census::default();
        census.count("b.rs", "a.load(Ordering::Relaxed);\nunsafe { b }; // SAFETY: yes.", false);
        assert_eq!(
            census.complaints,
            ["b.rs:2: unsafe code does not belong here", "b.rs:1: atomics do not belong here"]
        );
    }

    #[test]
    fn code_of_tests_does_not_count() {
        let census = census("#[cfg(test)]\nmod tests { fn a() { unsafe { b } } }");
        assert_eq!((census.blocks, census.complaints.len()), (0, 0));
    }
}
