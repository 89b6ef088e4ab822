// The curves of the whole program: memory and instances by class, and the process' memory.

/** How many classes have a colour of their own. */
const COLOURS = 8;

/** Most by the bytes of their peaks; two by their objects, which may be small or of unknown size. */
function chosenClasses({ classes, series }) {
  const charted = classes.rows.slice(0, series.single.length);
  const byLive = [...charted].sort((a, b) => b.peakLive - a.peakLive);
  const chosen = charted.filter((row) => known(row.peakBytes)).slice(0, COLOURS - 2);
  for (const row of [...byLive.slice(0, 2), ...charted]) {
    if (chosen.length < COLOURS && !chosen.includes(row)) chosen.push(row);
  }
  return chosen;
}

function classCharts(report, selection) {
  const { series, classes } = report;
  const { points } = series;
  const memory = make("div");
  const instances = make("div");
  const chosen = chosenClasses(report);
  const state = { stacked: true, hidden: new Set() };
  const x = rising(points.map((point) => point.elapsed));
  const moments = (place) => `${points[place].name} at ${elapsedText(points[place].elapsed)}`;

  function curves(key, total) {
    const own = chosen.map((row, slot) => ({ row, slot })).filter(({ row }) => key === "live" || known(row.peakBytes));
    const list = own.map(({ row, slot }) => ({
      id: row.id, name: row.name, full: row.fullName, slot, values: series.single[row.id][key], hidden: state.hidden.has(row.id),
    }));
    if (own.length < classes.count) {
      const rest = points.map((point, at) => {
        const shown = list.reduce((sum, one) => sum + (known(one.values[at]) ? one.values[at] : 0), 0);
        return Math.max(total(point) - shown, 0);
      });
      if (rest.some((size) => size > 0)) list.push({ id: -1, name: "other classes", slot: -1, values: rest, hidden: state.hidden.has(-1) });
    }
    return list;
  }

  const drawn = [];
  function draw() {
    drawn.splice(0).forEach((old) => old.destroy());
    const both = (holder, key, total, text, exact, name, stacked) => {
      const one = chart({
        name, x, series: curves(key, total), text, exact, stacked, moments, at: selection.at,
        pick: (place) => selection.choose(place),
        toggled: (curve) => {
          state.hidden[curve.hidden ? "add" : "delete"](curve.id);
          draw();
        },
      });
      drawn.push(one);
      holder.replaceChildren(one.element);
    };
    both(memory, "bytes", (point) => point.tracked, bytesText, exactBytes, "Memory by class", state.stacked);
    both(instances, "live", (point) => point.live, countText, countText, "Instances by class", false);
  }
  draw();
  selection.follow((place) => drawn.forEach((one) => one.choose(place)));
  if (points.length === 0 || classes.count === 0) {
    return [section("memory", "Memory", "Memory by class", empty("No class was tracked."))];
  }
  const hint = points.length === 1 ? "Of a single snapshot there is no curve yet. Take more, or start periodic snapshots." : "Click a curve to choose a snapshot, drag to zoom, double-click to see all. A name shows and hides its class, in both charts.";
  const kinds = choice("Kind of chart", [["stacked", "Stacked"], ["lines", "Lines"]], "stacked", (kind) => { state.stacked = kind === "stacked"; draw(); });
  return [
    section("memory", "Memory", "Memory by class", make("div.tools", kinds, note("Deep size of the live objects, over the time since the session’s start.")), memory, note(hint)),
    section("instances", "Instances", "Instances by class", note("Live objects."), instances),
  ];
}

function processChart(report, selection) {
  const { rows } = report.snapshots;
  const kinds = [
    ["tracked", "tracked objects", 0],
    ["overhead", "the tracker’s own", 3],
    ["allocated", "allocator: live", 2],
    ["held", "allocator: held from the system", 4],
    ["resident", "resident", 5],
    ["proportional", "proportional (PSS)", 7],
    ["virtual", "virtual", -1, true],
  ];
  const series = kinds
    .filter(([key]) => rows.some((row) => known(row[key])))
    .map(([key, name, slot, hidden = false]) => ({ name, slot, hidden, values: rows.map((row) => row[key]) }));
  const placeOf = (point) => rows.indexOf(report.series.points[point]);
  const one = chart({
    name: "Process memory", x: rising(rows.map((row) => row.elapsed)), series, text: bytesText, exact: exactBytes,
    moments: (place) => `${rows[place].name} at ${elapsedText(rows[place].elapsed)}`,
    at: placeOf(selection.at),
    pick: (place) => selection.chooseSnapshot(rows[place].index),
  });
  const sums = make("div");
  const show = (point) => sums.replaceChildren(...explained(report.series.points[point]));
  selection.follow((point) => { one.choose(placeOf(point)); show(point); });
  show(selection.at);
  const told = series.length > 2 ? "" : " The system did not tell the process’ memory.";
  return section("process", "Process", "Process memory", note(`What the system and the allocator say of the whole process, beside what is tracked.${told} Virtual memory is hidden at first: it dwarfs the rest.`), one.element, sums);
}

/** What of the process' memory the tracked objects explain, in one snapshot. */
function explained(snapshot) {
  const { whole, tracked, overhead } = snapshot;
  if (!known(whole) || snapshot.tracking === 2) return [];
  const name = known(snapshot.allocated) ? "what the allocator has given out" : "resident memory";
  const rest = whole - tracked - overhead;
  const line = (title, bytes, color) => make("tr", make("td.text", title), make("td.wide", bar(bytes, whole, color)), make("td", bytesValue(bytes)), make("td", percentText(bytes, whole)));
  const heads = make("tr", make("th.text", "Part"), make("th"), make("th", "Bytes"), make("th", `of ${known(snapshot.allocated) ? "allocated" : "resident"}`));
  const rows = [
    line("tracked objects", tracked, "var(--series-0)"),
    line("the tracker’s own", overhead, "var(--series-3)"),
    rest >= 0 && line("not explained", rest, "var(--series-other)"),
  ].filter(Boolean);
  const total = make("tr", make("th.text", name), make("td"), make("td", bytesValue(whole)), make("td", percentText(whole, whole)));
  return [
    make("h3", "What of it is explained, in ", nameOf(momentText(snapshot))),
    rest < 0 && note(`Tracked objects and the tracker’s own are ${bytesText(-rest)} more than ${name}: not all of them is in that memory.`),
    make("div.scroll", make("table.shares", make("thead", heads), make("tbody", rows), make("tfoot", total))),
  ].filter(Boolean);
}
