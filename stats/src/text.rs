//! Answers as text. Nothing here depends on a terminal: what is printed to a pipe is what is printed to a screen.

mod annotated;
mod diff;
mod object;
mod objects;
mod referents;
mod summary;
mod timeline;

use std::borrow::Cow;

/// `text` in one line that moves no cursor: control characters are written as escapes.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(char::is_control) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        if char.is_control() {
            escaped.extend(char.escape_default());
        } else {
            escaped.push(char);
        }
    }
    Cow::Owned(escaped)
}

/// `1 class`, `2 classes`.
pub(crate) fn counted(number: impl Into<u64>, one: &str, many: &str) -> String {
    let number = number.into();
    format!("{number} {}", if number == 1 { one } else { many })
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
    }
}
