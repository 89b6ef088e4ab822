//! Objects that a `Trackable` counts where they stand. Their rows are in every snapshot of the process, so each test has a process
//! of its own.

use std::any::type_name;
use std::collections::HashMap;
use std::thread;

use classtracker::stats::ClassRow;
use classtracker::{ClassTracker, DeepSizeOf, Inspect, Trackable, Tracked, set_enabled};

use crate::process::alone;
use crate::support::{counts, row, row_named};

#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, DeepSizeOf)]
struct Job {
    number: u32,
    name: String,
    tracked: Trackable<Job>,
}

impl Job {
    fn new(number: u32) -> Self {
        Self { number, name: number.to_string(), tracked: Trackable::new() }
    }
}

fn now<T>() -> (u64, u64, u64) {
    counts(row::<T>(&ClassTracker::new().create_snapshot("")))
}

#[test]
fn t01_objects_by_value_have_serials_of_the_same_row_as_all_others() {
    alone("by_value::t01_objects_by_value_have_serials_of_the_same_row_as_all_others", || {
        let objects = (Job::new(1), Tracked::new(1_u8), Job::new(2), Tracked::new(2_u8));
        assert_eq!((objects.0.tracked.serial(), objects.2.tracked.serial()), (Some(1), Some(3)));
        assert_eq!((Tracked::serial(&objects.1), Tracked::serial(&objects.3)), (Some(2), Some(4)));
    });
}

#[test]
fn t01_an_object_by_value_knows_where_it_was_made_and_keeps_its_serial_when_it_moves() {
    alone("by_value::t01_an_object_by_value_knows_where_it_was_made_and_keeps_its_serial_when_it_moves", || {
        #[track_caller]
        fn make() -> Trackable<Job> {
            Trackable::default()
        }
        let (made, line) = (make(), line!());
        let (serial, site) = (made.serial(), made.site().unwrap());
        assert_eq!((site.file(), site.line()), (file!(), line));
        let elsewhere = thread::spawn(move || Box::new(made)).join().unwrap();
        assert_eq!((elsewhere.serial(), elsewhere.site()), (serial, Some(site)));
    });
}

#[test]
fn objects_by_value_are_counted_wherever_they_stand() {
    alone("by_value::objects_by_value_are_counted_wherever_they_stand", || {
        let mut jobs: Vec<Job> = (0..10).map(Job::new).collect();
        let mut by_number: HashMap<u32, Job> = jobs.drain(5..).map(|job| (job.number, job)).collect();
        let on_the_stack = Job::new(10);
        assert_eq!(now::<Job>(), (11, 11, 0));
        jobs.clear();
        by_number.remove(&7);
        assert_eq!(now::<Job>(), (5, 11, 6));
        drop((by_number, on_the_stack));
        let snapshot = ClassTracker::new().create_snapshot("");
        let mut expected = ClassRow::new(type_name::<Job>());
        (expected.created, expected.dropped, expected.by_value) = (11, 11, true);
        assert_eq!(*row::<Job>(&snapshot), expected, "a class of which none is alive keeps its row");
    });
}

#[test]
fn a_row_by_value_says_so_and_gives_flat_bytes_alone() {
    alone("by_value::a_row_by_value_says_so_and_gives_flat_bytes_alone", || {
        let jobs: Vec<Job> = (0..7).map(Job::new).collect();
        let snapshot = ClassTracker::new().create_snapshot("");
        let row = row::<Job>(&snapshot);
        assert!(row.by_value);
        assert_eq!((row.flat_bytes, row.bytes), (7 * size_of::<Job>() as u64, 0));
        assert_eq!((row.smallest_bytes, row.largest_bytes, row.listed, row.unread), (None, None, 0, 0));
        assert_eq!(snapshot.tracked_bytes(), 0, "what is not measured adds nothing to the total");
        drop(jobs);
    });
}

#[test]
fn a_struct_with_the_field_can_be_taken_apart_and_derive_what_it_likes() {
    alone("by_value::a_struct_with_the_field_can_be_taken_apart_and_derive_what_it_likes", || {
        let job = Job::new(5);
        let Job { name, tracked, .. } = job;
        assert_eq!(now::<Job>(), (1, 1, 0), "the field alone keeps the object");
        drop(tracked);
        assert_eq!((name.as_str(), now::<Job>()), ("5", (0, 1, 1)));

        let (one, two) = (Job::new(1), Job::new(1));
        assert_eq!(one, two);
        assert_eq!(one.cmp(&two), std::cmp::Ordering::Equal);
        assert_eq!(HashMap::from([(one, ())]).get(&two), Some(&()));
        assert_eq!(classtracker::deep_size_of(&two), size_of::<Job>() + 1);
        assert!(<Trackable<Job> as Inspect>::owns_nothing());
        let serial = two.tracked.serial().unwrap();
        assert!(format!("{two:?}").contains(&format!("Trackable(#{serial})")));
    });
}

#[test]
fn one_class_in_handles_and_by_value_has_two_rows() {
    alone("by_value::one_class_in_handles_and_by_value_has_two_rows", || {
        let tracker = ClassTracker::new();
        let objects = (Job::new(1), Tracked::new(Job::new(2)));
        let name = type_name::<Job>();
        assert!(row_named(&tracker.create_snapshot(""), name).by_value);
        tracker.track_class::<Job>();
        for _ in 0..2 {
            let snapshot = tracker.create_snapshot("");
            let (own, apart) = (row_named(&snapshot, name), row_named(&snapshot, &format!("{name} (by value)")));
            assert_eq!((own.by_value, counts(own)), (false, (1, 1, 0)));
            assert_eq!((apart.by_value, counts(apart)), (true, (2, 2, 0)), "what is in a handle stands by value in it");
            assert_eq!(snapshot.classes.len(), 2);
        }
        tracker.detach_all();
        row_named(&tracker.create_snapshot(""), &format!("{name} (by value)"));
        drop(objects);
    });
}

#[test]
fn classes_of_one_name_have_rows_of_their_own() {
    alone("by_value::classes_of_one_name_have_rows_of_their_own", || {
        macro_rules! twin {
            () => {{
                struct Twin(#[allow(dead_code)] Trackable<Twin>);
                Twin(Trackable::new())
            }};
        }
        let twins = (twin!(), twin!());
        let snapshot = ClassTracker::new().create_snapshot("");
        let names: Vec<_> = snapshot.classes.iter().map(|row| &*row.class).collect();
        assert_eq!(names.len(), 2);
        assert!(names[1].starts_with(names[0]) && names[1].ends_with(" #2"), "{names:?}");
        drop(twins);
    });
}

#[test]
fn counts_are_right_however_objects_travel_between_threads() {
    alone("by_value::counts_are_right_however_objects_travel_between_threads", || {
        const EACH: u32 = 20_000;
        let (sender, receiver) = std::sync::mpsc::channel::<Job>();
        let makers: Vec<_> = (0..3)
            .map(|_| {
                let sender = sender.clone();
                thread::spawn(move || {
                    for number in 0..EACH {
                        let job = Job::new(number);
                        if number % 2 == 0 {
                            sender.send(job).unwrap();
                        }
                    }
                })
            })
            .collect();
        drop(sender);
        let watch = thread::spawn(|| {
            for _ in 0..50 {
                let snapshot = ClassTracker::new().create_snapshot("");
                if let Some(row) = snapshot.class(type_name::<Job>()) {
                    assert_eq!(row.live, row.created - row.dropped);
                }
            }
        });
        let kept: Vec<Job> = receiver.into_iter().filter(|job| job.number % 4 == 0).collect();
        makers.into_iter().for_each(|maker| maker.join().unwrap());
        watch.join().unwrap();
        let live = kept.len() as u64;
        assert_eq!(live, 3 * u64::from(EACH) / 4);
        assert_eq!(now::<Job>(), (live, 3 * u64::from(EACH), 3 * u64::from(EACH) - live));
        drop(kept);
        assert_eq!(now::<Job>().0, 0);
    });
}

#[test]
fn more_classes_than_a_thread_remembers_are_counted_one_by_one() {
    alone("by_value::more_classes_than_a_thread_remembers_are_counted_one_by_one", || {
        struct Many<const N: usize>(#[allow(dead_code)] Trackable<Many<N>>);
        fn make<const N: usize>(rounds: usize) -> Vec<Box<dyn Send>> {
            (0..rounds)
                .map(|_| {
                    drop(Many::<N>(Trackable::new()));
                    Box::new(Many::<N>(Trackable::new())) as Box<dyn Send>
                })
                .collect()
        }
        macro_rules! all {
            ($($digit:literal)*) => {
                [$(make::<{ $digit }>(3), make::<{ 16 + $digit }>(3), make::<{ 32 + $digit }>(3), make::<{ 48 + $digit }>(3)),*]
            };
        }
        let objects = all!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
        let again = all!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
        thread::spawn(|| drop(objects)).join().unwrap();
        let snapshot = ClassTracker::new().create_snapshot("");
        assert_eq!(snapshot.classes.len(), 64);
        for row in &snapshot.classes {
            assert_eq!(counts(row), (3, 12, 9), "{}", row.class);
        }
        drop(again);
    });
}

#[test]
fn c04_what_is_made_while_tracking_is_off_is_never_half_counted() {
    alone("by_value::c04_what_is_made_while_tracking_is_off_is_never_half_counted", || {
        let seen = Job::new(1);
        set_enabled(false);
        let unseen = Job::new(2);
        let tracked = &unseen.tracked;
        assert_eq!((tracked.serial(), tracked.site()), (None, None));
        let clone = seen.clone();
        assert!(clone.tracked.serial().is_none());
        drop(seen);
        assert_eq!(now::<Job>(), (0, 1, 1), "a death is counted where the birth was");
        set_enabled(true);
        let late = unseen.clone();
        drop((unseen, clone));
        assert_eq!(now::<Job>(), (1, 2, 1));
        assert!(late.tracked.serial().is_some());
    });
}

#[test]
fn t09_a_clone_is_a_new_object() {
    alone("by_value::t09_a_clone_is_a_new_object", || {
        let job = Job::new(1);
        let clone = job.clone();
        assert!(clone.tracked.serial() > job.tracked.serial());
        assert_eq!(now::<Job>(), (2, 2, 0));
        assert_eq!(clone, job);
    });
}
