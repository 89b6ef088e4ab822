//! The tracker that counts, and who is alive by the names of classes.

use std::sync::Arc;
use std::thread;

use classtracker::{
    ClassNameError, DeepSizeOf, Inventory, Trackable, Tracked, live_instances, set_global_tracker, set_told,
};
use expect_test::{Expect, expect};

use crate::process::alone;

#[derive(DeepSizeOf, Default)]
struct Foo(u8);

#[derive(DeepSizeOf, Default)]
struct LongerName {
    tracked: Trackable<LongerName>,
}

mod other {
    #[derive(classtracker::DeepSizeOf)]
    pub(super) struct Foo<T>(pub(super) T);
}

fn told() -> Arc<Inventory> {
    let inventory = Arc::new(Inventory::new());
    set_global_tracker(Some(inventory.clone()));
    inventory
}

#[track_caller]
fn check(inventory: &Inventory, expected: &Expect) {
    let mut text = Vec::new();
    inventory.write_dump(&mut text).unwrap();
    expected.assert_eq(&String::from_utf8(text).unwrap().replace("conformance::inventory::", ""));
}

#[test]
fn t08_a_dump_lists_classes_by_name_with_the_change_since_the_last() {
    alone("inventory::t08_a_dump_lists_classes_by_name_with_the_change_since_the_last", || {
        let inventory = told();
        check(
            &inventory,
            &expect![[r#"
            no object has had this tracker
        "#]],
        );
        let mut foos: Vec<_> = (0..9).map(|_| Tracked::new(Foo(1))).collect();
        check(
            &inventory,
            &expect![[r#"
            Foo  allocated: 9 (+9)  retired: 0
        "#]],
        );
        foos.extend((0..7).map(|_| Tracked::new(Foo(1))));
        foos.truncate(12);
        let names: Vec<LongerName> = (0..3).map(|_| LongerName::default()).collect();
        check(
            &inventory,
            &expect![[r#"
            Foo         allocated: 12 (+3)  retired: 4
            LongerName  allocated:  3 (+3)  retired: 0
        "#]],
        );
        check(
            &inventory,
            &expect![[r#"
            Foo         allocated: 12 (+0)  retired: 4
            LongerName  allocated:  3 (+0)  retired: 0
        "#]],
        );
        Tracked::set_tracker(&foos[0], None);
        drop(names);
        let handle = thread::spawn(move || foos.truncate(1));
        handle.join().unwrap();
        check(
            &inventory,
            &expect![[r#"
            Foo         allocated: 0 (-12)  retired: 15
            LongerName  allocated: 0  (-3)  retired:  3
        "#]],
        );
    });
}

#[test]
fn t08_a_dump_goes_to_the_standard_output() {
    use std::process::Command;

    const CHILD: &str = "CLASSTRACKER_TEST_INVENTORY_DUMP";
    if std::env::var_os(CHILD).is_some() {
        let inventory = told();
        let foos = [1, 2].map(|number| Tracked::new(Foo(number)));
        println!();
        inventory.dump();
        drop(foos);
        return inventory.dump();
    }
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["inventory::t08_a_dump_goes_to_the_standard_output", "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD, "")
        .output()
        .unwrap();
    assert!(child.status.success(), "{child:?}");
    let text = String::from_utf8(child.stdout).unwrap();
    let expected = "Foo  allocated: 2 (+2)  retired: 0\nconformance::inventory::Foo  allocated: 0 (-2)  retired: 2\n";
    assert!(text.contains(&format!("\nconformance::inventory::{expected}")), "{text}");
}

#[test]
fn t08_objects_of_a_class_are_listed_when_that_is_switched_on() {
    alone("inventory::t08_objects_of_a_class_are_listed_when_that_is_switched_on", || {
        #[derive(Debug)]
        struct Unshown;
        struct Throws;
        impl std::fmt::Debug for Throws {
            fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                panic!("not to be shown")
            }
        }

        let inventory = told();
        let before = Tracked::new(Foo(0));
        inventory.set_listing::<Foo>(true);
        inventory.set_listing::<LongerName>(true);
        let foos: Vec<_> = (0..4).map(|_| Tracked::new(Foo(1))).collect();
        let name = LongerName::default();
        Tracked::set_bundle(&foos[1], vec!["two", "words"]);
        Tracked::set_bundle(&foos[2], Unshown);
        Tracked::set_bundle(&foos[3], Throws);
        name.tracked.set_bundle("a\nb");
        drop(foos.into_iter().skip(1).collect::<Vec<_>>().split_off(3));
        check(
            &inventory,
            &expect![[r#"
            Foo         allocated: 1 (+1)  retired: 4
              and 1 that came before they were listed
            LongerName  allocated: 1 (+1)  retired: 0
              #6  "a\nb"
        "#]],
        );
        let mut foos: Vec<_> = (0..3).map(|_| Tracked::new(Foo(1))).collect();
        Tracked::set_bundle(&foos[0], vec!["two", "words"]);
        Tracked::set_bundle(&foos[2], Throws);
        check(
            &inventory,
            &expect![[r#"
            Foo         allocated: 4 (+3)  retired: 4
              #7  ["two", "words"]
              #8
              #9  (its Debug panics)
              and 1 that came before they were listed
            LongerName  allocated: 1 (+0)  retired: 0
              #6  "a\nb"
        "#]],
        );
        let report = inventory.report("Foo").unwrap();
        let objects = report.rows[0].objects.as_ref().unwrap();
        assert_eq!(objects.iter().map(|object| object.serial).collect::<Vec<_>>(), [7, 8, 9]);
        assert_eq!(objects[0].bundle.as_ref().unwrap().get::<Vec<&str>>(), Some(&vec!["two", "words"]));
        drop(report);
        inventory.set_listing::<Foo>(false);
        foos.truncate(1);
        drop(before);
        check(
            &inventory,
            &expect![[r#"
            Foo         allocated: 1 (-3)  retired: 7
            LongerName  allocated: 1 (+0)  retired: 0
              #6  "a\nb"
        "#]],
        );
    });
}

#[test]
fn t08_counts_are_right_with_many_threads_and_objects_that_travel() {
    alone("inventory::t08_counts_are_right_with_many_threads_and_objects_that_travel", || {
        const EACH: u64 = 20_000;
        let inventory = told();
        let makers: Vec<_> = (0..4)
            .map(|_| {
                thread::spawn(|| {
                    (0..EACH)
                        .filter_map(|number| {
                            let object = (Tracked::new(Foo(1)), LongerName::default());
                            (number % 4 == 0).then_some(object)
                        })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        let kept: Vec<_> = makers.into_iter().flat_map(|maker| maker.join().unwrap()).collect();
        for row in inventory.report("*").unwrap().rows {
            assert_eq!((row.allocated, row.retired), (EACH, 3 * EACH), "{}", row.class);
        }
        thread::spawn(|| drop(kept)).join().unwrap();
        for row in inventory.report("Foo LongerName").unwrap().rows {
            assert_eq!((row.allocated, row.retired), (0, 4 * EACH), "{}", row.class);
        }
    });
}

#[test]
fn t08_several_inventories_count_each_their_own() {
    alone("inventory::t08_several_inventories_count_each_their_own", || {
        let (one, two) = (told(), Arc::new(Inventory::new()));
        let mut foos: Vec<_> = (0..4).map(|_| Tracked::new(Foo(1))).collect();
        foos[..3].iter().for_each(|foo| Tracked::set_tracker(foo, Some(two.clone())));
        foos.truncate(2);
        check(
            &one,
            &expect![[r#"
            Foo  allocated: 0 (+0)  retired: 1
        "#]],
        );
        check(
            &two,
            &expect![[r#"
            Foo  allocated: 2 (+2)  retired: 1
        "#]],
        );
    });
}

#[test]
fn t08_a_dump_that_cannot_be_written_says_so() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    assert_eq!(Inventory::new().write_dump(&mut Full).unwrap_err().kind(), std::io::ErrorKind::StorageFull);
}

fn classes(text: &str) -> Vec<String> {
    let answer = live_instances(text).unwrap();
    answer.into_iter().map(|class| class.class.replace("conformance::inventory::", "")).collect()
}

#[test]
fn c01_instances_are_asked_for_by_the_names_of_classes() {
    alone("inventory::c01_instances_are_asked_for_by_the_names_of_classes", || {
        let inventory = told();
        let objects = (Tracked::new(other::Foo(1_u8)), Tracked::new(Foo(1)), LongerName::default());
        let more = (Tracked::new(other::Foo("")), Tracked::new(Foo(2)));
        Tracked::set_bundle(&more.1, "second");

        assert_eq!(classes("*"), ["Foo", "LongerName", "other::Foo<&str>", "other::Foo<u8>"]);
        assert_eq!(classes("LongerName Foo<u8>"), ["LongerName", "other::Foo<u8>"]);
        assert_eq!(classes("other::Foo"), ["other::Foo<&str>", "other::Foo<u8>"]);
        assert_eq!(classes("Foo"), ["Foo", "other::Foo<&str>", "other::Foo<u8>"]);
        assert_eq!(classes("Foo * inventory::Foo").len(), 4, "each class once");

        let own = live_instances("inventory::Foo").unwrap().remove(0);
        assert_eq!(own.instances.iter().map(|object| object.serial).collect::<Vec<_>>(), [2, 5]);
        assert_eq!(own.instances[0].site.unwrap().file(), file!());
        let text = own.to_string();
        assert!(text.contains("inventory::Foo  live: 2\n  #2  0.") && text.ends_with("  \"second\"\n"), "{text}");
        let by_value = live_instances("LongerName").unwrap().remove(0);
        assert_eq!((by_value.by_value, by_value.live, by_value.instances.len()), (true, 1, 0));
        assert_eq!(inventory.report("LongerName other::Foo").unwrap().rows.len(), 3);
        drop((objects, more));
    });
}

#[test]
fn c02_a_class_never_seen_is_an_error_that_names_it() {
    alone("inventory::c02_a_class_never_seen_is_an_error_that_names_it", || {
        let unknown = |name: &str, known| ClassNameError::Unknown { name: name.into(), known };
        assert_eq!(live_instances("Foo").unwrap_err(), unknown("Foo", 0));
        let inventory = told();
        // A class that is spoken of has had no object yet.
        set_told::<LongerName>(true);
        let foo = Tracked::new(Foo(1));
        assert_eq!(live_instances("Foo LongerName").unwrap_err(), unknown("LongerName", 1));
        assert_eq!(live_instances("oo").unwrap_err(), unknown("oo", 1));
        assert_eq!(inventory.report("Bar").unwrap_err(), unknown("Bar", 1));
        for nothing in ["", "  "] {
            assert_eq!(live_instances(nothing).unwrap_err(), ClassNameError::Empty);
        }
        assert_eq!(
            live_instances("Foo LongerName").unwrap_err().to_string(),
            "no class `LongerName`: one other class has had objects"
        );
        set_global_tracker(None);
        let name = LongerName::default();
        assert!(live_instances("LongerName").is_ok() && inventory.report("LongerName").is_err());
        drop((foo, name));
        assert_eq!(live_instances("Foo").unwrap()[0].live, 0, "a class whose objects are dead was seen");
    });
}

#[test]
fn c01_classes_of_one_name_are_told_apart() {
    alone("inventory::c01_classes_of_one_name_are_told_apart", || {
        let inventory = told();
        macro_rules! twin {
            () => {{
                #[derive(DeepSizeOf)]
                struct Twin(Trackable<Twin>);
                Tracked::new(Twin(Trackable::new()))
            }};
        }
        let twins = (twin!(), twin!());
        let names = classes("*");
        assert_eq!(names.len(), 4, "{names:?}");
        let ends: Vec<_> = names.iter().map(|name| name.rsplit("Twin").next().unwrap()).collect();
        assert_eq!(ends, ["", " #2", " (by value)", " (by value) #2"]);
        let report = inventory.report("Twin").unwrap();
        assert!(report.rows.iter().all(|row| (row.allocated, row.change, row.retired) == (1, 1, 0)));
        assert_eq!(classes(&names[0]).len(), 4, "a name means all classes of that name");
        drop(twins);
    });
}

#[test]
#[cfg(target_os = "linux")]
fn c03_dead_instances_leave_nothing_behind_in_an_inventory() {
    alone("inventory::c03_dead_instances_leave_nothing_behind_in_an_inventory", || {
        let tracker = classtracker::ClassTracker::new();
        let resident = || tracker.create_snapshot("").process.resident_bytes.unwrap();
        let inventory = told();
        inventory.set_listing::<Foo>(true);
        let churn = || {
            (0..30_000).for_each(|number| {
                let object = (Tracked::new(Foo(1)), LongerName::default());
                Tracked::set_bundle(&object.0, number);
                object.1.tracked.set_bundle(number);
            });
        };
        churn();
        let before = resident();
        (0..10).for_each(|_| churn());
        let grown = resident().saturating_sub(before);
        assert!(grown < 8 << 20, "{grown} bytes for 600 thousand dead objects");
        check(
            &inventory,
            &expect![[r#"
            Foo         allocated: 0 (+0)  retired: 330000
            LongerName  allocated: 0 (+0)  retired: 330000
        "#]],
        );
    });
}
