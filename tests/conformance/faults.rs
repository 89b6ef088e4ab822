//! What goes wrong around objects and trackers, and harms nobody. Each in a process of its own: the global tracker is the whole process'.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use classtracker::{
    ClassTracker, DeepSizeOf, Inventory, ObjectInfo, Trackable, Tracked, Tracker, global_tracker, live_instances,
    set_global_tracker,
};

use crate::process::alone;
use crate::support::{counts, row};

#[derive(DeepSizeOf, Clone, Debug, Default)]
struct Thing(u64);

#[derive(DeepSizeOf, Clone, Debug, Default)]
struct Item {
    tracked: Trackable<Item>,
}

/// Live, made and dropped, of `T` in handles.
fn things() -> (u64, u64, u64) {
    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    counts(row::<Thing>(&tracker.create_snapshot("")))
}

fn items() -> (u64, u64, u64) {
    counts(row::<Item>(&ClassTracker::new().create_snapshot("")))
}

/// Does the same whatever it is told.
struct Always<F>(F);

impl<F: Fn(&'static str, &ObjectInfo<'_>) + Send + Sync> Tracker for Always<F> {
    fn notify_attached(&self, object: &ObjectInfo<'_>) {
        (self.0)("attached", object);
    }
    fn notify_detached(&self, object: &ObjectInfo<'_>) {
        (self.0)("detached", object);
    }
    fn notify_updated(&self, object: &ObjectInfo<'_>) {
        (self.0)("updated", object);
    }
    fn notify_destroyed(&self, object: &ObjectInfo<'_>) {
        (self.0)("destroyed", object);
    }
}

fn always(work: impl Fn(&'static str, &ObjectInfo<'_>) + Send + Sync + 'static) -> Arc<dyn Tracker> {
    Arc::new(Always(work))
}

/// Everything that a tracker can be told of.
fn live_and_die() {
    let (mut thing, item) = (Tracked::new(Thing(1)), Item::default());
    Tracked::set_bundle(&thing, "bundle");
    item.tracked.set_bundle("bundle");
    let copies = (item.clone(), thing.clone());
    Tracked::make_mut(&mut thing).0 = 2;
    Tracked::set_tracker(&thing, global_tracker());
    item.tracked.set_tracker(None);
    assert_eq!(Tracked::try_unwrap(Tracked::new(Thing(3))).unwrap().0, 3);
    drop((thing, item, copies));
}

#[test]
fn a_tracker_that_panics_ends_that_notification_and_nothing_else() {
    alone("faults::a_tracker_that_panics_ends_that_notification_and_nothing_else", || {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("also when it is cleaned up");
            }
        }
        std::panic::set_hook(Box::new(|_| ()));
        let told = Arc::new(AtomicU32::new(0));
        let count = told.clone();
        let tracker = always(move |_, _| {
            // Relaxed: one thread.
            count.fetch_add(1, Ordering::Relaxed);
            std::panic::panic_any(Bomb);
        });
        set_global_tracker(Some(tracker));
        live_and_die();
        // Objects: the thing, its copy, the one taken out; the item and its copy.
        assert_eq!((things(), items()), ((0, 3, 3), (0, 2, 2)));
        assert_eq!(
            told.load(Ordering::Relaxed),
            5 + 4 + 2 + 1 + 4,
            "attached, updated, set again, taken away, destroyed"
        );
    });
}

#[test]
fn objects_that_die_while_their_thread_unwinds_are_told_of_once() {
    alone("faults::objects_that_die_while_their_thread_unwinds_are_told_of_once", || {
        std::panic::set_hook(Box::new(|_| ()));
        let inventory = Arc::new(Inventory::new());
        let panicking = {
            let inventory = inventory.clone();
            always(move |news, object| {
                match news {
                    "attached" => inventory.notify_attached(object),
                    "destroyed" => inventory.notify_destroyed(object),
                    _ => {}
                }
                assert!(!thread::panicking(), "told while unwinding, and panics itself");
            })
        };
        set_global_tracker(Some(panicking));
        let unwound = catch_unwind(AssertUnwindSafe(|| {
            let _objects = (Tracked::new(Thing(1)), Item::default(), Tracked::new(Thing(2)));
            panic!("with three objects alive");
        }));
        assert!(unwound.is_err());
        let left = thread::spawn(|| {
            let _objects = (Tracked::new(Thing(1)), Item::default());
            panic!("a thread ends with two");
        });
        assert!(left.join().is_err());
        let report = inventory.report("*").unwrap();
        let told: Vec<_> = report.rows.iter().map(|row| (row.allocated, row.retired)).collect();
        assert_eq!(told, [(0, 2), (0, 3)]);
        assert_eq!((things(), items()), ((0, 3, 3), (0, 2, 2)));
    });
}

#[test]
fn a_tracker_that_blocks_holds_up_its_own_thread_alone() {
    alone("faults::a_tracker_that_blocks_holds_up_its_own_thread_alone", || {
        static IN: Barrier = Barrier::new(2);
        static OUT: Barrier = Barrier::new(2);

        let blocking = always(|news, object| {
            if object.class().ends_with("Thing") && (news == "attached" || news == "destroyed") {
                IN.wait();
                OUT.wait();
            }
        });
        let kept: Vec<_> = (0..300).map(|_| Tracked::new(Thing(1))).collect();
        set_global_tracker(Some(blocking));
        let blocked = thread::spawn(|| drop(Tracked::new(Thing(2))));
        for round in 0..2 {
            // First while it is told that the object came, then that it died.
            IN.wait();
            let others: Vec<_> = (0..1000).map(|number| (Tracked::new(number), Item::default())).collect();
            others.iter().for_each(|other| Tracked::set_bundle(&other.0, 1));
            let (live, created, _) = things();
            assert_eq!((live, created), (300, 301 + round), "the one that is held up is not to be found");
            let old = global_tracker();
            set_global_tracker(None);
            drop((Tracked::new(Thing(3)), others));
            set_global_tracker(old);
            assert_eq!(live_instances("Thing").unwrap()[0].instances.len(), 300);
            OUT.wait();
        }
        blocked.join().unwrap();
        drop(kept);
        assert_eq!(things(), (0, 303, 303));
    });
}

#[test]
fn a_tracker_that_makes_and_drops_objects_and_takes_snapshots_is_not_told_of_its_own() {
    alone("faults::a_tracker_that_makes_and_drops_objects_and_takes_snapshots_is_not_told_of_its_own", || {
        let told = Arc::new(AtomicU64::new(0));
        let count = told.clone();
        let stored = Mutex::new(Vec::new());
        set_global_tracker(Some(always(move |_, _| {
            // Relaxed: one thread.
            count.fetch_add(1, Ordering::Relaxed);
            live_and_die();
            let mut stored = stored.lock().unwrap();
            stored.push((Tracked::new(Thing(1)), Item::default()));
            if stored.len() > 3 {
                stored.clear();
            }
            drop(stored);
            things();
        })));
        live_and_die();
        // What it is told, it causes itself in part: inside of it, `live_and_die` sets the global tracker for one object.
        let told = told.load(Ordering::Relaxed);
        assert!((16..10_000).contains(&told), "{told} notifications");
        set_global_tracker(None);
        assert_eq!((things().0, items().0), (0, 0), "the tracker is gone, and what it kept");
    });
}

#[test]
fn deaths_that_cause_deaths_without_end_are_all_told_of() {
    alone("faults::deaths_that_cause_deaths_without_end_are_all_told_of", || {
        const MANY: u64 = 20_000;
        static CHAIN: Mutex<Vec<(Tracked<Thing>, Item)>> = Mutex::new(Vec::new());
        let told = Arc::new(AtomicU64::new(0));
        let count = told.clone();
        set_global_tracker(Some(always(move |news, _| {
            if news == "destroyed" {
                // Relaxed: one thread.
                count.fetch_add(1, Ordering::Relaxed);
                let next = CHAIN.lock().unwrap().pop();
                drop(next);
            }
        })));
        *CHAIN.lock().unwrap() = (0..MANY).map(|number| (Tracked::new(Thing(number)), Item::default())).collect();
        drop(Tracked::new(Thing(0)));
        assert_eq!(told.load(Ordering::Relaxed), 2 * MANY + 1);
        assert_eq!((things().0, items().0), (0, 0));
    });
}

#[test]
fn trackers_that_set_each_other_without_end_come_to_an_end() {
    alone("faults::trackers_that_set_each_other_without_end_come_to_an_end", || {
        static THING: Mutex<Option<Tracked<Thing>>> = Mutex::new(None);
        static TOLD: AtomicU64 = AtomicU64::new(0);

        fn again() -> Arc<dyn Tracker> {
            always(|_, _| {
                // Relaxed: one thread.
                TOLD.fetch_add(1, Ordering::Relaxed);
                let thing = THING.lock().unwrap().clone();
                if let Some(thing) = thing {
                    Tracked::set_tracker(&thing, Some(again()));
                }
            })
        }
        let thing = Tracked::new(Thing(1));
        *THING.lock().unwrap() = Some(thing.clone());
        // Both the old and the new one set a further one: that would double at each level.
        Tracked::set_tracker(&thing, Some(always(|_, _| ())));
        set_global_tracker(Some(again()));
        let other = Tracked::new(Thing(2));
        drop(other);
        assert!(TOLD.load(Ordering::Relaxed) > 0);
        THING.lock().unwrap().take();
        drop(thing);
    });
}

#[test]
fn a_tracker_that_changes_the_object_whenever_it_is_told_of_a_change_comes_to_an_end() {
    alone("faults::a_tracker_that_changes_the_object_whenever_it_is_told_of_a_change_comes_to_an_end", || {
        static THING: Mutex<Option<Tracked<Thing>>> = Mutex::new(None);
        static TOLD: AtomicU64 = AtomicU64::new(0);

        let thing = Tracked::new(Thing(1));
        *THING.lock().unwrap() = Some(thing.clone());
        Tracked::set_tracker(
            &thing,
            Some(always(|news, _| {
                // Relaxed: one thread. Without an end of their own they would be more than can be waited for.
                if news == "updated" && TOLD.load(Ordering::Relaxed) < 200 {
                    let told = TOLD.fetch_add(1, Ordering::Relaxed);
                    let thing = THING.lock().unwrap().clone().unwrap();
                    Tracked::set_bundle(&thing, told);
                    Tracked::set_bundle(&thing, told);
                }
            })),
        );
        Tracked::set_bundle(&thing, "from outside");
        assert_eq!(TOLD.load(Ordering::Relaxed), 1 + 2 + 4 + 8, "four deep, nobody is told any more");
        assert!(Tracked::bundle(&thing).unwrap().get::<u64>().is_some(), "what was set stays set");
        Tracked::set_bundle(&thing, "and again");
        assert_eq!(TOLD.load(Ordering::Relaxed), 2 * 15);
        THING.lock().unwrap().take();
        drop(thing);
    });
}

#[test]
fn a_tracker_that_replaces_itself_inside_a_notification_is_told_of_what_it_has() {
    alone("faults::a_tracker_that_replaces_itself_inside_a_notification_is_told_of_what_it_has", || {
        let log = crate::told::Log::new();
        let heir = log.clone();
        let first = Arc::new(AtomicU32::new(0));
        let count = first.clone();
        set_global_tracker(Some(always(move |_, _| {
            // Relaxed: one thread.
            count.fetch_add(1, Ordering::Relaxed);
            set_global_tracker(Some(heir.clone()));
        })));
        let one = Tracked::new(Thing(1));
        let two = Tracked::new(Thing(2));
        let names = [1, 2].map(|_| format!("Thing {}", Tracked::serial(&two).unwrap()));
        assert_eq!(log.news(), [format!("{} attached", names[0])]);
        drop((one, two));
        assert_eq!(log.news(), [format!("{} destroyed", names[0])]);
        assert_eq!(first.load(Ordering::Relaxed), 2, "of the one object that it has");
        set_global_tracker(None);
        assert_eq!((Arc::strong_count(&log), Arc::strong_count(&first)), (1, 1), "both trackers are let go");
    });
}

#[test]
fn a_tracker_that_was_replaced_goes_with_its_last_object_though_threads_that_used_it_sleep() {
    alone("faults::a_tracker_that_was_replaced_goes_with_its_last_object_though_threads_that_used_it_sleep", || {
        const SLEEPERS: usize = 100;
        const ROUNDS: usize = 40;
        static EACH: Barrier = Barrier::new(SLEEPERS + 1);
        let (sender, receiver) = channel::<(Tracked<Thing>, Item)>();
        // More threads than have a row of their own. Each uses all trackers but the last in part: what it drops, others made.
        let sleepers: Vec<_> = (0..SLEEPERS)
            .map(|number| {
                let sender = sender.clone();
                thread::spawn(move || {
                    for round in 0..ROUNDS {
                        EACH.wait();
                        if !(number + round).is_multiple_of(3) {
                            sender.send((Tracked::new(Thing(1)), Item::default())).unwrap();
                            drop((Tracked::new(Thing(2)), Item::default()));
                        }
                        EACH.wait();
                    }
                    // For ever, as far as the trackers can know.
                    EACH.wait();
                })
            })
            .collect();
        for round in 0..ROUNDS {
            let tracker = Arc::new(Inventory::new());
            set_global_tracker(Some(tracker.clone()));
            let own = Tracked::new(Thing(3));
            EACH.wait();
            EACH.wait();
            let of_this_round: Vec<_> = receiver.try_iter().collect();
            assert!(of_this_round.len() > SLEEPERS / 2);
            if round % 2 == 0 {
                set_global_tracker(None);
            } else {
                set_global_tracker(Some(Arc::new(Inventory::new())));
            }
            assert_eq!(Arc::strong_count(&tracker), 2, "round {round}: its objects live");
            drop(of_this_round);
            assert_eq!(Arc::strong_count(&tracker), 2, "round {round}: one does");
            drop(own);
            assert_eq!(Arc::strong_count(&tracker), 1, "round {round}");
            for row in tracker.report("*").unwrap().rows {
                assert_eq!(row.allocated, 0, "{}", row.class);
            }
        }
        EACH.wait();
        sleepers.into_iter().for_each(|sleeper| sleeper.join().unwrap());
    });
}

#[test]
fn trackers_that_are_replaced_while_all_threads_use_them_are_told_of_pairs_and_let_go() {
    alone("faults::trackers_that_are_replaced_while_all_threads_use_them_are_told_of_pairs_and_let_go", || {
        use std::sync::atomic::AtomicBool;

        static STOP: AtomicBool = AtomicBool::new(false);
        static ALIVE: AtomicU64 = AtomicU64::new(0);

        static WRONG: AtomicU64 = AtomicU64::new(0);

        /// Counts, and looks whether it is told after it is gone, or goes before its last object. A panic of its own would be contained,
        /// and nobody would hear of it: so what is wrong is counted, too.
        struct Counting {
            there: AtomicU64,
            gone: AtomicBool,
        }
        impl Counting {
            fn expect(is_so: bool) {
                // Relaxed here and below: counts.
                WRONG.fetch_add(u64::from(!is_so), Ordering::Relaxed);
            }
        }
        impl Tracker for Counting {
            fn notify_attached(&self, _: &ObjectInfo<'_>) {
                Self::expect(!self.gone.load(Ordering::Relaxed));
                self.there.fetch_add(1, Ordering::Relaxed);
            }
            fn notify_destroyed(&self, _: &ObjectInfo<'_>) {
                Self::expect(!self.gone.load(Ordering::Relaxed));
                Self::expect(self.there.fetch_sub(1, Ordering::Relaxed) > 0);
            }
        }
        impl Drop for Counting {
            fn drop(&mut self) {
                self.gone.store(true, Ordering::Relaxed);
                Self::expect(self.there.load(Ordering::Relaxed) == 0);
                ALIVE.fetch_sub(1, Ordering::Relaxed);
            }
        }

        let (sender, receiver) = channel::<(Tracked<Thing>, Item)>();
        let dropper = thread::spawn(move || receiver.into_iter().map(drop).count());
        let busy: Vec<_> = (0..3)
            .map(|_| {
                let sender = sender.clone();
                thread::spawn(move || {
                    let mut kept = Vec::new();
                    while !STOP.load(Ordering::Relaxed) {
                        sender.send((Tracked::new(Thing(1)), Item::default())).unwrap();
                        drop((Tracked::new(Thing(2)), Item::default()));
                        kept.push(Tracked::new(Thing(3)));
                        kept.truncate(usize::try_from(Tracked::serial(&kept[0]).unwrap() % 50).unwrap());
                    }
                })
            })
            .collect();
        for round in 0..3000 {
            ALIVE.fetch_add(1, Ordering::Relaxed);
            set_global_tracker(Some(Arc::new(Counting { there: AtomicU64::new(0), gone: AtomicBool::new(false) })));
            if round % 7 == 0 {
                set_global_tracker(None);
            }
            if round % 50 == 0 {
                thread::yield_now();
            }
        }
        STOP.store(true, Ordering::Relaxed);
        drop(sender);
        busy.into_iter().for_each(|thread| thread.join().unwrap());
        dropper.join().unwrap();
        set_global_tracker(None);
        assert_eq!((things().0, items().0, ALIVE.load(Ordering::Relaxed)), (0, 0, 0));
        assert_eq!(
            WRONG.load(Ordering::Relaxed),
            0,
            "notifications of a tracker that is gone, or objects that it left behind"
        );
    });
}

#[test]
fn objects_in_thread_locals_are_counted_and_told_of_whenever_they_die() {
    alone("faults::objects_in_thread_locals_are_counted_and_told_of_whenever_they_die", || {
        /// Its destructor makes objects, too.
        struct Last(#[allow(dead_code)] Tracked<Thing>, #[allow(dead_code)] Item);
        impl Drop for Last {
            fn drop(&mut self) {
                let mut thing = Tracked::new(Thing(2));
                Tracked::set_bundle(&thing, "late");
                Tracked::make_mut(&mut thing).0 = 3;
                drop((thing, Item::default()));
            }
        }
        thread_local! {
            static FIRST: RefCell<Vec<Last>> = const { RefCell::new(Vec::new()) };
            static SECOND: RefCell<Vec<Last>> = const { RefCell::new(Vec::new()) };
        }

        let inventory = Arc::new(Inventory::new());
        set_global_tracker(Some(inventory.clone()));
        for _ in 0..20 {
            thread::spawn(|| {
                // One is registered before the registry's own destructor, one after it.
                FIRST.with_borrow_mut(|_| ());
                let last = || Last(Tracked::new(Thing(1)), Item::default());
                FIRST.with_borrow_mut(|first| first.push(last()));
                SECOND.with_borrow_mut(|second| second.push(last()));
            })
            .join()
            .unwrap();
        }
        let report = inventory.report("*").unwrap();
        let told: Vec<_> = report.rows.iter().map(|row| (row.allocated, row.retired)).collect();
        assert_eq!(told, [(0, 80), (0, 80)]);
        assert_eq!((things(), items()), ((0, 80, 80), (0, 80, 80)));
        set_global_tracker(None);
        assert_eq!(Arc::strong_count(&inventory), 1);
    });
}

#[test]
#[cfg(unix)]
fn objects_are_made_dropped_and_told_of_after_main_has_returned() {
    use std::process::Command;

    const CHILD: &str = "CLASSTRACKER_TEST_AFTER_MAIN";
    type Kept = (Tracked<Thing>, Item, Arc<Inventory>);
    static KEPT: Mutex<Option<Kept>> = Mutex::new(None);

    extern "C" fn after_main() {
        let (thing, item, inventory) = KEPT.lock().unwrap().take().unwrap();
        drop((thing, item, Tracked::new(Thing(2)), Item::default()));
        let mut text = Vec::new();
        inventory.write_dump(&mut text).unwrap();
        let made = things();
        eprintln!("after main: {made:?}\n{}", String::from_utf8(text).unwrap());
    }

    if std::env::var_os(CHILD).is_some() {
        let inventory = Arc::new(Inventory::new());
        set_global_tracker(Some(inventory.clone()));
        *KEPT.lock().unwrap() = Some((Tracked::new(Thing(1)), Item::default(), inventory));
        // SAFETY: the handler is a function without arguments.
        assert_eq!(unsafe { libc::atexit(after_main) }, 0);
        return;
    }
    let name = "faults::objects_are_made_dropped_and_told_of_after_main_has_returned";
    let child = Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success(), "{text}");
    assert!(text.contains("after main: (0, 2, 2)"), "{text}");
    assert!(text.contains("faults::Item   allocated: 0 (+0)  retired: 2"), "{text}");
    assert!(text.contains("faults::Thing  allocated: 0 (+0)  retired: 2"), "{text}");
}

#[test]
#[cfg(target_os = "linux")]
fn two_thousand_threads_of_one_object_each_leave_nothing_behind() {
    alone("faults::two_thousand_threads_of_one_object_each_leave_nothing_behind", || {
        const THREADS: u64 = 2000;
        let inventory = Arc::new(Inventory::new());
        set_global_tracker(Some(inventory.clone()));
        let (sender, receiver) = channel::<(Tracked<Thing>, Item)>();
        let dropper = thread::spawn(move || receiver.into_iter().map(drop).count());
        let round = |sender: &Sender<_>| {
            for batch in 0..THREADS / 50 {
                let threads: Vec<_> = (0..50)
                    .map(|number| {
                        let sender = sender.clone();
                        thread::spawn(move || {
                            let thing = Tracked::new(Thing(batch * 50 + number));
                            Tracked::set_bundle(&thing, number);
                            sender.send((thing, Item::default())).unwrap();
                        })
                    })
                    .collect();
                threads.into_iter().for_each(|thread| thread.join().unwrap());
            }
            let snapshot = ClassTracker::new().create_snapshot("");
            (snapshot.overhead_bytes, snapshot.process.resident_bytes.unwrap())
        };
        round(&sender);
        let first = round(&sender);
        let second = round(&sender);
        drop(sender);
        assert_eq!(dropper.join().unwrap() as u64, 3 * THREADS);
        assert_eq!((things(), items()), ((0, 3 * THREADS, 3 * THREADS), (0, 3 * THREADS, 3 * THREADS)));
        for row in inventory.report("*").unwrap().rows {
            assert_eq!((row.allocated, row.retired), (0, 3 * THREADS), "{}", row.class);
        }
        // Pages of slots, the lists of threads, rows: all of it is used again. (Some objects may be under way at one moment and not
        // at the other.)
        assert!(second.0 < first.0 + 64 * 1024, "{} bytes, then {}", first.0, second.0);
        assert!(second.1 < first.1 + (4 << 20), "{} resident bytes, then {}", first.1, second.1);
    });
}

#[test]
#[cfg(target_os = "linux")]
fn a_forked_child_makes_drops_and_counts_objects_whatever_the_other_threads_were_doing() {
    alone("faults::a_forked_child_makes_drops_and_counts_objects_whatever_the_other_threads_were_doing", || {
        use std::sync::atomic::AtomicBool;

        static STOP: AtomicBool = AtomicBool::new(false);
        let inventory = Arc::new(Inventory::new());
        set_global_tracker(Some(inventory.clone()));
        let kept: Vec<_> = (0..500).map(|number| Tracked::new(Thing(number))).collect();
        kept.iter().for_each(|thing| Tracked::set_bundle(thing, 1));
        let busy: Vec<_> = (0..3)
            .map(|which| {
                let kept = kept.clone();
                // Relaxed: they may stop a moment later.
                thread::spawn(move || {
                    while !STOP.load(Ordering::Relaxed) {
                        match which {
                            0 => {
                                things();
                                live_instances("*").unwrap();
                            }
                            1 => thread::scope(|scope| {
                                scope.spawn(live_and_die);
                                scope.spawn(|| drop((0..300).map(|_| Tracked::new(Thing(1))).collect::<Vec<_>>()));
                            }),
                            _ => kept.iter().for_each(|thing| {
                                Tracked::set_bundle(thing, 2);
                                drop((Tracked::new(1_u32), Item::default()));
                                assert!(Tracked::tracker(thing).is_some());
                            }),
                        }
                    }
                })
            })
            .collect();
        for round in 0..40 {
            // SAFETY: the child does only what this crate promises to work there, allocates by an allocator that is made for it, and
            // leaves by `_exit`.
            match unsafe { libc::fork() } {
                0 => {
                    // Not by a panic: its message might wait for a thread that is not there.
                    // SAFETY: a system call.
                    unsafe { libc::alarm(20) };
                    let fine = in_child(&kept);
                    // SAFETY: a system call.
                    unsafe { libc::_exit(i32::from(!fine)) }
                }
                -1 => panic!("{}", std::io::Error::last_os_error()),
                child => {
                    let mut status = 0;
                    // SAFETY: the child is ours, and the status a place to write to.
                    assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
                    assert!(
                        libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0,
                        "child {round} ended with {status:#x} (14: it did not come to its end in time)"
                    );
                }
            }
        }
        STOP.store(true, Ordering::Relaxed);
        busy.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(things().0, 500);
        drop(kept);
        set_global_tracker(None);
        assert_eq!((things().0, items().0), (0, 0));
        let report = inventory.report("*").unwrap();
        assert!(report.rows.iter().all(|row| row.allocated == 0), "{report}");
    });
}

/// What a child does with the registry; whether all went well.
#[cfg(target_os = "linux")]
fn in_child(kept: &[Tracked<Thing>]) -> bool {
    let before = live_instances("Thing").unwrap().remove(0).instances.len();
    live_and_die();
    let new: Vec<_> = (0..500).map(|number| Tracked::new(Thing(number))).collect();
    let found = live_instances("Thing").unwrap().remove(0).instances.len();
    Tracked::set_bundle(&kept[0], "of the child");
    drop(new);
    let after = live_instances("Thing").unwrap().remove(0).instances.len();
    let mut own = Tracked::new(Thing(1));
    let lent = Tracked::get_mut(&mut own).is_some();
    // Objects of threads that are not there any more stay: at least those that are kept are found.
    before >= kept.len() && found == before + 500 && after == before && lent
}
