// The page of one class: its curves, parts, places, objects, ages.

function classPage(report, id) {
  const row = report.classes.rows[id];
  if (!row) return make("section", empty("There is no such class in this report."));
  const more = report.details[id] ?? null;
  return make("div.class-page",
    make("p", make("a.back", { href: "#classes" }, "← All classes")),
    make("h2.class-title", { tabIndex: -1 }, nameOf(row.name)),
    row.fullName !== row.name && make("p.full", nameOf(row.fullName)),
    classTiles(report, row),
    classCurves(report, row),
    more?.history && historyChart(report, row, more.history),
    more?.detail && parts(report, row, more.detail),
    more?.detail && sites(report, row, more.detail),
    largestObjects(report, row),
    more?.detail && oldestObjects(report, row, more.detail),
    more && durations(report, more),
    !more && note("Parts, places and ages of this class are folded away: they are kept for the classes with the largest peaks only."));
}

function at(report, index) {
  const snapshot = report.snapshots.byIndex.get(index);
  return snapshot ? `snapshot ${momentText(snapshot)}` : `snapshot ${index + 1}`;
}

function classTiles(report, row) {
  const last = row.tracked ? "in the last snapshot" : `in the last that has it, ${at(report, row.last)}`;
  const point = report.snapshots.byIndex.get(row.last);
  return make("div.tiles",
    tile("Memory", bytesValue(row.bytes), row.byValue ? "by value: only counted, the deep size is not known" : `${percentText(row.bytes, point?.tracked)} of tracked memory ${last}`),
    tile("Live objects", countValue(row.live), `${countText(row.created)} made, ${countText(row.dropped)} dropped so far`),
    tile("Average", bytesValue(Math.round(row.average)), make("span", "smallest ", bytesValue(row.smallest), ", largest ", bytesValue(row.largest))),
    tile("Flat size", bytesValue(row.flat), "of all live objects, without what they own"),
    !row.byValue && tile("Shared data reached", bytesValue(row.shared), "also reached by other objects; charged once, maybe elsewhere"),
    tile("Peak", row.byValue ? countValue(row.peakLive) : bytesValue(row.peakBytes), `${row.byValue ? "objects, " : ""}in ${at(report, row.byValue ? row.peakLiveAt : row.peakBytesAt)}`),
    row.growth && tile("In the long run", verdictTag(row.growth.verdict), longRun(row.growth)),
    row.unread > 0 && tile("Unread", countValue(row.unread), "objects not read whole: the bytes are a lower bound"));
}

function longRun({ bytes, objects }) {
  const [way, each] = known(objects.perHour) ? ["perHour", "an hour"] : ["perSnapshot", "a snapshot"];
  return make("span", bytes && make("span", bytesChange(Math.round(bytes[way])), ` ${each}, `), changeValue(fractionText, objects[way], ""), ` objects ${each}`);
}

function classCurves(report, row) {
  const cells = report.series.single[row.id];
  if (!cells) {
    return make("section", make("h3", "Over time"), note(`No curve: only the ${countText(report.series.single.length)} classes with the largest peaks have one. All others are added up as “other classes”.`));
  }
  const { points } = report.series;
  const x = rising(points.map((point) => point.elapsed));
  const moments = (place) => `${points[place].name} at ${elapsedText(points[place].elapsed)}`;
  const one = (name, values, text, exact, slot) => chart({ name, x, text, exact, moments, at: points.length - 1, series: [{ name, slot, values }] }).element;
  return make("section.pair",
    !row.byValue && make("div", make("h3", "Memory over time"), one("bytes", cells.bytes, bytesText, exactBytes, 0)),
    make("div", make("h3", "Instances over time"), one("live objects", cells.live, countText, countText, 2)));
}

function historyChart(report, row, history) {
  const known = plural(history.at.length, "change", "changes");
  const cut = history.at.length < history.events ? `${known} of ${countText(history.events)} are drawn.` : `${known}.`;
  const lost = history.lost > 0 ? ` ${countText(history.lost)} more were not recorded: there was no room.` : "";
  const curve = history.at.length > 0 && chart({
    name: "Every change", x: rising(history.at), text: countText, moments: (place) => elapsedText(history.at[place]), at: history.at.length - 1,
    series: [{ name: "live objects", slot: 2, values: history.live }],
  }).element;
  return make("section", make("h3", "Every birth and death"), note(`The number of live objects, one change at a time: ${cut}${lost}`), curve);
}

function parts(report, row, detail) {
  const { shown, total } = detail.referents;
  if (total === 0) return null;
  return make("section", make("h3", "Parts"),
    note(`What the objects own, all of them added up, in ${at(report, detail.snapshot)}. Shares are of the bytes of the class then, ${bytesText(detail.bytes)}.`),
    partsTable(detail.referents, detail.bytes));
}

/** A tree as a table; a part with parts of its own folds them away. */
function partsTable({ shown, total }, whole) {
  const lines = shown.map((part) => ({ ...part, open: true }));
  const body = make("tbody");
  const render = () => {
    let hiddenBelow = Infinity;
    const rows = [];
    lines.forEach((part, place) => {
      if (part.level > hiddenBelow) return;
      hiddenBelow = part.open ? Infinity : part.level;
      const owns = lines[place + 1]?.level > part.level;
      const name = owns
        ? make("button.fold", { type: "button", "aria-expanded": String(part.open), onclick: () => { part.open = !part.open; render(); } }, nameOf(part.name))
        : make("span.leaf", nameOf(part.name));
      const cell = make("td.text", name);
      cell.style.paddingInlineStart = `${Math.min(part.level - 1, 12) * 1.1 + 0.5}rem`;
      rows.push(make("tr", cell, make("td.wide", bar(part.bytes, whole, "var(--series-0)")), make("td", bytesValue(part.bytes)), make("td", percentText(part.bytes, whole)), make("td", countValue(part.count)), make("td", bytesValue(part.flat))));
    });
    body.replaceChildren(...rows);
  };
  render();
  const heads = make("tr", make("th.text", "Part"), make("th"), make("th", "Bytes"), make("th", "Share"), make("th", "Count"), make("th", "Flat"));
  const cut = total - shown.length;
  return make("div", make("div.scroll", make("table.tree", make("thead", heads), body)), cut > 0 && note(`${plural(cut, "more part is", "more parts are")} left out: under 0.1 % each, or beyond the first 200.`));
}

function sites(report, row, detail) {
  if (detail.sites.length === 0) return null;
  const columns = [
    { title: "Made at", text: true, order: (site) => site.site ?? "", cell: (site) => placeOf(site) },
    { title: "Bytes", order: (site) => site.bytes, cell: (site) => bytesValue(row.byValue ? NaN : site.bytes) },
    { title: "Share", unit: "of the class", order: (site) => site.bytes, cell: (site) => (row.byValue ? ABSENT : percentText(site.bytes, detail.bytes)) },
    { title: "Live", order: (site) => site.live, cell: (site) => countValue(site.live) },
    { title: "Share", unit: "of its objects", order: (site) => site.live, cell: (site) => percentText(site.live, detail.live) },
  ];
  const cut = detail.sitesInAll - detail.sites.length;
  const list = table({ name: "Places", columns, rows: detail.sites, sorted: row.byValue ? 3 : 1, what: ["place", "places"], search: (site) => site.site ?? "", first: 20 });
  return make("section", make("h3", "Where they were made"), note(`Live objects by the place that made them, in ${at(report, detail.snapshot)}.${cut > 0 ? ` ${plural(cut, "more place is", "more places are")} left out.` : ""}`), list.element);
}

function placeOf({ site, trace }) {
  const place = site === null ? make("span.soft", "not known") : make("code", make("bdi", site));
  if (!trace) return place;
  return make("details.trace", { onclick: (event) => event.stopPropagation() }, make("summary", place), traceList(trace));
}

function traceList(trace) {
  const frames = trace.frames.map((frame) => make("li", make("code", make("bdi", frame.call)), frame.site !== null && make("span.soft", " at ", make("bdi", frame.site))));
  return make("ol.frames", trace.cut && make("li.soft", "… calls further out were left out"), frames);
}

function largestObjects(report, row) {
  const { rows, leftOut } = report.objects.classes[row.id] ?? { rows: [], leftOut: false };
  const title = make("h3", "Largest objects");
  if (rows.length === 0) {
    const why = leftOut ? "Its objects are folded away: there was no room." : "None of its objects has a row of its own in any snapshot.";
    return make("section", title, empty(row.byValue ? "By value: its objects are only counted." : why));
  }
  const columns = [
    { title: "Object", text: true, order: (object) => object.serial, cell: objectCell },
    { title: "Over time", text: true, hint: "sorted by the last size known", order: (object) => object.lastSize, cell: (object) => sparkline(object.sizes.map((size) => size.bytes)) },
    { title: "Largest", hint: "its largest deep size in any snapshot", order: (object) => object.largest, cell: (object) => bytesValue(object.largest) },
    { title: "Last", hint: "its deep size when it was listed last", order: (object) => object.lastSize, cell: (object) => bytesValue(object.lastSize) },
    { title: "Flat", order: (object) => object.flat, cell: (object) => bytesValue(object.flat) },
    { title: "Born", unit: "since start", order: (object) => object.birth, cell: (object) => elapsedText(object.birth) },
    { title: "State", text: true, order: (object) => (object.alive ? 0 : object.deadBy !== null ? 1 : 2), cell: (object) => fate(report, object) },
    { title: "Made at", text: true, order: (object) => object.site ?? "", cell: (object) => (object.site === null ? ABSENT : make("code", make("bdi", object.site))) },
  ];
  const list = table({
    name: "Largest objects", columns, rows, sorted: 2, what: ["object", "objects"], first: 20,
    search: (object) => `#${object.serial} ${object.repr ?? ""} ${object.site ?? ""}`,
    open: (object, line) => openObject(report, object, line, columns.length),
  });
  const cut = leftOut ? ` Only the ${countText(rows.length)} largest of those that had rows of their own are here; the others are folded away.` : "";
  return make("section", title, note(`By their largest deep size in any snapshot; open one for its sizes, parts and trace.${cut}`), list.element);
}

function objectCell(object) {
  return make("span", make("code", `#${countText(object.serial).replaceAll(",", "")}`), " ", object.repr !== null && nameOf(object.repr));
}

function fate(report, object) {
  if (object.alive) return "alive";
  if (object.deadBy === null) return make("span", { title: "The last snapshot does not list it, and none found it dead: it may only be counted." }, "not listed");
  const found = report.snapshots.byIndex.get(object.deadBy);
  return make("span", { title: `found dead by ${at(report, object.deadBy)}` }, found ? `dead by ${elapsedText(found.elapsed)}` : "dead");
}

function openObject(report, object, line, width) {
  const opened = line.nextElementSibling;
  if (opened?.classList.contains("opened")) {
    opened.remove();
    line.setAttribute("aria-expanded", "false");
    return;
  }
  line.setAttribute("aria-expanded", "true");
  const sizes = object.sizes.map((size, place) => make("tr",
    make("td.text", at(report, size.snapshot)),
    make("td", bytesValue(size.bytes), size.unread && make("span.tag.warn", "unread")),
    make("td", place > 0 ? bytesChange(size.bytes - object.sizes[place - 1].bytes) : ABSENT)));
  const missing = [
    !object.fromTheStart && "Its earlier sizes are not kept: it was not among the largest then.",
    object.stride > 1 && `Sizes of ${everyText(object.stride)} snapshot, and the last.`,
  ].filter(Boolean).join(" ");
  const content = make("div.object",
    object.repr !== null && make("p", make("bdi.repr", object.repr)),
    make("div", make("h4", "Sizes"), missing && note(missing), make("table", make("thead", make("tr", make("th.text", "Snapshot"), make("th", "Bytes"), make("th", "Change"))), make("tbody", sizes))),
    object.referents.total > 0 && make("div", make("h4", "Parts, when it was last read"), partsTable(object.referents, object.referents.shown.filter((part) => part.level === 1).reduce((sum, part) => sum + part.bytes, 0))),
    object.trace && make("div", make("h4", "Calls that made it"), traceList(object.trace)));
  line.after(make("tr.opened", make("td", { colSpan: width }, content)));
}

function oldestObjects(report, row, detail) {
  if (detail.oldest.length === 0) return null;
  const then = report.snapshots.byIndex.get(detail.snapshot)?.elapsed;
  const columns = [
    { title: "Object", text: true, order: (object) => object.serial, cell: objectCell },
    { title: "Age", hint: "in that snapshot", order: (object) => then - object.birth, cell: (object) => durationText(object.birth === null ? NaN : then - object.birth) },
    { title: "Born", unit: "since start", order: (object) => object.birth, cell: (object) => elapsedText(object.birth) },
    { title: "Flat", order: (object) => object.flat, cell: (object) => bytesValue(object.flat) },
    { title: "Made at", text: true, order: (object) => object.site ?? "", cell: (object) => placeOf(object) },
  ];
  const list = table({ name: "Oldest objects", columns, rows: detail.oldest, sorted: 1, what: ["object", "objects"], first: 20 });
  return make("section", make("h3", "Oldest objects"), note(`Of those alive in ${at(report, detail.snapshot)}.`), list.element);
}

function durations(report, { detail, lifetimes }) {
  const ages = detail?.ages;
  if (!ages && !lifetimes) return null;
  return make("section.pair",
    ages && make("div", make("h3", "Ages"), note(`Of the live objects, in ${at(report, detail.snapshot)}.`), histogram(ages)),
    lifetimes && make("div", make("h3", "Lifetimes"), note("Of all objects that have died so far."), histogram(lifetimes)));
}

function histogram(classes) {
  const whole = classes.reduce((sum, one) => sum + one.count, 0);
  if (whole === 0) return empty("None.");
  const largest = Math.max(...classes.map((one) => one.count));
  const first = classes.findIndex((one) => one.count > 0);
  const rows = classes.slice(first).map((one, place) => {
    const next = classes[first + place + 1];
    const span = `${durationText(one.from)} – ${durationText(next ? next.from : Math.max(one.from * 2, 1 / 1024))}`;
    return make("tr", make("td", span), make("td.wide", bar(one.count, largest, "var(--series-4)")), make("td", countValue(one.count)), make("td", percentText(one.count, whole)));
  });
  const heads = make("tr", make("th", "From – below"), make("th"), make("th", "Objects"), make("th", "Share"));
  return make("div.scroll", make("table.shares", make("thead", heads), make("tbody", rows)));
}
