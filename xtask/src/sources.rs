//! What the sources say about themselves that no compiler checks.

mod census;
mod files;
mod lexer;
mod test_code;

pub(crate) use census::{Census, ORDERINGS};
pub(crate) use files::outside_tests;
