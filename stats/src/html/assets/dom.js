// Elements. Text from the snapshots only ever becomes text nodes and attributes that hold text, never markup.

/** `make("p.note", "text", child, …)`; properties as an object come first. */
function make(kind, ...content) {
  const [name, ...classes] = kind.split(".");
  const element = document.createElement(name);
  if (classes.length > 0) element.className = classes.join(" ");
  for (const part of content.flat()) {
    if (part === null || part === undefined || part === false) continue;
    if (typeof part === "object" && !(part instanceof Node)) assign(element, part);
    else element.append(part);
  }
  return element;
}

function assign(element, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name.startsWith("aria-") || name === "role" || name === "for") element.setAttribute(name, value);
    else element[name] = value;
  }
}

const byId = (id) => document.getElementById(id);

/** A name from the program, kept apart from the direction of the text around it. */
function nameOf(text, full = text) {
  return make("bdi.name", { title: full }, text);
}

/** A number whose exact value is shown when pointed at. */
function value(text, exact, raw) {
  return make("span.value", { title: exact, data: known(raw) ? { value: raw } : {} }, text);
}

const bytesValue = (bytes) => value(bytesText(bytes), exactBytes(bytes), bytes);
const countValue = (count) => value(countText(count), "", count);

function changeValue(text, change, exact) {
  const element = value(signed(text, change), exact, change);
  if (known(change) && change !== 0) element.classList.add(change > 0 ? "rise" : "fall");
  return element;
}

const bytesChange = (change) => changeValue(bytesText, change, known(change) ? signed(exactBytes, change) : "not known");
const countChange = (change) => changeValue(countText, change, "");

/** A section of the page with its heading, and what the list of sections calls it. */
function section(id, short, title, ...content) {
  return make("section", { id, data: { short } }, make("h2", title), content);
}

const note = (...content) => make("p.note", content);
const empty = (...content) => make("p.empty", content);

/** A bar that is so much of a whole. */
function bar(part, whole, color) {
  const fill = make("span.fill");
  fill.style.width = `${whole > 0 && known(part) ? Math.max((part / whole) * 100, 0) : 0}%`;
  if (color) fill.style.background = color;
  return make("span.bar", { "aria-hidden": "true" }, fill);
}

/** Buttons of which one is chosen. */
function choice(label, options, chosen, choose) {
  const buttons = options.map(([key, text]) => make("button", {
    type: "button",
    "aria-pressed": String(key === chosen),
    data: { key },
    onclick: () => {
      for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.key === key));
      choose(key);
    },
  }, text));
  return make("span.choice", { role: "group", "aria-label": label }, buttons);
}

function selectOf(label, options, chosen, choose) {
  const select = make("select", { onchange: () => choose(Number(select.value)) });
  for (const [key, text] of options) select.append(make("option", { value: key, selected: key === chosen }, text));
  return { label: make("label.field", make("span", label), select), select };
}

/** A small curve without axes. */
function sparkline(values) {
  const [width, height] = [96, 20];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("class", "sparkline");
  svg.setAttribute("aria-hidden", "true");
  const step = Math.max(1, Math.ceil(values.length / 64));
  const shown = Array.from(values).filter((_, at) => at % step === 0 || at === values.length - 1);
  const top = Math.max(...shown.filter(known), 1);
  const place = (size, at) => {
    const x = shown.length > 1 ? (at / (shown.length - 1)) * (width - 2) + 1 : width / 2;
    return `${x.toFixed(1)},${(height - 2 - (size / top) * (height - 4)).toFixed(1)}`;
  };
  const pieces = [[]];
  shown.forEach((size, at) => (known(size) ? pieces.at(-1).push(place(size, at)) : pieces.push([])));
  for (const piece of pieces.filter((points) => points.length > 0)) {
    const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
    line.setAttribute("points", piece.length > 1 ? piece.join(" ") : `${piece[0]} ${piece[0]}`);
    svg.append(line);
  }
  return svg;
}
