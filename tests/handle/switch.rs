//! Tracking off and on again. The one test here switches for the whole process, so it runs by itself, in a process of its own.

use std::process::Command;

use classtracker::{ClassTracker, DeepSizeOf, Tracked, WeakTracked};

use crate::counts;

#[derive(DeepSizeOf, Clone)]
struct Switched(u8);

const CHILD: &str = "CLASSTRACKER_TEST_SWITCH";

#[test]
fn objects_made_while_tracking_is_off_are_never_seen_and_work_all_the_same() {
    if std::env::var_os(CHILD).is_some() {
        return switch();
    }
    let name = "switch::objects_made_while_tracking_is_off_are_never_seen_and_work_all_the_same";
    let test = std::env::current_exe().unwrap();
    let child = Command::new(test).args(["--exact", name]).env(CHILD, "1").output().unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && said.contains("1 passed"), "{said}");
}

fn switch() {
    let seen = Tracked::new(Switched(1));
    classtracker::set_enabled(false);
    assert!(!classtracker::is_enabled());
    let mut unseen = Tracked::new(Switched(2));
    assert_eq!((Tracked::serial(&unseen), Tracked::birth(&unseen), Tracked::site(&unseen)), (None, None, None));
    Tracked::get_mut(&mut unseen).unwrap().0 = 3;
    let clone = unseen.clone();
    Tracked::make_mut(&mut unseen).0 = 4;
    let weak: WeakTracked<Switched> = Tracked::downgrade(&unseen);
    assert_eq!((weak.upgrade().unwrap().0, clone.0, weak.serial()), (4, 3, None));
    let cyclic = Tracked::new_cyclic(|_| Switched(5));
    let pinned = Tracked::pin(Switched(6));

    classtracker::set_enabled(true);
    assert_eq!(counts::<Switched>(), (1, 1, 0));
    assert_eq!(Tracked::into_inner(unseen).map(|value| value.0), Some(4));
    assert_eq!(Tracked::try_unwrap(clone).ok().map(|value| value.0), Some(3));
    assert_eq!((cyclic.0, pinned.0), (5, 6));
    drop((cyclic, pinned));
    assert_eq!(counts::<Switched>(), (1, 1, 0), "their deaths are not counted either");

    let late = Tracked::new(Switched(7));
    assert!(Tracked::serial(&late) > Tracked::serial(&seen));
    let instances = ClassTracker::new().instances::<Switched>();
    assert_eq!(instances.iter().map(|object| object.0).collect::<Vec<_>>(), [1, 7]);
}
