// What changed from one snapshot to another, by class.

function difference(report, selection) {
  const { series, classes } = report;
  const { points } = series;
  if (points.length < 2) {
    return section("diff", "Difference", "Difference between two snapshots", empty("There are not two snapshots to compare. Take another, then make the report again."));
  }
  const state = { a: 0, b: points.length - 1 };
  const options = points.map((point, at) => [at, momentText(point)]);
  const from = selectOf("From", options, state.a, (at) => { state.a = at; show(); });
  const to = selectOf("to", options, state.b, (at) => { state.b = at; show(); });
  const swap = make("button", { type: "button", title: "Swap the two", onclick: () => {
    [state.a, state.b] = [state.b, state.a];
    [from.select.value, to.select.value] = [String(state.a), String(state.b)];
    show();
  } }, "⇄");
  const sums = make("p.sums");

  function change(cells, row) {
    const [a, b] = [state.a, state.b];
    const was = (column, at) => (known(column[at]) ? column[at] : 0);
    const made = cells.created[b] - cells.created[a];
    const live = was(cells.live, b) - was(cells.live, a);
    const byValue = row ? row.byValue : false;
    return {
      row,
      name: row ? row.name : "other classes",
      before: known(cells.live[a]) ? cells.bytes[a] : NaN,
      after: known(cells.live[b]) ? cells.bytes[b] : NaN,
      bytes: byValue ? NaN : was(cells.bytes, b) - was(cells.bytes, a),
      liveBefore: cells.live[a],
      liveAfter: cells.live[b],
      live,
      made: b >= a && known(cells.live[b]) ? made : NaN,
      died: b >= a && known(cells.live[b]) ? Math.max(made - live, 0) : NaN,
      came: !known(cells.live[a]) && known(cells.live[b]),
      went: known(cells.live[a]) && !known(cells.live[b]),
    };
  }

  function changes() {
    const rows = series.single.map((cells, id) => change(cells, classes.rows[id]));
    if (series.single.length < classes.count) rows.push(change(series.others, null));
    return rows.filter((one) => known(one.liveBefore) || known(one.liveAfter));
  }

  function show() {
    list.setRows(changes());
    const [a, b] = [points[state.a], points[state.b]];
    const pair = (text, was, is, change) => make("span", text, was, " → ", is, " (", change, ")");
    sums.replaceChildren(...[
      pair("Tracked memory ", bytesValue(a.tracked), bytesValue(b.tracked), bytesChange(b.tracked - a.tracked)),
      pair("live objects ", countValue(a.live), countValue(b.live), countChange(b.live - a.live)),
      known(a.resident) && known(b.resident) && pair("resident ", bytesValue(a.resident), bytesValue(b.resident), bytesChange(b.resident - a.resident)),
    ].filter(Boolean));
  }

  const columns = [
    { title: "Class", text: true, order: (one) => one.name.toLowerCase(), cell: (one) => make("span", one.row ? classLink(one.row) : "other classes", one.row?.byValue && byValueTag(), one.came && make("span.tag", "came"), one.went && make("span.tag", "went")) },
    { title: "Bytes before", order: (one) => one.before, cell: (one) => bytesValue(one.before) },
    { title: "after", order: (one) => one.after, cell: (one) => bytesValue(one.after) },
    { title: "Change", unit: "bytes", hint: "sorted by size, whichever way it goes", order: (one) => Math.abs(one.bytes), cell: (one) => bytesChange(one.bytes) },
    { title: "Live before", order: (one) => one.liveBefore, cell: (one) => countValue(one.liveBefore) },
    { title: "after", order: (one) => one.liveAfter, cell: (one) => countValue(one.liveAfter) },
    { title: "Change", unit: "objects", hint: "sorted by size, whichever way it goes", order: (one) => Math.abs(one.live), cell: (one) => countChange(one.live) },
    { title: "Made", hint: "objects made between the two, dead or alive", order: (one) => one.made, cell: (one) => countValue(one.made) },
    { title: "Died", hint: "objects that died between the two: those made, less the change in live objects", order: (one) => one.died, cell: (one) => countValue(one.died) },
  ];
  const list = table({
    name: "Difference", columns, rows: [], sorted: 3, what: ["class", "classes"], search: (one) => one.row?.fullName ?? one.name,
    open: (one) => { if (one.row) location.hash = `class/${one.row.id}`; }, first: 20,
  });
  show();
  const here = make("button", { type: "button", onclick: () => { state.b = selection.at; to.select.value = String(state.b); show(); } }, "to the chosen snapshot");
  return section("diff", "Difference", "Difference between two snapshots", make("div.tools", from.label, swap, to.label, here), sums, list.element);
}
