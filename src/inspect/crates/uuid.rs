//! `uuid`: an id owns nothing.

use crate::inspect::plain::plain;
use crate::inspect::{Inspect, Walk};

plain! { uuid::Uuid }
