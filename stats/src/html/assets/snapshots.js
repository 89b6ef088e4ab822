// One snapshot: who has which share of it. And the list of all of them.

function shares(report, selection) {
  const { series, classes } = report;
  const body = make("div");
  const picker = selectOf("Snapshot", series.points.map((point, at) => [at, momentText(point)]), selection.at, (at) => selection.choose(at));
  const previous = make("button", { type: "button", "aria-label": "Snapshot before", onclick: () => selection.step(-1) }, "◀");
  const next = make("button", { type: "button", "aria-label": "Snapshot after", onclick: () => selection.step(1) }, "▶");
  const colors = new Map(chosenClasses(report).map((row, slot) => [row.id, `var(--series-${slot})`]));

  function show(at) {
    const point = series.points[at];
    picker.select.value = String(at);
    [previous.disabled, next.disabled] = [at === 0, at === series.points.length - 1];
    const rows = series.single
      .map((cells, id) => ({ id, row: classes.rows[id], bytes: cells.bytes[at], live: cells.live[at] }))
      .filter((one) => known(one.bytes) && one.bytes > 0)
      .sort((a, b) => b.bytes - a.bytes);
    const shown = rows.slice(0, 12);
    const rest = point.tracked - shown.reduce((sum, one) => sum + one.bytes, 0);
    const live = point.live - shown.reduce((sum, one) => sum + one.live, 0);
    if (rest > 0) shown.push({ id: -1, bytes: rest, live });
    const lines = shown.map((one) => make("tr",
      make("td.text", one.row ? classLink(one.row) : "other classes"),
      make("td.wide", bar(one.bytes, shown[0].bytes, colors.get(one.id) ?? "var(--series-other)")),
      make("td", bytesValue(one.bytes)),
      make("td", percentText(one.bytes, point.tracked)),
      known(point.resident) && make("td", percentText(one.bytes, point.resident)),
      make("td", countValue(one.live))));
    const heads = make("tr", make("th.text", "Class"), make("th"), make("th", "Bytes"), make("th", "of tracked"), known(point.resident) && make("th", "of resident"), make("th", "Live"));
    const total = make("tr", make("th.text", "Total"), make("td"), make("td", bytesValue(point.tracked)), make("td", percentText(point.tracked, point.tracked)), known(point.resident) && make("td", percentText(point.tracked, point.resident)), make("td", countValue(point.live)));
    body.replaceChildren(lines.length > 0
      ? make("div.scroll", make("table.shares", make("thead", heads), make("tbody", lines), make("tfoot", total)))
      : empty("Nothing was alive in this snapshot, or only objects of unknown size."));
  }
  selection.follow(show);
  show(selection.at);
  return section("shares", "Shares", "Shares at a snapshot", make("div.tools", picker.label, make("span.choice", previous, next)), body);
}

const momentText = (snapshot) => `${snapshot.index + 1}. ${snapshot.label ? `${snapshot.label} · ` : ""}${elapsedText(snapshot.elapsed)}`;

function snapshotList(report, selection) {
  const bytes = (title, key, hint) => ({ title, hint, order: (row) => row[key], cell: (row) => bytesValue(row[key]) });
  const { rows } = report.snapshots;
  const some = (key) => rows.some((row) => known(row[key]));
  const columns = [
    { title: "#", order: (row) => row.index, cell: (row) => countText(row.index + 1) },
    { title: "Label", text: true, order: (row) => row.label, cell: (row) => (row.label ? nameOf(row.label) : ABSENT) },
    { title: "Elapsed", hint: "since the session's start", order: (row) => row.elapsed, cell: (row) => value(elapsedText(row.elapsed), timeText(row.time)) },
    { title: "Walk", hint: "how long reading the objects took", order: (row) => row.duration, cell: (row) => durationText(row.duration) },
    { title: "Classes", order: (row) => row.classes, cell: (row) => countValue(row.classes) },
    { title: "Live", hint: "objects alive", order: (row) => row.live, cell: (row) => countValue(row.live) },
    bytes("Tracked", "tracked", "deep size of all live objects"),
    bytes("Overhead", "overhead", "what the tracker itself takes; no part of what is tracked"),
    some("allocated") && bytes("Allocator", "allocated", "bytes that the program has and has not given back"),
    bytes("Resident", "resident", "the process' bytes in physical memory"),
    bytes("Virtual", "virtual", "the process' address space in use"),
    { title: "Unread", hint: "objects that could not be read whole: their bytes are a lower bound", order: (row) => row.unread, cell: (row) => countValue(row.unread) },
  ].filter(Boolean);
  const list = table({
    name: "Snapshots", columns, rows, sorted: 0, rising: true, what: ["snapshot", "snapshots"],
    search: (row) => `${row.label} ${row.index + 1}`,
    open: (row) => { selection.chooseSnapshot(row.index); byId("shares").scrollIntoView(); },
    first: 20,
  });
  return section("snapshots", "Snapshots", "Snapshots", note("A click chooses the snapshot whose shares are shown above."), list.element);
}

function census(report) {
  if (!report.census) return null;
  const { snapshot, types, bytes, rows } = report.census;
  const columns = [
    { title: "Type", text: true, order: (row) => row.name, cell: (row) => nameOf(row.name) },
    { title: "Values", order: (row) => row.count, cell: (row) => countValue(row.count) },
    { title: "Bytes", order: (row) => row.bytes, cell: (row) => bytesValue(row.bytes) },
    { title: "Share", unit: "of counted", hint: "of the bytes of all values counted here", order: (row) => row.bytes, cell: (row) => percentText(row.bytes, bytes) },
    { title: "Average", order: (row) => row.bytes / row.count, cell: (row) => bytesValue(Math.round(row.bytes / row.count)) },
  ];
  const list = table({ name: "Census", columns, rows, sorted: 2, what: ["type", "types"], search: (row) => row.name, first: 20 });
  const cut = rows.length < types ? ` The ${countText(rows.length)} types with the most bytes of ${countText(types)} are listed.` : "";
  const at = report.snapshots.byIndex.get(snapshot);
  return section("census", "Census", "Census of derived types", note(`Values inside tracked objects, however deep, in snapshot ${at ? momentText(at) : snapshot + 1}.${cut}`), list.element);
}
