//! The command as it is run: what it prints, where, and how it ends.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod answers;
mod bad_input;
mod check;
mod diff;
mod export;
mod follow;
mod golden;
mod growth;
mod hostile;
mod html;
mod listings;
mod man;
mod pipes;
mod sample;
mod selection;
mod support;
#[cfg(unix)]
mod terminal;
