//! A small session, made by hand so that it is the same every time.

use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use classtracker_stats::{
    CensusRow, ClassRow, Durations, Frame, History, HistoryEvent, ObjectRecord, ObjectRow, Referent, Session, Site,
    SiteRow, Snapshot, Stats, Trace,
};

/// Two snapshots of a shop: three books, of which one is sold, and many customers that are not listed by themselves.
pub(crate) fn stats() -> Stats {
    let book = |serial| Arc::new(ObjectRecord::new(serial, "shop::stock::Book", 72));
    let books = [book(1), book(2), book(3)];
    let mut open = snapshot("open", 100, 8_000);
    open.classes.push(row("shop::Customer", 5_000, 40));
    open.classes.push(row("shop::stock::Book", 3, 900));
    let mut close = snapshot("close", 36_000_000, 9_000);
    close.classes.push(row("shop::Customer", 1, 40));
    close.classes.push(row("shop::stock::Book", 2, 900));
    close.gone.push(2);
    for (serial, record) in (1..).zip(books) {
        let mut row = ObjectRow::new(record, 300 * serial);
        row.referents = pages(1, 300 * serial).into();
        if serial != 2 {
            close.objects.push(row.clone());
        }
        open.objects.push(row);
    }
    for snapshot in [&mut open, &mut close] {
        let [customers, books] = &mut snapshot.classes[..] else {
            panic!("not two classes");
        };
        customers.flat_bytes = 40 * customers.live;
        books.flat_bytes = 72 * books.live;
        books.listed = books.live;
        books.referents = pages(books.live, books.bytes);
    }
    let session = Session::new(DateTime::UNIX_EPOCH, 7);
    Stats::new(session, vec![Arc::new(open), Arc::new(close)])
}

/// The dump of the first snapshot alone.
pub(crate) fn first() -> Vec<u8> {
    let stats = stats();
    let mut dump = Vec::new();
    Stats::new(stats.session().clone(), stats.snapshots()[..1].to_vec()).write_to(&mut dump).unwrap();
    dump
}

/// The dump of both snapshots, and the first byte of it that belongs to the second.
pub(crate) fn bytes() -> (Vec<u8>, usize) {
    // A frame's header, and the number of snapshots.
    const END_FRAME: usize = 10;
    let mut dump = Vec::new();
    stats().write_to(&mut dump).unwrap();
    (dump, first().len() - END_FRAME)
}

/// A session without any snapshot.
pub(crate) fn empty() -> Stats {
    Stats::new(Session::new(DateTime::UNIX_EPOCH, 7), Vec::new())
}

/// One snapshot of another process, with classes of these names.
pub(crate) fn named(classes: &[&str]) -> Stats {
    let mut snapshot = snapshot("", 100, 8_000);
    snapshot.classes.extend(classes.iter().map(|class| row(class, 1, 40)));
    Stats::new(Session::new(DateTime::UNIX_EPOCH, 8), vec![Arc::new(snapshot)])
}

/// A snapshot a second, in which customers come and go and books are never sold.
pub(crate) fn leaking() -> Stats {
    let snapshots = (0..20).map(|second| {
        let mut snapshot = snapshot("", 1000 * second, 8_000);
        snapshot.classes.push(row("shop::Customer", 100 + second * 7 % 5, 40));
        snapshot.classes.push(row("shop::stock::Book", 10 + 3 * second, 900));
        Arc::new(snapshot)
    });
    Stats::new(Session::new(DateTime::UNIX_EPOCH, 7), snapshots.collect())
}

/// Two snapshots of books of which it is known where and when they were made.
pub(crate) fn placed() -> Stats {
    let site = |line| Arc::new(Site { file: "src/stock.rs".to_owned(), line, column: 9 });
    let books: Vec<_> = [(1, 12, 3), (2, 40, 5), (3, 12, 60)]
        .into_iter()
        .map(|(serial, line, birth)| {
            let mut record = ObjectRecord::new(serial, "shop::stock::Book", 72);
            (record.site, record.birth) = (Some(site(line)), Some(Duration::from_secs(birth)));
            Arc::new(record)
        })
        .collect();
    let snapshots = [("morning", 30_000, 2), ("evening", 90_000, 3)].map(|(label, millis, live)| {
        let mut snapshot = snapshot(label, millis, 8_000);
        let mut class = row("shop::stock::Book", live, 300);
        class.listed = live;
        class.sites = [12, 40]
            .map(|line| {
                let here = books.iter().take(live as usize).filter(|book| book.site == Some(site(line)));
                let mut row = SiteRow::new(here.clone().count() as u64, 300 * here.count() as u64);
                row.site = Some(site(line));
                row
            })
            .into();
        snapshot.classes.push(class);
        snapshot.classes.push(row("shop::Customer", 7, 40));
        snapshot.objects = books.iter().take(live as usize).map(|book| ObjectRow::new(Arc::clone(book), 300)).collect();
        Arc::new(snapshot)
    });
    Stats::new(Session::new(DateTime::UNIX_EPOCH, 7), snapshots.to_vec())
}

/// A snapshot of a class with ages, lifetimes and a history.
pub(crate) fn aged() -> Stats {
    let mut snapshot = snapshot("evening", 90_000, 8_000);
    let mut class = row("shop::Customer", 4, 40);
    let durations = |millis: &[u64]| {
        let mut durations = Durations::default();
        millis.iter().for_each(|millis| durations.add(Duration::from_millis(*millis)));
        durations
    };
    class.ages = Some(durations(&[300, 400, 600, 60_000]));
    class.lifetimes = Some(durations(&[1, 2, 2000]));
    let events = [(10, 1), (20, 2), (30, 1), (40, 4)]
        .map(|(seconds, live)| HistoryEvent { at: Duration::from_secs(seconds), live })
        .to_vec();
    class.history = Some(History { events, lost: 3 });
    snapshot.classes.push(class);
    Stats::new(Session::new(DateTime::UNIX_EPOCH, 7), vec![Arc::new(snapshot)])
}

/// Three snapshots around a request that makes two buffers and leaves one.
pub(crate) fn phases() -> Stats {
    let snapshots = [("idle", vec![1]), ("request", vec![1, 2, 3]), ("later", vec![1, 3, 4])];
    let mut created = [1, 3, 4].into_iter();
    let mut millis = 0;
    let snapshots = snapshots.map(|(label, serials)| {
        millis += 1000;
        let mut snapshot = snapshot(label, millis, 8_000);
        let mut class = row("shop::Buffer", serials.len() as u64, 500);
        (class.created, class.listed) = (created.next().unwrap(), class.live);
        class.dropped = class.created - class.live;
        snapshot.classes.push(class);
        let object = |serial| ObjectRow::new(Arc::new(ObjectRecord::new(serial, "shop::Buffer", 24)), 500);
        snapshot.objects = serials.into_iter().map(object).collect();
        Arc::new(snapshot)
    });
    Stats::new(Session::new(DateTime::UNIX_EPOCH, 7), snapshots.to_vec())
}

/// Two snapshots in which every text that a program chooses is this one.
pub(crate) fn hostile(text: &str) -> Stats {
    let mut session = Session::new(DateTime::UNIX_EPOCH, 7);
    session.program = Some(text.into());
    let mut object = ObjectRecord::new(1, text, 72);
    object.repr = Some(text.into());
    object.site = Some(Arc::new(Site { file: text.to_owned(), line: 1, column: 1 }));
    let object = Arc::new(object);
    let snapshots = (1..=2).map(|number| {
        let mut snapshot = snapshot(text, 100 * number, 8_000);
        let mut class = row(text, 1, 300 * number);
        class.listed = 1;
        let mut site = SiteRow::new(1, 300 * number);
        (site.site, site.trace) = (object.site.clone(), Some(Arc::new(Trace::new(vec![Arc::new(Frame::new(text))]))));
        class.sites = vec![site];
        class.oldest = vec![Arc::clone(&object)];
        class.history = Some(History::default());
        class.referents = vec![Referent::new(text, 1, 1, 72, 300 * number)];
        let mut row = ObjectRow::new(Arc::clone(&object), 300 * number);
        row.referents = class.referents.clone().into();
        snapshot.classes.push(class);
        snapshot.objects.push(row);
        snapshot.census = Some(vec![CensusRow::new(text, 1, 40)]);
        Arc::new(snapshot)
    });
    Stats::new(session, snapshots.collect())
}

/// A snapshot with the largest numbers.
pub(crate) fn extreme() -> Stats {
    let mut snapshot = snapshot("", 0, 0);
    snapshot.elapsed = Duration::MAX;
    let mut class = ClassRow::new("all");
    (class.live, class.created, class.bytes, class.flat_bytes) = (u64::MAX, u64::MAX, u64::MAX, u64::MAX);
    snapshot.classes.push(class);
    Stats::new(Session::new(DateTime::UNIX_EPOCH, 7), vec![Arc::new(snapshot)])
}

/// The parts of some books of these bytes.
fn pages(books: u64, bytes: u64) -> Vec<Referent> {
    vec![
        Referent::new("title", 1, books, 24 * books, 40 * books),
        Referent::new("pages", 1, books, 48 * books, bytes - 40 * books),
        Referent::new("elements", 2, 3 * books, 72 * books, bytes - 88 * books),
    ]
}

fn snapshot(label: &str, millis: u64, resident_kib: u64) -> Snapshot {
    let elapsed = Duration::from_millis(millis);
    let mut snapshot = Snapshot::new(label, DateTime::UNIX_EPOCH + elapsed, elapsed);
    snapshot.overhead_bytes = 20_000;
    snapshot.process.resident_bytes = Some(resident_kib << 10);
    snapshot.process.virtual_bytes = Some(resident_kib << 12);
    snapshot
}

fn row(class: &str, live: u64, average: u64) -> ClassRow {
    let mut row = ClassRow::new(class);
    row.live = live;
    row.created = 5_003;
    row.dropped = row.created - live;
    row.bytes = live * average;
    row.smallest_bytes = Some(average);
    row.largest_bytes = Some(average);
    row
}
