//! Handles that share an object, strong and weak.

use std::time::Duration;

use classtracker::{DeepSizeOf, Tracked, WeakTracked};

use crate::counts;

#[test]
fn clones_share_the_object_and_are_counted() {
    let first = Tracked::new(String::from("shared"));
    let second = first.clone();
    let other = Tracked::new(String::from("shared"));
    assert!(Tracked::ptr_eq(&first, &second));
    assert!(!Tracked::ptr_eq(&first, &other));
    assert!(std::ptr::eq(&raw const *first, &raw const *second));
    assert!(std::ptr::eq(Tracked::as_ptr(&first), &raw const *first));
    assert_eq!((Tracked::strong_count(&first), Tracked::weak_count(&first)), (2, 0));
    drop(first);
    assert_eq!((Tracked::strong_count(&second), &**second), (1, "shared"));
}

#[test]
fn weak_handles_upgrade_as_long_as_the_object_lives() {
    let handle = Tracked::new(5_u16);
    let weak = Tracked::downgrade(&handle);
    let another = weak.clone();
    assert_eq!((Tracked::strong_count(&handle), Tracked::weak_count(&handle)), (1, 2));
    assert_eq!((weak.strong_count(), weak.weak_count()), (1, 2));
    assert!(weak.ptr_eq(&another));

    let upgraded = weak.upgrade().unwrap();
    assert!(Tracked::ptr_eq(&handle, &upgraded));
    assert_eq!(weak.strong_count(), 2);
    drop(handle);
    assert_eq!(weak.upgrade().as_deref(), Some(&5));
    drop(upgraded);
    assert!(weak.upgrade().is_none());
    assert_eq!((weak.strong_count(), weak.weak_count()), (0, 0));
    drop(another);
    assert!(weak.upgrade().is_none());
}

#[test]
fn a_weak_handle_to_nothing_stays_one() {
    const NOTHING: WeakTracked<String> = WeakTracked::new();
    let nothing = NOTHING.clone();
    assert!(nothing.upgrade().is_none());
    assert_eq!((nothing.strong_count(), nothing.weak_count(), nothing.serial()), (0, 0, None));
    assert!(nothing.ptr_eq(&WeakTracked::default()));
    assert!(!nothing.ptr_eq(&Tracked::downgrade(&Tracked::new(String::new()))));
    assert_eq!(format!("{nothing:?}"), "(WeakTracked)");
}

#[test]
fn serial_birth_and_site_are_the_objects_own() {
    let line = line!() + 1;
    let early = Tracked::new(1_u8);
    std::thread::sleep(Duration::from_millis(30));
    let late = Tracked::new(2_u8);
    let again = early.clone();
    assert!(Tracked::serial(&early) < Tracked::serial(&late));
    assert_eq!(Tracked::serial(&again), Tracked::serial(&early));
    assert_eq!(Tracked::downgrade(&early).serial(), Tracked::serial(&early));
    let apart = Tracked::birth(&late).unwrap() - Tracked::birth(&early).unwrap();
    assert!((Duration::from_millis(10)..Duration::from_secs(20)).contains(&apart), "{apart:?} apart");
    let site = Tracked::site(&early).unwrap();
    assert_eq!((site.file(), site.line()), (file!(), line));
}

#[test]
fn the_site_is_that_of_the_caller_also_through_traits() {
    #[track_caller]
    fn make() -> Tracked<u8> {
        Tracked::from(3)
    }
    let line = line!() + 1;
    let made = [make(), Tracked::default(), Box::new(4).into(), Tracked::new_cyclic(|_| 5)];
    for handle in &made[..2] {
        assert_eq!(Tracked::site(handle).unwrap().line(), line);
    }
    assert_eq!(Tracked::site(&made[3]).unwrap().line(), line);
}

#[test]
fn an_object_is_counted_once_however_many_handles_it_has() {
    #[derive(DeepSizeOf)]
    struct Counted(#[allow(dead_code, reason = "to be sized")] u8);

    let first = Tracked::new(Counted(1));
    let clones = vec![first.clone(); 10];
    let weak = Tracked::downgrade(&first);
    assert_eq!(counts::<Counted>(), (1, 1, 0));
    drop((first, clones));
    assert_eq!(counts::<Counted>(), (0, 1, 1), "a weak handle keeps nothing alive");
    drop(weak);
    assert_eq!(counts::<Counted>(), (0, 1, 1));
}
