// What the report knows, as the sections want it. Times are in seconds since the session's start, sizes in bytes.

/** For curves: a clock that was set back does not turn them back. */
function rising(times) {
  let latest = -Infinity;
  return Array.from(times, (time) => (latest = Math.max(latest, time)));
}

/** An object for each row, with a property for each column. */
function rowsOf(columns, length) {
  const rows = Array.from({ length }, () => ({}));
  for (const [name, column] of Object.entries(columns)) {
    for (let row = 0; row < length; row += 1) rows[row][name] = column[row];
  }
  return rows;
}

const BLOCKS = ["about", "snapshots", "classes", "series", "details", "objects", "growth", "census"];

async function openReport() {
  const [about, snapshots, classes, series, details, objects, growth, census] = await Promise.all(BLOCKS.map(openBlock));
  const report = { about: readAbout(about), snapshots: readSnapshots(snapshots) };
  report.classes = readClasses(classes, report.snapshots.count);
  report.series = readSeries(series, report.snapshots);
  report.details = readDetails(details);
  report.objects = readObjects(objects);
  report.growth = readGrowth(growth, report.classes);
  report.census = readCensus(census);
  return report;
}

function readAbout(from) {
  return {
    version: from.text(),
    made: from.number(),
    program: from.optionalText(),
    process: from.number(),
    started: from.number(),
  };
}

function readSnapshots(from) {
  const count = from.number();
  const stride = from.number();
  const length = from.number();
  const columns = { index: from.column(length), label: from.textColumn(length) };
  for (const name of ["time", "elapsed", "duration", "tracked", "live", "byValue", "classes", "unread", "listed", "overhead"]) {
    columns[name] = from.column(length);
  }
  for (const name of ["virtual", "resident", "proportional", "allocated", "blocks", "held"]) {
    columns[name] = from.optionalColumn(length);
  }
  columns.allocator = Array.from({ length }, () => from.optionalText());
  columns.tracking = from.column(length);
  const rows = rowsOf(columns, length);
  for (const snapshot of rows) {
    snapshot.elapsed /= 1e6;
    snapshot.duration /= 1e6;
    // What the tracked objects are a part of: what the program has by its allocator, or else its resident memory.
    snapshot.whole = known(snapshot.allocated) ? snapshot.allocated : snapshot.resident;
    snapshot.name = snapshot.label || `#${snapshot.index + 1}`;
  }
  const byIndex = new Map(rows.map((snapshot) => [snapshot.index, snapshot]));
  return { count, stride, rows, byIndex, last: rows.at(-1) ?? null };
}

function readClasses(from, snapshots) {
  const count = from.number();
  const length = from.number();
  const columns = { fullName: from.textColumn(length), name: from.textColumn(length) };
  const column = (name) => { columns[name] = from.column(length); };
  const optional = (name) => { columns[name] = from.optionalColumn(length); };
  ["first", "last", "live", "created", "dropped"].forEach(column);
  optional("bytes");
  ["flat", "shared"].forEach(column);
  ["smallest", "largest"].forEach(optional);
  ["unread", "listed"].forEach(column);
  optional("firstBytes");
  column("firstLive");
  ["peakBytes", "peakBytesAt"].forEach(optional);
  ["peakLive", "peakLiveAt"].forEach(column);
  const rows = rowsOf(columns, length);
  rows.forEach((row, id) => {
    row.id = id;
    row.name ||= "(no name)";
    // Of the last snapshot; a class that this does not have is not tracked any more.
    row.tracked = row.last === snapshots - 1;
    row.byValue = !known(row.bytes);
    row.average = row.live > 0 ? row.bytes / row.live : NaN;
    row.growth = null;
  });
  return { count, rows };
}

function readSeries(from, snapshots) {
  const stride = from.number();
  const length = from.number();
  const index = from.column(length);
  const cells = () => ({
    bytes: from.optionalColumn(length),
    live: from.optionalColumn(length),
    created: from.column(length),
  });
  const single = Array.from({ length: from.number() }, cells);
  const others = cells();
  const points = Array.from(index, (at) => snapshots.byIndex.get(at));
  return { stride, points, single, others };
}

function readDurations(from) {
  return from.flag() ? from.list(() => ({ from: from.number() / 1e6, count: from.number() })) : null;
}

function readRecord(from) {
  const birth = (micros) => (micros === null ? null : micros / 1e6);
  return {
    serial: from.number(),
    repr: from.optionalText(),
    birth: birth(from.optional()),
    site: from.optionalText(),
    trace: from.optionalTrace(),
    flat: from.number(),
  };
}

function readReferents(from) {
  const total = from.number();
  const shown = from.list(() => ({
    level: from.number(),
    name: from.text(),
    count: from.number(),
    flat: from.number(),
    bytes: from.number(),
  }));
  return { total, shown };
}

function readDetails(from) {
  return from.list(() => {
    const detail = from.flag() ? readDetail(from) : null;
    return { detail, lifetimes: readDurations(from), history: readHistory(from) };
  });
}

function readDetail(from) {
  return {
    snapshot: from.number(),
    live: from.number(),
    bytes: from.optional(),
    referents: readReferents(from),
    sitesInAll: from.number(),
    sites: from.list(() => ({
      site: from.optionalText(),
      trace: from.optionalTrace(),
      live: from.number(),
      bytes: from.number(),
    })),
    ages: readDurations(from),
    oldest: from.list(() => readRecord(from)),
  };
}

function readHistory(from) {
  if (!from.flag()) return null;
  const [events, lost, length] = [from.number(), from.number(), from.number()];
  const at = from.column(length).map((micros) => micros / 1e6);
  return { events, lost, at, live: from.column(length) };
}

function readObjects(from) {
  const wanted = from.number();
  const classes = from.list(() => {
    const length = from.number();
    const leftOut = from.flag();
    return { leftOut, rows: Array.from({ length }, () => readObject(from)) };
  });
  return { wanted, classes };
}

function readObject(from) {
  const object = readRecord(from);
  object.largest = from.number();
  object.largestAt = from.number();
  const fate = from.number();
  object.alive = fate === 0;
  object.deadBy = fate >= 2 ? fate - 2 : null;
  object.fromTheStart = from.flag();
  object.stride = from.number();
  const length = from.number();
  const at = from.column(length);
  const bytes = from.column(length);
  const unread = from.column(length);
  object.sizes = Array.from(at, (snapshot, row) => ({ snapshot, bytes: bytes[row], unread: unread[row] === 1 }));
  object.lastSize = object.sizes.at(-1).bytes;
  object.referents = readReferents(from);
  return object;
}

const VERDICTS = ["growing", "plateaued", "steady", "shrinking", "too few"];

function readGrowth(from, classes) {
  const [snapshots, averaged, least, inAll] = [from.number(), from.number(), from.number(), from.number()];
  const counts = VERDICTS.map(() => from.number());
  const rows = from.list(() => {
    const row = { class: classes.rows[from.number()], verdict: VERDICTS[from.number()] };
    row.bytes = from.flag() ? readTrend(from) : null;
    row.objects = readTrend(from);
    row.class.growth = row;
    return row;
  });
  return { snapshots, averaged, least, inAll, counts, rows };
}

function readTrend(from) {
  return {
    verdict: VERDICTS[from.number()],
    first: from.number(),
    last: from.number(),
    snapshots: from.number(),
    warmUp: from.number(),
    perHour: from.optionalReal(),
    perSnapshot: from.optionalReal(),
    rising: from.optionalReal(),
    falling: from.optionalReal(),
    confidence: from.optionalReal(),
  };
}

function readCensus(from) {
  if (!from.flag()) return null;
  const [snapshot, types, bytes, length] = [from.number(), from.number(), from.number(), from.number()];
  const [name, count, size] = [from.textColumn(length), from.column(length), from.column(length)];
  const rows = name.map((type, row) => ({ name: type, count: count[row], bytes: size[row] }));
  return { snapshot, types, bytes, rows };
}
