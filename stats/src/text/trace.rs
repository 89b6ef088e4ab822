//! The calls that led to where objects were made.

use super::printable;
use crate::Trace;

/// A line for each call, the outermost first, indented by so many columns.
pub(super) fn lines(trace: &Trace, indent: usize) -> impl Iterator<Item = String> {
    let cut = trace.cut.then(|| format!("{:indent$}…", ""));
    let frames = trace.frames.iter().map(move |frame| format!("{:indent$}{}", "", printable(&frame.to_string())));
    cut.into_iter().chain(frames)
}
