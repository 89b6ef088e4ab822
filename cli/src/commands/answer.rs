//! Answers, as they are printed.

use classtracker_stats::Answer;

use crate::arguments::Form;
use crate::failure::Failure;
use crate::output::{Output, json};

/// Writes the answer in the form asked for.
pub(super) fn print(answer: &impl Answer, form: &Form, out: &mut Output) -> Result<(), Failure> {
    if form.json {
        return json::write_pretty(answer, out);
    }
    let columns = out.size().map(|size| size.columns);
    form.text(columns).apply(|| answer.write_text(out)).map_err(Failure::Output)
}
