//! `chrono`: times own nothing.

use crate::inspect::plain::plain;
use crate::inspect::{Inspect, Walk};
use chrono::{
    DateTime, FixedOffset, Local, Month, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc, Weekday,
};

plain! {
    {Z: TimeZone} DateTime<Z>,
    NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, FixedOffset, Utc, Local, Month, Weekday,
}
