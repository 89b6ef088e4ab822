//! What the libraries offer, as rustdoc knows it, and whether the documentation shows it in use.

mod code;
mod pages;
mod rustdoc;
mod shown;

pub(crate) use pages::Interface;
pub(crate) use rustdoc::{become_rustdoc, read};
