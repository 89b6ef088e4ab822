// The table of all classes.

const classLink = (row) => make("a.class", { href: `#class/${row.id}`, title: row.fullName, onclick: (event) => event.stopPropagation() }, make("bdi", row.name));
const ofTracked = (row, key) => (row.tracked ? row[key] : NaN);

function classTable(report) {
  const { classes, series, snapshots } = report;
  const whole = snapshots.last?.tracked;
  const curve = (row) => (row.byValue ? series.single[row.id]?.live : series.single[row.id]?.bytes);
  const count = (title, key, hint) => ({ title, hint, order: (row) => ofTracked(row, key), cell: (row) => countValue(ofTracked(row, key)) });
  const bytes = (title, key, hint) => ({ title, hint, order: (row) => ofTracked(row, key), cell: (row) => bytesValue(ofTracked(row, key)) });
  const growth = (row) => (row.tracked ? row.bytes - row.firstBytes : NaN);
  const columns = [
    { title: "Class", text: true, order: (row) => row.name.toLowerCase(), cell: classCell },
    { title: "Over time", text: true, hint: "bytes; for classes that are only counted, live objects. Sorted by peak", order: (row) => row.peakBytes, cell: (row) => (curve(row) ? sparkline(curve(row)) : ABSENT) },
    bytes("Bytes", "bytes", "deep size of all live objects in the last snapshot"),
    { title: "Share", unit: "of tracked", hint: "of the bytes of all tracked objects in the last snapshot", order: (row) => ofTracked(row, "bytes"), cell: (row) => percentText(ofTracked(row, "bytes"), whole) },
    { title: "Change", unit: "since its first", hint: "bytes since the first snapshot that has the class", order: growth, cell: (row) => bytesChange(growth(row)) },
    { title: "Peak", hint: "the most bytes in any snapshot", order: (row) => row.peakBytes, cell: (row) => bytesValue(row.peakBytes) },
    count("Live", "live", "objects alive in the last snapshot"),
    { title: "Average", hint: "deep size of a live object", order: (row) => ofTracked(row, "average"), cell: (row) => bytesValue(Math.round(ofTracked(row, "average"))) },
    bytes("Largest", "largest", "deep size of the largest live object"),
    count("Created", "created", "objects made so far, the dead ones included"),
    count("Dropped", "dropped", "objects that died so far"),
    { title: "Peak live", hint: "the most objects alive in any snapshot", order: (row) => row.peakLive, cell: (row) => countValue(row.peakLive) },
  ];
  const list = table({
    name: "Classes", columns, rows: classes.rows, sorted: 2, what: ["class", "classes"],
    search: (row) => row.fullName,
    open: (row) => { location.hash = `class/${row.id}`; },
  });
  return section("classes", "Classes", "Classes", note("All numbers are of the last snapshot unless they say otherwise. A dash: not known, or the class is not tracked any more."), list.element);
}

const byValueTag = () =>
  make("span.tag", { title: "its objects stand by value in their owners and are only counted: their deep size is not known" }, "by value");

function classCell(row) {
  const tags = [
    row.byValue && byValueTag(),
    !row.tracked && make("span.tag", { title: "the last snapshot does not have it" }, "not tracked any more"),
    row.tracked && row.unread > 0 && make("span.tag.warn", { title: "objects that could not be read whole: the bytes are a lower bound" }, `${countText(row.unread)} unread`),
  ];
  return make("span", classLink(row), tags);
}
