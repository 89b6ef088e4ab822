//! The named parts of objects, in snapshots.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use classtracker::stats::{Referent, Snapshot};
use classtracker::{ClassTracker, DeepSizeOf, TrackOptions, Tracked};

#[derive(DeepSizeOf)]
struct Skill {
    name: String,
    level: u32,
}

#[derive(DeepSizeOf)]
struct Worker {
    name: String,
    skills: Vec<Skill>,
    badge: Option<Box<u64>>,
}

fn worker(name: &str, skills: &[&str]) -> Worker {
    let skills = skills.iter().map(|&name| Skill { name: name.into(), level: name.len() as u32 }).collect();
    Worker { name: name.into(), skills, badge: None }
}

/// `level name ×count flat deep`, a line a part.
fn drawn(parts: &[Referent]) -> Vec<String> {
    let line =
        |part: &Referent| format!("{} {} ×{} {} {}", part.level, part.name, part.count, part.flat_bytes, part.bytes);
    parts.iter().map(line).collect()
}

fn level_one_bytes(parts: &[Referent]) -> u64 {
    parts.iter().filter(|part| part.level == 1).map(|part| part.bytes).sum()
}

/// In every row, the direct parts add up to the whole; and below, never to more.
fn assert_sums(snapshot: &Snapshot) {
    for row in &snapshot.objects {
        assert_eq!(level_one_bytes(&row.referents), row.bytes, "object {}", row.object.serial);
    }
    for row in snapshot.classes.iter().filter(|row| row.live > 0) {
        assert_eq!(level_one_bytes(&row.referents), row.bytes, "class {}", row.class);
    }
    for parts in snapshot.objects.iter().map(|row| &row.referents) {
        for (index, part) in parts.iter().enumerate() {
            let below = parts[index + 1..].iter().take_while(|other| other.level > part.level);
            let direct: u64 = below.filter(|other| other.level == part.level + 1).map(|other| other.bytes).sum();
            assert!(direct <= part.bytes, "{part:?} has parts of {direct} bytes");
        }
    }
}

#[test]
fn level_one_names_the_fields_and_level_two_what_they_hold() {
    let object = Arc::new(worker("Ann", &["forge", "weld"]));
    let tracker = ClassTracker::new();
    tracker.track_object_with(&object, TrackOptions::new().resolution_level(1));
    let first = tracker.create_snapshot("");
    assert_sums(&first);
    assert_eq!(
        drawn(&first.objects[0].referents),
        ["1 name ×1 24 27", "1 skills ×1 24 97", "1 badge ×1 8 8"],
        "24 and 3 bytes; 24, twice 32, and 9 bytes"
    );

    tracker.track_change(&object, TrackOptions::new().resolution_level(3)).unwrap();
    let second = tracker.create_snapshot("");
    assert_sums(&second);
    let parts = drawn(&second.objects[0].referents);
    assert_eq!(parts[..3], ["1 name ×1 24 27", "1 skills ×1 24 97", "2 elements ×2 64 73"]);
    assert!(parts.contains(&"3 name ×2 48 57".to_owned()), "{parts:?}");
}

#[test]
fn a_class_level_holds_for_all_its_objects_and_merges_them_by_name() {
    #[derive(DeepSizeOf)]
    struct Team {
        lead: Worker,
        members: Vec<Worker>,
    }

    let tracker = ClassTracker::new();
    tracker.track_class_with::<Team>(TrackOptions::new().resolution_level(2));
    let teams: Vec<_> = (0..10)
        .map(|size| {
            let members = (0..size).map(|_| worker("Bob", &["paint"])).collect();
            Tracked::new(Team { lead: worker("Eve", &[]), members })
        })
        .collect();
    let snapshot = tracker.create_snapshot("");
    assert_sums(&snapshot);
    let row = &snapshot.classes[0];
    let of = |name: &str| row.referents.iter().find(|part| &*part.name == name).unwrap();
    assert_eq!((of("lead").level, of("lead").count), (1, 10));
    assert_eq!((of("members").level, of("members").count), (1, 10));
    assert_eq!((of("elements").level, of("elements").count), (2, 45));
    assert_eq!(teams.len(), 10);
}

#[test]
fn shared_data_is_named_where_the_object_that_pays_for_it_reaches_it() {
    #[derive(DeepSizeOf)]
    struct Reader {
        text: Arc<String>,
    }

    let text = Arc::new("x".repeat(1000));
    let tracker = ClassTracker::new();
    tracker.track_class_with::<Reader>(TrackOptions::new().resolution_level(1));
    let readers: Vec<_> = (0..3).map(|_| Tracked::new(Reader { text: Arc::clone(&text) })).collect();
    let snapshot = tracker.create_snapshot("");
    assert_sums(&snapshot);
    let bytes: Vec<_> = snapshot.objects.iter().map(|row| row.referents[0].bytes).collect();
    assert_eq!(bytes, [8 + 16 + 24 + 1000, 8, 8]);
    assert_eq!(readers.len(), 3);
}

#[test]
fn what_cannot_be_broken_down_is_one_part() {
    struct Opaque;

    impl classtracker::Inspect for Opaque {
        fn inspect(&self, _walk: &mut classtracker::Walk<'_>) {
            panic!("sizing fails");
        }
    }

    let object = Arc::new(Opaque);
    let image = Arc::new(vec![0_u8; 100]);
    let tracker = ClassTracker::new();
    tracker.track_object_with(&object, TrackOptions::new().resolution_level(2));
    tracker.track_object_with(&image, TrackOptions::new().resolution_level(2).size_with(|image| 24 + image.capacity()));
    let snapshot = tracker.create_snapshot("");
    assert_sums(&snapshot);
    let parts: Vec<_> = snapshot.objects.iter().flat_map(|row| drawn(&row.referents)).collect();
    assert_eq!(parts, ["1 (not broken down) ×1 0 0", "1 (not broken down) ×1 24 124"]);
}

#[test]
fn maps_within_maps_are_named_alike_whether_or_not_their_keys_own_anything() {
    #[derive(DeepSizeOf)]
    struct Atlas {
        by_number: BTreeMap<u32, BTreeMap<u32, String>>,
        by_name: BTreeMap<String, HashMap<u8, Vec<BTreeMap<u8, String>>>>,
    }

    let small = || BTreeMap::from([(1, "one".to_owned()), (2, "three".to_owned())]);
    let deep = || HashMap::from([(7, vec![BTreeMap::from([(9, "nine".to_owned())]); 2])]);
    let atlas = Arc::new(Atlas {
        by_number: BTreeMap::from([(1, small()), (2, small()), (3, BTreeMap::new())]),
        by_name: BTreeMap::from([("a".to_owned(), deep()), ("bc".to_owned(), HashMap::new())]),
    });
    let tracker = ClassTracker::new();
    for level in 1..8 {
        tracker.track_change(&atlas, TrackOptions::new().resolution_level(level)).unwrap_or_else(|_| {
            tracker.track_object_with(&atlas, TrackOptions::new().resolution_level(level));
        });
        assert_sums(&tracker.create_snapshot(""));
    }
    let snapshot = tracker.create_snapshot("");
    let parts = snapshot.objects[0].referents.iter();
    let drawn: Vec<_> = parts.map(|part| format!("{} {} ×{}", part.level, part.name, part.count)).collect();
    assert_eq!(
        drawn,
        [
            "1 by_number ×1",
            "2 keys ×3",
            "2 values ×3",
            "3 keys ×4",
            "3 values ×4",
            "1 by_name ×1",
            "2 keys ×2",
            "2 values ×2",
            "3 keys ×1",
            "3 values ×1",
            "4 elements ×2",
            "5 keys ×2",
            "5 values ×2",
        ]
    );
    let bytes = |level, name: &str, at| {
        let mut parts = snapshot.objects[0].referents.iter().filter(|part| part.level == level && *part.name == *name);
        parts.nth(at).map(|part| (part.flat_bytes, part.bytes))
    };
    assert_eq!(bytes(3, "values", 0), Some((4 * 24, 4 * 24 + 2 * (3 + 5))));
    assert_eq!(bytes(2, "keys", 1), Some((2 * 24, 2 * 24 + 3)));
}
