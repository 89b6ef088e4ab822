//! Snapshots of many objects, a tenth of whose sizes change from one to the next.

use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use classtracker_stats::{ClassRow, ObjectRecord, ObjectRow, Session, Site, Snapshot, Stats};

const CLASSES: usize = 20;

/// Objects of several classes, made one after the other at several places.
pub(crate) struct Sample {
    rows: Vec<ObjectRow>,
    round: u64,
    /// A generator of numbers that are the same each time.
    state: u64,
}

impl Sample {
    pub(crate) fn new(objects: u64) -> Self {
        let classes: Vec<Arc<str>> =
            (0..CLASSES).map(|class| format!("app::module{}::Class{class}", class % 4).into()).collect();
        let site =
            |class: usize| Site { file: format!("src/module{}.rs", class % 4), line: class as u32 * 10, column: 9 };
        let sites: Vec<Arc<Site>> = (0..CLASSES).map(|class| Arc::new(site(class))).collect();
        let mut sample = Self { rows: Vec::with_capacity(objects as usize), round: 0, state: 42 };
        for serial in 0..objects {
            // Objects of one class are often made together.
            let class = (sample.random() as usize % 4 + serial as usize / 50) % CLASSES;
            let mut record = ObjectRecord::new(serial, Arc::clone(&classes[class]), 48 + 8 * class as u64);
            record.birth = Some(Duration::from_millis(serial / 1000 * 4));
            record.site = Some(Arc::clone(&sites[class]));
            let bytes = record.flat_bytes + sample.random() % 1000;
            sample.rows.push(ObjectRow::new(Arc::new(record), bytes));
        }
        sample
    }

    /// The next snapshot.
    pub(crate) fn next(&mut self) -> Snapshot {
        if self.round > 0 {
            for index in 0..self.rows.len() {
                if self.random().is_multiple_of(10) {
                    self.rows[index].bytes += self.random() % 100;
                }
            }
        }
        let elapsed = Duration::from_secs(1000 + self.round);
        let mut snapshot = Snapshot::new(format!("snapshot {}", self.round), DateTime::UNIX_EPOCH + elapsed, elapsed);
        snapshot.process.resident_bytes = Some(1 << 30);
        snapshot.classes = rows_of_classes(&self.rows);
        snapshot.objects.clone_from(&self.rows);
        self.round += 1;
        snapshot
    }

    fn random(&mut self) -> u64 {
        // xorshift64
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }
}

pub(crate) fn session() -> Session {
    Session::new(DateTime::UNIX_EPOCH, 1)
}

pub(crate) fn stats(objects: u64, snapshots: usize) -> Stats {
    let mut sample = Sample::new(objects);
    let snapshots = (0..snapshots).map(|_| Arc::new(sample.next()));
    Stats::new(session(), snapshots.collect())
}

fn rows_of_classes(objects: &[ObjectRow]) -> Vec<ClassRow> {
    let mut rows: Vec<ClassRow> = Vec::new();
    for object in objects {
        let row = match rows.iter_mut().position(|row| Arc::ptr_eq(&row.class, &object.object.class)) {
            Some(index) => &mut rows[index],
            None => {
                rows.push(ClassRow::new(Arc::clone(&object.object.class)));
                rows.last_mut().unwrap()
            }
        };
        (row.live, row.created, row.listed) = (row.live + 1, row.created + 1, row.listed + 1);
        row.bytes += object.bytes;
        row.flat_bytes += object.object.flat_bytes;
        row.smallest_bytes = Some(row.smallest_bytes.map_or(object.bytes, |bytes| bytes.min(object.bytes)));
        row.largest_bytes = row.largest_bytes.max(Some(object.bytes));
    }
    rows.sort_by(|a, b| a.class.cmp(&b.class));
    rows
}
