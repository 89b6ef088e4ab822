//! CSV: one table of rows of one kind.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::Write;
use std::sync::Arc;

use classtracker_stats::dump::Objects;
use classtracker_stats::{ClassFilter, ClassRow, ObjectRow, Site, SiteRow, Snapshot};
use csv::Writer;

use super::record;
use crate::arguments::{Export, Table};
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::input::Reading;

/// What every row begins with.
const KEY: [&str; 4] = ["process_id", "snapshot", "label", "elapsed_ns"];

/// Writes the table that is asked for.
pub(super) fn table(arguments: &Export, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let asked = if arguments.objects { Table::Objects } else { Table::Classes };
    let table = arguments.table.unwrap_or(asked);
    let objects = if table == Table::Objects { Objects::Read } else { Objects::Skip };
    let reading = Reading::begin_printing(&arguments.source, objects)?;
    let process = number(reading.session().process_id);
    let mut out = Writer::from_writer(out);
    let guard = Guard { off: arguments.raw_text };
    write(&mut out, KEY.iter().chain(columns(table)).map(|name| Cow::Borrowed(*name)))?;
    let each = |index: usize, snapshot: Arc<Snapshot>| {
        let key = [
            Cow::Borrowed(&*process),
            number(index + 1),
            guard.text(&snapshot.label),
            number(snapshot.elapsed.as_nanos()),
        ];
        let row = |cells: Vec<Cell<'_>>| write(&mut out, key.iter().map(|cell| Cow::Borrowed(&**cell)).chain(cells));
        rows(table, &snapshot, &arguments.of.class, guard, row)
    };
    let outcome = reading.for_each(each)?.outcome;
    out.flush().map_err(Failure::Output)?;
    Ok(outcome)
}

fn columns(table: Table) -> &'static [&'static str] {
    match table {
        Table::Snapshots => &[
            "time",
            "duration_ns",
            "tracking",
            "classes",
            "live",
            "tracked_bytes",
            "overhead_bytes",
            "virtual_bytes",
            "resident_bytes",
            "proportional_bytes",
            "allocator",
            "allocator_live_bytes",
            "allocator_live_blocks",
            "allocator_held_bytes",
        ],
        Table::Classes => &[
            "class",
            "live",
            "created",
            "dropped",
            "bytes",
            "flat_bytes",
            "shared_bytes",
            "smallest_bytes",
            "largest_bytes",
            "unread",
            "listed",
            "by_value",
        ],
        Table::Sites => &["class", "file", "line", "column", "trace", "live", "bytes"],
        Table::Census => &["type_name", "count", "bytes"],
        Table::Objects => {
            &["serial", "class", "bytes", "flat_bytes", "unread", "birth_ns", "file", "line", "column", "repr"]
        }
    }
}

/// Gives the rows of a snapshot that are of these classes to `row`, without what every row begins with.
fn rows(
    table: Table,
    snapshot: &Snapshot,
    class: &ClassFilter,
    guard: Guard,
    mut row: impl FnMut(Vec<Cell<'_>>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut classes = snapshot.classes.iter().filter(|row| class.matches(&row.class));
    match table {
        // These are sums over all classes, whatever is asked for.
        Table::Snapshots => row(of_snapshot(snapshot)),
        Table::Classes => classes.try_for_each(|class| row(of_class(class, guard))),
        Table::Sites => classes
            .flat_map(|class| class.sites.iter().map(move |site| (class, site)))
            .try_for_each(|(class, site)| row(of_site(class, site, guard))),
        Table::Census => {
            let mut types = snapshot.census.iter().flatten().filter(|census| class.matches(&census.type_name));
            types.try_for_each(|census| {
                row(vec![guard.text(&census.type_name), number(census.count), number(census.bytes)])
            })
        }
        Table::Objects => {
            let mut objects = snapshot.objects.iter().filter(|object| class.matches(&object.object.class));
            objects.try_for_each(|object| row(of_object(object, guard)))
        }
    }
}

fn of_snapshot(snapshot: &Snapshot) -> Vec<Cell<'_>> {
    let live = snapshot.classes.iter().fold(0_u64, |sum, row| sum.saturating_add(row.live));
    let process = &snapshot.process;
    let allocator = process.allocator.as_ref();
    vec![
        record::time(snapshot.time).into(),
        number(snapshot.duration.as_nanos()),
        record::tracking(snapshot.tracking).into(),
        number(snapshot.classes.len()),
        number(live),
        number(snapshot.tracked_bytes()),
        number(snapshot.overhead_bytes),
        known(process.virtual_bytes),
        known(process.resident_bytes),
        known(process.proportional_bytes),
        known(allocator.map(|allocator| allocator.source)),
        known(allocator.map(|allocator| allocator.live_bytes)),
        known(allocator.and_then(|allocator| allocator.live_blocks)),
        known(allocator.and_then(|allocator| allocator.held_bytes)),
    ]
}

fn of_class(row: &ClassRow, guard: Guard) -> Vec<Cell<'_>> {
    vec![
        guard.text(&row.class),
        number(row.live),
        number(row.created),
        number(row.dropped),
        known(record::known_bytes(row)),
        number(row.flat_bytes),
        number(row.shared_bytes),
        known(row.smallest_bytes),
        known(row.largest_bytes),
        number(row.unread),
        number(row.listed),
        number(row.by_value),
    ]
}

fn of_site<'a>(class: &'a ClassRow, row: &SiteRow, guard: Guard) -> Vec<Cell<'a>> {
    let trace = row.trace.as_ref().map(|trace| guard.text(trace.to_string().trim_end()).into_owned());
    let mut cells = vec![guard.text(&class.class)];
    cells.extend(place(row.site.as_deref(), guard));
    cells.extend([known(trace), number(row.live), number(row.bytes)]);
    cells
}

fn of_object(row: &ObjectRow, guard: Guard) -> Vec<Cell<'_>> {
    let object = &row.object;
    let mut cells = vec![
        number(object.serial),
        guard.text(&object.class),
        number(row.bytes),
        number(object.flat_bytes),
        number(row.unread),
        known(object.birth.map(|birth| birth.as_nanos())),
    ];
    cells.extend(place(object.site.as_deref(), guard));
    cells.push(object.repr.as_deref().map_or(Cow::Borrowed(""), |repr| guard.text(repr)));
    cells
}

fn place(site: Option<&Site>, guard: Guard) -> [Cell<'static>; 3] {
    let file = site.map(|site| guard.text(&site.file).into_owned());
    [known(file), known(site.map(|site| site.line)), known(site.map(|site| site.column))]
}

type Cell<'a> = Cow<'a, str>;

fn number(number: impl Display) -> Cell<'static> {
    number.to_string().into()
}

/// What is absent is empty.
fn known(value: Option<impl Display>) -> Cell<'static> {
    value.map(number).unwrap_or_default()
}

/// Keeps texts from being taken for formulas.
#[derive(Clone, Copy)]
struct Guard {
    off: bool,
}

impl Guard {
    fn text(self, text: &str) -> Cell<'_> {
        let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
        if is_formula && !self.off { format!("'{text}").into() } else { text.into() }
    }
}

fn write<'a>(out: &mut Writer<impl Write>, cells: impl Iterator<Item = Cell<'a>>) -> Result<(), Failure> {
    for cell in cells {
        out.write_field(&*cell).map_err(failed)?;
    }
    out.write_record(None::<&[u8]>).map_err(failed)
}

fn failed(error: csv::Error) -> Failure {
    Failure::Output(match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => std::io::Error::other(format!("{other:?}")),
    })
}
