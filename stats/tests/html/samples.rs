//! Sessions to make reports of, the same every time.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use classtracker_stats::{
    AllocatorMemory, AllocatorSource, CensusRow, ClassRow, Durations, Frame, History, HistoryEvent, ObjectRecord,
    ObjectRow, Referent, Session, Site, SiteRow, Snapshot, Stats, Trace,
};

pub(crate) fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 250_000_000).unwrap()
}

pub(crate) fn session() -> Session {
    let mut session = Session::new(start(), 4711);
    session.program = Some("factory".into());
    session
}

pub(crate) fn empty() -> Stats {
    Stats::new(session(), Vec::new())
}

/// Numbers that look random and are the same every time.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn snapshot(label: &str, millis: u64) -> Snapshot {
    let elapsed = Duration::from_millis(millis);
    let mut snapshot = Snapshot::new(label, start() + elapsed, elapsed);
    snapshot.duration = Duration::from_micros(250 + millis % 100);
    snapshot.overhead_bytes = 123_000 + millis;
    snapshot
}

/// A service over a minute: two classes that grow, one that saturates, noise, one by value, one that comes and one that goes.
pub(crate) fn service() -> Stats {
    let mut random = Random(3);
    let mut shop = Shop::new();
    let snapshots = (0..40).map(|at| Arc::new(shop.snapshot(at, &mut random))).collect();
    Stats::new(session(), snapshots)
}

struct Shop {
    created: [u64; 5],
    sessions: Vec<Arc<ObjectRecord>>,
    order_site: Arc<Site>,
    trace: Arc<Trace>,
}

impl Shop {
    fn new() -> Self {
        let site = |file: &str, line| Arc::new(Site { file: file.to_owned(), line, column: 9 });
        let frame = |function: &str, line| {
            let mut frame = Frame::new(function);
            frame.site = Some(Site { file: "src/main.rs".to_owned(), line, column: 5 });
            Arc::new(frame)
        };
        let mut trace = Trace::new(vec![
            frame("shop::main", 12),
            frame("shop::serve::{closure#0}", 40),
            Frame::new("0x5581aa00").into(),
            frame("shop::http::Session::open", 71),
        ]);
        trace.cut = true;
        Self { created: [0; 5], sessions: Vec::new(), order_site: site("src/orders.rs", 88), trace: trace.into() }
    }

    fn snapshot(&mut self, at: u64, random: &mut Random) -> Snapshot {
        let label = ["warm", "", "", "after load", "", ""][(at % 6) as usize];
        let mut snapshot = snapshot(label, 500 + at * 1500 + random.below(200));
        let mut cache = sized("shop::cache::Entry", 200 + 120 * at.min(12), 1450, &mut self.created[0]);
        cache.shared_bytes = 30_000;
        cache.referents = vec![
            Referent::new("key", 1, cache.live, 24 * cache.live, 60 * cache.live),
            Referent::new("value", 1, cache.live, 24 * cache.live, 1390 * cache.live),
            Referent::new("elements", 2, 9 * cache.live, 72 * cache.live, 1200 * cache.live),
            Referent::new("Some", 3, 4 * cache.live, 32 * cache.live, 900 * cache.live),
            Referent::new("padding", 2, cache.live, 8 * cache.live, cache.live),
        ];
        let mut orders = sized("shop::orders::Order", 40 + random.below(60), 5100, &mut self.created[1]);
        orders.unread = u64::from(at % 10 == 9);
        let mut other = SiteRow::new(orders.live / 3, orders.bytes / 3);
        other.trace = Some(Arc::clone(&self.trace));
        let mut first = SiteRow::new(orders.live - other.live, orders.bytes - other.bytes);
        first.site = Some(Arc::clone(&self.order_site));
        first.trace = Some(Arc::clone(&self.trace));
        orders.sites = vec![first, other];
        let mut lines = sized("shop::orders::Line", orders.live * 7, 0, &mut self.created[2]);
        lines.by_value = true;
        (lines.smallest_bytes, lines.largest_bytes, lines.bytes) = (None, None, 0);
        let mut sessions = self.sessions(&mut snapshot, at, random);
        sessions.created = self.created[3];
        snapshot.classes = vec![cache, orders, lines, sessions];
        if at >= 15 {
            let class = "alloc::vec::Vec<shop::reports::Report<shop::orders::Order>>";
            snapshot.classes.push(sized(class, 3, 90_000 + 1000 * at, &mut self.created[4]));
        }
        if at < 25 {
            snapshot.classes.push(sized("shop::boot::Settings", 1, 64_000, &mut 1));
        }
        snapshot.classes.sort_by(|a, b| a.class.cmp(&b.class));
        let tracked = snapshot.tracked_bytes();
        snapshot.process.virtual_bytes = Some(900 << 20);
        snapshot.process.resident_bytes = Some((6 << 20) + tracked * 13 / 10);
        let mut allocator = AllocatorMemory::new(AllocatorSource::Counting, (1 << 20) + tracked * 11 / 10);
        allocator.live_blocks = Some(tracked / 100);
        snapshot.process.allocator = Some(allocator);
        let inner = |name: &str, count| CensusRow::new(name, count, count * 61);
        snapshot.census = Some(vec![inner("shop::Address", 300 + at), inner("shop::money::Price", 4000 + 9 * at)]);
        snapshot
    }

    /// Sessions leak: each is listed, and none but every 5th dies.
    fn sessions(&mut self, snapshot: &mut Snapshot, at: u64, random: &mut Random) -> ClassRow {
        for _ in 0..6 {
            self.created[3] += 1;
            let mut record = ObjectRecord::new(self.created[3], "shop::http::Session", 72);
            record.birth = Some(snapshot.elapsed.saturating_sub(Duration::from_millis(random.below(900))));
            record.site = Some(Arc::new(Site { file: "src/http.rs".to_owned(), line: 71, column: 20 }));
            record.trace = Some(Arc::clone(&self.trace));
            record.repr = Some(format!("Session {{ user: \"user{}\" }}", self.created[3]).into());
            self.sessions.push(record.into());
        }
        if at % 5 == 4 {
            snapshot.gone.push(self.sessions.remove(0).serial);
        }
        let parts = |bytes: u64| [Referent::new("user", 1, 1, 24, 31), Referent::new("buffer", 1, 1, 48, bytes - 31)];
        for record in &self.sessions {
            let bytes = 900 + record.serial * 37 % 500 + 64 * (at / 2);
            let mut row = ObjectRow::new(Arc::clone(record), bytes);
            row.referents = parts(bytes).into();
            row.unread = random.below(300) == 0;
            snapshot.objects.push(row);
        }
        let sizes: Vec<u64> = snapshot.objects.iter().map(|row| row.bytes).collect();
        let mut row = ClassRow::new("shop::http::Session");
        (row.live, row.listed) = (sizes.len() as u64, sizes.len() as u64);
        row.dropped = self.created[3] - row.live;
        row.bytes = sizes.iter().sum();
        row.flat_bytes = 72 * row.live;
        (row.smallest_bytes, row.largest_bytes) = (sizes.iter().min().copied(), sizes.iter().max().copied());
        row.unread = snapshot.objects.iter().filter(|row| row.unread).count() as u64;
        let mut ages = Durations::default();
        self.sessions.iter().for_each(|record| ages.add(snapshot.elapsed.saturating_sub(record.birth.unwrap())));
        row.ages = Some(ages);
        row.oldest = self.sessions.iter().take(5).cloned().collect();
        let mut lifetimes = Durations::default();
        (0..row.dropped).for_each(|dead| lifetimes.add(Duration::from_millis(7000 + 400 * dead)));
        row.lifetimes = Some(lifetimes);
        let mut history = History::default();
        for born in self.sessions.iter().rev().take(6).rev() {
            history.events.push(HistoryEvent { at: born.birth.unwrap(), live: born.serial });
        }
        history.events.sort_by_key(|event| event.at);
        row.history = Some(history);
        row
    }
}

/// A class of `live` objects of one size, of which ever more were made.
fn sized(class: &str, live: u64, size: u64, created: &mut u64) -> ClassRow {
    *created += live / 2;
    *created = (*created).max(live);
    let mut row = ClassRow::new(class);
    (row.live, row.created, row.dropped) = (live, *created, *created - live);
    row.bytes = live * size;
    row.flat_bytes = live * 48;
    (row.smallest_bytes, row.largest_bytes) = (Some(size), Some(size));
    row
}

/// What a program must not be able to put into the page.
pub(crate) const HOSTILE: [&str; 8] = [
    "</script><img src=x onerror=document.title='owned'>",
    "<b onmouseover=\"document.title='owned'\">\"'`${document.title='owned'}",
    "--><!--<script>document.title='owned'</script>",
    "a\u{202e}gnp.exe\u{2066}",
    "nul\0bell\u{7}line\nend",
    "]]>&lt;&amp;&#60;script&#62;",
    "__proto__",
    "",
];

/// Every text is hostile, and one class' name is very long.
pub(crate) fn hostile() -> Stats {
    let mut snapshots = Vec::new();
    let long: String = "x".repeat(10_000);
    for (at, label) in HOSTILE.into_iter().take(2).enumerate() {
        let mut snapshot = snapshot(label, 1000 * at as u64);
        for (place, name) in HOSTILE.iter().copied().chain([&*long]).enumerate() {
            let mut row = sized(name, 3, 1000 * (20 - place as u64), &mut 3);
            row.referents = vec![Referent::new(name, 1, 1, 8, row.bytes)];
            let mut trace = Trace::new(vec![Frame::new(name).into()]);
            trace.cut = true;
            let site = Site { file: name.to_owned(), line: u32::MAX, column: 1 };
            let mut made = SiteRow::new(3, row.bytes);
            (made.site, made.trace) = (Some(site.clone().into()), Some(Arc::new(trace)));
            row.sites.push(made);
            snapshot.classes.push(row);
            let mut record = ObjectRecord::new(u64::MAX - place as u64, name, 8);
            record.repr = Some(name.into());
            record.site = Some(site.into());
            let mut object = ObjectRow::new(record.into(), u64::MAX);
            object.referents = [Referent::new(name, 1, 1, 8, u64::MAX)].into();
            snapshot.objects.push(object);
        }
        snapshot.classes[3].bytes = u64::MAX;
        snapshot.classes.sort_by(|a, b| a.class.cmp(&b.class));
        snapshot.census = Some(HOSTILE.iter().map(|name| CensusRow::new(*name, u64::MAX, u64::MAX)).collect());
        snapshots.push(Arc::new(snapshot));
    }
    // Clocks that go wrong, and histories that do.
    for elapsed in [Duration::MAX, Duration::ZERO, Duration::from_nanos(1)] {
        let mut snapshot = Snapshot::clone(&snapshots[0]);
        (snapshot.elapsed, snapshot.duration) = (elapsed, elapsed);
        (snapshot.time, snapshot.overhead_bytes) = (DateTime::<Utc>::MAX_UTC, u64::MAX);
        let events = [elapsed, Duration::MAX, Duration::ZERO].map(|at| HistoryEvent { at, live: u64::MAX });
        let history = History { events: events.to_vec(), lost: u64::MAX };
        snapshot.classes.iter_mut().for_each(|row| row.history = Some(history.clone()));
        let ages = Durations { counts: vec![u64::MAX; 60] };
        snapshot
            .classes
            .iter_mut()
            .for_each(|row| (row.ages, row.lifetimes) = (Some(ages.clone()), Some(ages.clone())));
        snapshots.push(Arc::new(snapshot));
    }
    let mut session = session();
    session.program = Some(HOSTILE[0].into());
    Stats::new(session, snapshots)
}

/// One snapshot after the other of many classes, with noise in most of their numbers.
pub(crate) fn many_classes(classes: usize, snapshots: usize) -> impl Iterator<Item = Snapshot> {
    let names: Vec<Arc<str>> = (0..classes)
        .map(|class| {
            format!("service::module_{:02}::{}::Type{class}", class % 37, ["store", "http", "queue"][class % 3]).into()
        })
        .collect();
    let mut random = Random(11);
    let mut live: Vec<u64> = (0..classes).map(|_| random.below(400)).collect();
    let mut created = live.clone();
    (0..snapshots).map(move |at| {
        let mut snapshot = snapshot(if at % 100 == 0 { "hourly" } else { "" }, 100 * at as u64);
        snapshot.classes = (0..classes)
            .map(|class| {
                let made = match class % 5 {
                    // Some grow, some come and go, some stay.
                    0 => random.below(3),
                    1 | 2 => random.below(20),
                    _ => 0,
                };
                let died = if class % 5 == 0 { 0 } else { random.below(made + 2).min(live[class]) };
                live[class] = live[class] + made - if class % 5 > 2 { 0 } else { died };
                created[class] += made;
                let mut row = ClassRow::new(Arc::clone(&names[class]));
                (row.live, row.created, row.dropped) = (live[class], created[class], created[class] - live[class]);
                row.bytes =
                    live[class] * (40 + class as u64 % 900) + if class % 5 > 2 { 0 } else { random.below(5000) };
                row.flat_bytes = live[class] * 40;
                (row.smallest_bytes, row.largest_bytes) = (Some(40), Some(900));
                row
            })
            .collect();
        snapshot.process.resident_bytes = Some(snapshot.tracked_bytes() * 3 / 2);
        snapshot.process.virtual_bytes = Some(4 << 30);
        snapshot
    })
}

/// Many listed objects, of whose sizes a tenth changes from one snapshot to the next.
pub(crate) fn many_objects(objects: u64, snapshots: usize) -> impl Iterator<Item = Snapshot> {
    let mut random = Random(5);
    let names: Vec<Arc<str>> = (0..20).map(|class| format!("app::model::Class{class:02}").into()).collect();
    let sites: Vec<Arc<Site>> = (0..50)
        .map(|line| Arc::new(Site { file: "src/model.rs".to_owned(), line: 10 * line + 1, column: 9 }))
        .collect();
    let records: Vec<Arc<ObjectRecord>> = (0..objects)
        .map(|serial| {
            let mut record = ObjectRecord::new(serial + 1, Arc::clone(&names[random.below(20) as usize]), 48);
            record.birth = Some(Duration::from_micros(serial * 37 + random.below(30)));
            record.site = Some(Arc::clone(&sites[random.below(50) as usize]));
            record.repr = Some(format!("Class {{ id: {} }}", random.below(1 << 30)).into());
            record.into()
        })
        .collect();
    let mut sizes: Vec<u64> = (0..objects).map(|_| 100 + random.below(100_000)).collect();
    (0..snapshots).map(move |at| {
        let mut snapshot = snapshot(&format!("round {at}"), 5000 * at as u64 + 5000);
        for size in &mut sizes {
            if random.below(10) == 0 {
                *size = 100 + random.below(100_000);
            }
        }
        let mut rows: Vec<ClassRow> = names.iter().map(|name| ClassRow::new(Arc::clone(name))).collect();
        for (record, bytes) in records.iter().zip(&sizes) {
            let class = names.binary_search(&record.class).unwrap();
            let row = &mut rows[class];
            row.live += 1;
            row.listed += 1;
            row.created += 1;
            row.flat_bytes += 48;
            row.bytes += bytes;
            row.smallest_bytes = Some(row.smallest_bytes.map_or(*bytes, |smallest| smallest.min(*bytes)));
            row.largest_bytes = row.largest_bytes.max(Some(*bytes));
            snapshot.objects.push(ObjectRow::new(Arc::clone(record), *bytes));
        }
        snapshot.classes = rows;
        snapshot.process.resident_bytes = Some(snapshot.tracked_bytes() * 5 / 4);
        snapshot
    })
}
