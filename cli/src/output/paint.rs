//! What a line of a text looks like on a terminal. The texts are made for all places alike; only their shape is known here.

use anstyle::Style;

/// The style of this line; `None` to leave it as it is.
pub(super) fn style(line: &str) -> Option<Style> {
    let plain = Style::new();
    let (indent, text) = split(line);
    match indent {
        0 if is_title(text) => Some(plain.bold()),
        // The headers of snapshots.
        1 if text.contains("  ") => Some(plain.underline()),
        2 if text.starts_with("total ") => Some(plain.bold()),
        2 if text.starts_with("process: ") => Some(plain.dimmed()),
        _ => None,
    }
}

fn split(line: &str) -> (usize, &str) {
    let text = line.trim_start_matches(' ');
    (line.len() - text.len(), text)
}

/// `SUMMARY  …`
fn is_title(text: &str) -> bool {
    let word = text.split("  ").next().unwrap_or_default();
    word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_uppercase()) && word.len() < text.len()
}
