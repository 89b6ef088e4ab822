//! Values of unusual sizes and alignments.

use classtracker::{ClassTracker, DeepSizeOf, Tracked};

use crate::counts;

fn check<T: classtracker::Inspect + Default + PartialEq + Send + Sync + std::fmt::Debug + 'static>() {
    let mut handles: Vec<Tracked<T>> = (0..300).map(|_| Tracked::default()).collect();
    for handle in &handles {
        assert!(Tracked::as_ptr(handle).is_aligned());
        assert_eq!(**handle, T::default());
    }
    assert_eq!(ClassTracker::new().instances::<T>().len(), 300);
    let weak = Tracked::downgrade(&handles[0]);
    let value = Tracked::try_unwrap(handles.swap_remove(0)).unwrap();
    assert_eq!(value, T::default());
    *Tracked::get_mut(&mut handles[0]).unwrap() = value;
    drop(handles);
    assert_eq!(counts::<T>(), (0, 300, 300));
    drop(weak);
}

#[test]
fn a_value_of_no_size() {
    #[derive(Default, Debug, PartialEq, DeepSizeOf)]
    struct Nothing;
    check::<Nothing>();
}

#[test]
fn values_aligned_to_a_cache_line_and_to_a_page() {
    #[derive(Default, Debug, PartialEq, DeepSizeOf)]
    #[repr(align(64))]
    struct Line(u8);
    #[derive(Default, Debug, PartialEq, DeepSizeOf)]
    #[repr(align(4096))]
    struct Page(u64);
    #[derive(Default, Debug, PartialEq, DeepSizeOf)]
    #[repr(align(128))]
    struct AlignedNothing;
    check::<Line>();
    check::<Page>();
    check::<AlignedNothing>();
}

#[test]
fn a_large_value() {
    #[derive(Debug, PartialEq, DeepSizeOf)]
    struct Large([u64; 5000]);
    impl Default for Large {
        fn default() -> Self {
            Self([7; 5000])
        }
    }
    check::<Large>();
}
