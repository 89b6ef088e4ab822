// Who and when, the most important numbers, and what this report leaves out.

function header({ about, snapshots }) {
  const program = about.program ?? "process";
  const span = snapshots.last ? `${plural(snapshots.count, "snapshot", "snapshots")} in ${durationText(snapshots.last.elapsed)}` : "no snapshot";
  byId("title").replaceChildren(nameOf(program), make("span.soft", " memory by class"));
  byId("meta").replaceChildren(
    make("span", `process ${about.process}`),
    make("span", `started ${timeText(about.started)}`),
    make("span", span),
    make("span", `report of ${timeText(about.made)}, classtracker ${about.version}`),
  );
}

function overview(report) {
  const { last, rows } = report.snapshots;
  if (!last) {
    return section("overview", "Overview", "Overview", empty("No snapshot was taken, so there is nothing to show. Take one with ", make("code", "create_snapshot(label)"), ", then make the report again."));
  }
  const before = rows[0];
  const single = rows.length < 2;
  const since = (element) => (single ? "the only snapshot" : make("span", element, " since the first snapshot"));
  const tiles = [
    tile("Tracked memory", bytesValue(last.tracked), since(bytesChange(last.tracked - before.tracked))),
    tile("Live objects", countValue(last.live), since(countChange(last.live - before.live))),
    tile("Classes", countValue(last.classes), `${countText(report.classes.count)} in all snapshots`),
    tile("Resident memory", bytesValue(last.resident), known(last.resident) ? `tracked is ${percentText(last.tracked, last.resident)} of it` : "the system did not say"),
    known(last.allocated) && tile("Allocator", bytesValue(last.allocated), `tracked is ${percentText(last.tracked, last.allocated)} of it · ${last.allocator}`),
    report.growth.counts[0] > 0 && tile("Growing", countValue(report.growth.counts[0]), growingNames(report)),
    tile("The tracker's own", bytesValue(last.overhead), `${percentText(last.overhead, last.tracked)} of tracked memory, not part of it`),
  ];
  return section("overview", "Overview", "Overview",
    note("The last snapshot: ", nameOf(last.name), ` at ${elapsedText(last.elapsed)}.`),
    make("div.tiles", tiles),
    notes(report));
}

function growingNames(report) {
  const growing = report.growth.rows.filter((row) => row.verdict === "growing");
  const named = growing.slice(0, 3).flatMap((row, place) => [place > 0 && ", ", classLink(row.class)]);
  return make("span", "of the classes: ", named, growing.length > 3 && " …");
}

function tile(title, number, below) {
  return make("div.tile", make("h3", title), make("p.number", number), make("p.below", below));
}

/** What is not exact, and what is not there. */
function notes(report) {
  const { snapshots, series, classes, objects } = report;
  const last = snapshots.last;
  const said = [];
  if (last.tracking === 1) said.push("Tracking was switched off at the last snapshot: objects made meanwhile are missing.");
  if (last.tracking === 2) said.push("The program was built without tracking: there is nothing but the process' memory.");
  if (last.tracking === 0 && last.classes === 0) said.push("No class was tracked. Call track_class or track_object before a snapshot is taken.");
  if (last.unread > 0) said.push(`${plural(last.unread, "object", "objects")} of the last snapshot could not be read whole: their bytes are a lower bound.`);
  if (last.byValue > 0) said.push(`${plural(last.byValue, "live object is", "live objects are")} only counted, by value: no part of tracked memory.`);
  if (snapshots.stride > 1) said.push(`Of ${countText(snapshots.count)} snapshots, ${everyText(snapshots.stride)} is listed, and the last.`);
  if (series.stride > 1) said.push(`Curves, shares and differences have ${countText(series.points.length)} of ${countText(snapshots.count)} snapshots: ${everyText(series.stride)}, and the last. Peaks in the tables are of all snapshots.`);
  if (classes.rows.length < classes.count) said.push(`Of ${countText(classes.count)} classes, the table lists the ${countText(classes.rows.length)} with the largest peaks.`);
  if (series.single.length < classes.rows.length) said.push(`The ${countText(series.single.length)} classes with the largest peaks have curves of their own; the other ${countText(classes.count - series.single.length)} are added up as “other classes”.`);
  if (report.details.length < classes.rows.length) said.push(`Parts, places and ages are kept for the ${countText(report.details.length)} classes with the largest peaks.`);
  if (objects.classes.some((one) => one.leftOut)) said.push(`Of each class, the ${plural(objects.wanted, "largest object is", "largest objects are")} listed; the others are only counted.`);
  return said.length > 0 && make("ul.notes", said.map((text) => make("li", text)));
}
