//! Answers as text. Nothing here depends on a terminal: what is printed to a pipe is what is printed to a screen.

mod annotated;
mod answer;
mod class_history;
mod class_list;
mod diff;
mod growth;
mod lifespans;
mod lines;
mod merged;
mod object;
mod objects;
mod oldest;
mod options;
mod referents;
mod sites;
mod summary;
mod survivors;
mod timeline;
mod trace;

use std::borrow::Cow;

pub use answer::Answer;
pub use options::{ByteUnits, TextOptions};

use crate::ClassFilter;

/// `text` in one line that moves no cursor: control characters, and those that turn the order of what follows them, are
/// written as escapes.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let acts = |char: char| char.is_control() || turns_order(char);
    if !text.chars().any(acts) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        if acts(char) {
            escaped.extend(char.escape_default());
        } else {
            escaped.push(char);
        }
    }
    Cow::Owned(escaped)
}

/// Whether it sets a text from right to left into others, or ends a line for some.
fn turns_order(char: char) -> bool {
    matches!(char, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `1 class`, `2 classes`.
pub(crate) fn counted(number: impl Into<u64>, one: &str, many: &str) -> String {
    let number = number.into();
    format!("{number} {}", if number == 1 { one } else { many })
}

/// What to say where the filter lets no class through.
pub(crate) fn no_class(filter: &ClassFilter) -> String {
    if filter.is_all() {
        "  no class has an object alive: track_class::<T>() or track_object(&object)".to_owned()
    } else {
        format!(
            "  no class of which an object is alive is one of {:?}; the summary shows the classes",
            filter.to_string()
        )
    }
}

/// What to do when there is no snapshot to show anything of.
const NO_SNAPSHOT: &str = "  no snapshot was taken: take one with create_snapshot(label), then print again\n";

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn control_characters_are_escaped_and_the_rest_is_left_alone() {
        assert_eq!(printable("größe 1"), "größe 1");
        assert_eq!(printable("a\nb\t\u{1b}[31m"), "a\\nb\\t\\u{1b}[31m");
        assert_eq!(printable("evil\u{202e}txt.rs"), "evil\\u{202e}txt.rs");
    }
}
