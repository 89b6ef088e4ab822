//! One file per command.

pub(crate) mod bench;
pub(crate) mod ci;
pub(crate) mod deny;
pub(crate) mod docs;
mod examples;
pub(crate) mod fuzz;
mod models;
mod results;
pub(crate) mod sanitize;
pub(crate) mod sources;
pub(crate) mod test;
