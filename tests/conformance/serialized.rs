//! Objects that are written and read again.

use std::sync::Arc;

use classtracker::{DeepSizeOf, Trackable, Tracked, set_global_tracker};
use serde::{Deserialize, Serialize};

use crate::process::alone;
use crate::told::Log;

#[derive(Serialize, Deserialize, DeepSizeOf, Clone, Debug, PartialEq)]
struct Job {
    number: u32,
    tracked: Trackable<Job>,
    name: String,
}

fn job() -> Job {
    Job { number: 7, tracked: Trackable::new(), name: "seven".into() }
}

#[derive(Serialize, Deserialize, DeepSizeOf, Debug, PartialEq)]
struct Plain {
    number: u32,
    name: String,
}

#[test]
fn t10_a_deserialized_object_is_new_and_is_tracked_by_the_global_tracker() {
    alone("serialized::t10_a_deserialized_object_is_new_and_is_tracked_by_the_global_tracker", || {
        let log = Log::new();
        set_global_tracker(Some(log.clone()));
        let original = Tracked::new(job());
        Tracked::set_bundle(&original, "stays here");
        let text = serde_json::to_string(&original).unwrap();
        assert_eq!(text, r#"{"number":7,"tracked":null,"name":"seven"}"#);
        log.news();

        let read: Tracked<Job> = serde_json::from_str(&text).unwrap();
        assert_eq!(read, original);
        assert!(Tracked::serial(&read) > Tracked::serial(&original));
        assert!(read.tracked.serial() > original.tracked.serial());
        assert!(Tracked::bundle(&read).is_none() && Tracked::tracker(&read).is_some());
        let (field, object) = (read.tracked.serial().unwrap(), Tracked::serial(&read).unwrap());
        assert_eq!(log.news(), [format!("Job {field} attached"), format!("Job {object} attached")]);
        drop((original, read));
        set_global_tracker(None);
        assert_eq!(Arc::strong_count(&log), 1);
    });
}

#[test]
fn t10_the_field_may_be_absent_or_hold_anything_where_the_format_can_tell() {
    alone("serialized::t10_the_field_may_be_absent_or_hold_anything_where_the_format_can_tell", || {
        for text in [
            r#"{"number":7,"name":"seven"}"#,
            r#"{"number":7,"tracked":null,"name":"seven"}"#,
            r#"{"number":7,"tracked":{"of":["another","program"]},"name":"seven"}"#,
        ] {
            assert_eq!(serde_json::from_str::<Job>(text).unwrap(), job(), "{text}");
        }
        let error = serde_json::from_str::<Job>(r#"{"tracked":null,"name":"seven"}"#).unwrap_err().to_string();
        assert!(error.contains("missing field `number`"), "{error}");
    });
}

#[test]
fn t10_in_binary_formats_the_field_takes_no_bytes() {
    alone("serialized::t10_in_binary_formats_the_field_takes_no_bytes", || {
        let config = bincode::config::standard();
        let bytes = bincode::serde::encode_to_vec(job(), config).unwrap();
        let plain = Plain { number: 7, name: "seven".into() };
        assert_eq!(bytes, bincode::serde::encode_to_vec(&plain, config).unwrap());
        let (read, length): (Job, usize) = bincode::serde::decode_from_slice(&bytes, config).unwrap();
        assert_eq!((read, length), (job(), bytes.len()));
        let (jobs, _): (Vec<Tracked<Job>>, usize) = {
            let bytes = bincode::serde::encode_to_vec([job(), job()], config).unwrap();
            bincode::serde::decode_from_slice(&[&[2], &*bytes].concat(), config).unwrap()
        };
        assert_eq!(jobs.len(), 2);
        assert!(Tracked::serial(&jobs[0]) < Tracked::serial(&jobs[1]));
    });
}
