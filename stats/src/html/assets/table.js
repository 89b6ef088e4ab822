// Tables that are sorted by a click, searched while one types, and walked through with the arrow keys.

const PAGE = 50;

/**
 * `columns`: `{ title, unit, hint, text (not a number), order (what a row is sorted by), cell (what it shows) }`.
 * `search`: what of a row is searched, if it can be. `open`: what Enter or a click on a row does.
 * `sorted`: the column that it is sorted by at first, `rising` or not.
 */
function table({ name, columns, rows, sorted = 0, rising = false, search, open, what, first = PAGE }) {
  const state = { column: sorted, rising, text: "", shown: first, rows };
  const body = make("tbody");
  const status = make("span.status", { role: "status" });
  const more = make("button.more", { type: "button", onclick: () => { state.shown += 200; render(); } });
  const heads = columns.map((column, at) => head(column, () => sortBy(at)));
  const field = search && make("input.search", {
    type: "search",
    placeholder: `Search ${what[1]}  ( / )`,
    "aria-label": `Search ${what[1]}`,
    oninput: () => { [state.text, state.shown] = [field.value, first]; render(); },
  });
  const grid = make("table", { "aria-label": name }, make("thead", make("tr", heads)), body);
  body.addEventListener("keydown", (event) => walk(event, body, open));

  function sortBy(at) {
    state.rising = state.column === at ? !state.rising : Boolean(columns[at].text);
    state.column = at;
    render();
  }

  function render() {
    const words = state.text.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = (row) => words.every((word) => search(row).toLowerCase().includes(word));
    const found = words.length > 0 ? state.rows.filter(wanted) : [...state.rows];
    found.sort(comparison(columns[state.column].order, state.rising));
    const shown = found.slice(0, state.shown);
    body.replaceChildren(...shown.map((row, at) => rowOf(row, at)));
    if (found.length === 0) body.append(nothing(words.length > 0));
    heads.forEach((cell, at) => mark(cell, at === state.column, state.rising));
    const all = plural(state.rows.length, ...what);
    const matching = words.length > 0 ? `${countText(found.length)} of ${all} match` : all;
    status.textContent = shown.length < found.length ? `${matching}, ${countText(shown.length)} shown` : matching;
    more.hidden = shown.length === found.length;
    more.textContent = `Show ${countText(Math.min(200, found.length - shown.length))} more`;
  }

  function rowOf(row, at) {
    const cells = columns.map((column) => make(column.text ? "td.text" : "td", column.cell(row)));
    const element = make("tr", cells);
    if (open) {
      element.classList.add("opens");
      element.tabIndex = at === 0 ? 0 : -1;
      element.addEventListener("click", () => open(row, element));
      element.openRow = () => open(row, element);
    }
    return element;
  }

  const nothing = (searched) =>
    make("tr", make("td.empty", { colSpan: columns.length }, searched ? "Nothing matches." : `No ${what[1]}.`));

  render();
  return {
    element: make("div.table", make("div.tools", field, status), make("div.scroll", grid), more),
    setRows(next) { state.rows = next; render(); },
  };
}

function head(column, sort) {
  const button = make("button", { type: "button", title: column.hint ?? "", onclick: sort }, column.title);
  if (column.unit) button.append(" ", make("small", column.unit));
  return make(column.text ? "th.text" : "th", { scope: "col" }, button);
}

function mark(cell, chosen, rising) {
  if (chosen) cell.setAttribute("aria-sort", rising ? "ascending" : "descending");
  else cell.removeAttribute("aria-sort");
}

/** What is absent comes last, either way. */
function comparison(order, rising) {
  return (one, other) => {
    const [a, b] = [order(one), order(other)];
    if (known(a) !== known(b)) return known(a) ? -1 : 1;
    const way = a < b ? -1 : a > b ? 1 : 0;
    return rising ? way : -way;
  };
}

/** Arrow keys, Home and End move among the rows; Enter and the space bar open one. */
function walk(event, body, open) {
  const row = event.target.closest("tr");
  if (!open || event.target !== row) return;
  const rows = [...body.children].filter((other) => other.openRow);
  const at = rows.indexOf(row);
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: Math.min(at + 10, rows.length - 1),
    PageUp: Math.max(at - 10, 0),
    Home: 0,
    End: rows.length - 1,
  }[event.key];
  if (to !== undefined) {
    rows[to]?.focus();
    if (rows[to]) [row.tabIndex, rows[to].tabIndex] = [-1, 0];
  } else if (event.key === "Enter" || event.key === " ") {
    row.openRow();
  } else {
    return;
  }
  event.preventDefault();
}
