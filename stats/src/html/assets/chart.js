// Curves over the snapshots, drawn by uPlot, with a legend of our own.

const charts = new Set();
const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const seriesColor = (slot) => style(slot < 0 ? "--series-other" : `--series-${slot}`);

/**
 * `x`: seconds, rising. `series`: `{ name, full, slot (its colour, -1 for grey), values, hidden, dash }`. `text`: a number as
 * text. `stacked`: each curve stands on those before it. `at`: the place in `x` that is chosen; `pick`: what a click on one does.
 * Gives `{ element, choose, destroy }`.
 */
function chart({ name, x, series, text, exact = text, stacked = false, at, pick, moments, toggled }) {
  const view = make("div.plot", { tabIndex: 0, role: "img", "aria-label": `${name}, over ${plural(x.length, "snapshot", "snapshots")}${pick ? "; the arrow keys choose one" : ""}` });
  const items = series.map((one, place) => legendItem(one, () => toggle(place)));
  const when = make("span.when");
  const element = make("figure.chart", view, make("figcaption.legend", when, items.map((item) => item.element)));
  const state = { at, hover: null, plot: null, width: 0 };

  function toggle(place) {
    series[place].hidden = !series[place].hidden;
    items[place].element.setAttribute("aria-pressed", String(!series[place].hidden));
    toggled?.(series[place]);
    draw();
  }

  function showValues() {
    const place = state.hover ?? state.at;
    when.textContent = place === null || place === undefined ? "" : moments(place);
    series.forEach((one, row) => items[row].show(place === null || place === undefined ? NaN : one.values[place]));
  }

  function draw() {
    state.plot?.destroy();
    const width = view.clientWidth;
    if (width === 0) return;
    state.width = width;
    const shown = series.filter((one) => !one.hidden);
    const { data, bands } = stacked ? stack(shown, x.length) : { data: shown.map((one) => gaps(one.values)), bands: [] };
    const options = {
      width,
      height: Math.round(Math.min(340, Math.max(220, width * 0.36))),
      legend: { show: false },
      padding: [12, 12, 0, 0],
      cursor: { y: false, drag: { x: true, y: false, uni: 20 }, points: { size: 7 }, sync: { key: "snapshots", setSeries: false } },
      scales: { x: { time: false, range: xRange }, y: { range: (_, low, high) => [Math.min(low ?? 0, 0), (high || 1) * 1.05] } },
      axes: axes(text),
      series: [{}, ...shown.map((one) => line(one, stacked, x.length))],
      bands,
      hooks: { setCursor: [moved], draw: [markChosen] },
    };
    state.plot = new uPlot(options, [x, ...data], view);
    state.plot.over.addEventListener("mousedown", (event) => { state.down = event.clientX; });
    state.plot.over.addEventListener("mouseup", (event) => {
      const still = Math.abs(event.clientX - state.down) < 4;
      const from = state.plot.over.getBoundingClientRect().left;
      if (still && pick) pick(state.plot.posToIdx(event.clientX - from));
    });
  }

  function moved(plot) {
    state.hover = plot.cursor.left >= 0 ? plot.cursor.idx : null;
    showValues();
  }

  function markChosen(plot) {
    if (state.at === null || state.at === undefined || !pick) return;
    const place = Math.round(plot.valToPos(x[state.at], "x", true));
    const { left, top, width, height } = plot.bbox;
    if (place < left || place > left + width) return;
    plot.ctx.save();
    plot.ctx.strokeStyle = style("--ink");
    plot.ctx.lineWidth = devicePixelRatio;
    plot.ctx.beginPath();
    plot.ctx.moveTo(place, top);
    plot.ctx.lineTo(place, top + height);
    plot.ctx.stroke();
    plot.ctx.restore();
  }

  view.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined || !pick) return;
    event.preventDefault();
    pick(Math.min(Math.max((state.at ?? 0) + step, 0), x.length - 1));
  });
  const observer = new ResizeObserver(() => { if (view.clientWidth !== state.width) draw(); });
  observer.observe(view);
  const self = {
    element,
    draw,
    choose(place) { state.at = place; state.plot?.redraw(false); showValues(); },
    destroy() { observer.disconnect(); state.plot?.destroy(); charts.delete(self); },
  };
  charts.add(self);
  showValues();
  return self;

  function legendItem(one, toggleIt) {
    const swatch = make("span.swatch");
    swatch.style.background = `var(${one.slot < 0 ? "--series-other" : `--series-${one.slot}`})`;
    const number = make("span.value");
    const item = make("button.series", {
      type: "button",
      "aria-pressed": String(!one.hidden),
      title: `${one.full ?? one.name}: show or hide`,
      onclick: toggleIt,
    }, swatch, make("bdi.name", one.name), number);
    const show = (now) => {
      number.textContent = text(now);
      number.title = exact(now);
      number.dataset.value = known(now) ? now : "";
    };
    return { element: item, show };
  }
}

const gaps = (values) => Array.from(values, (value) => (known(value) ? value : null));

/** Each on top of those before; the last is drawn first. */
function stack(series, length) {
  const sum = new Float64Array(length);
  const data = series.map((one) => {
    for (let at = 0; at < length; at += 1) sum[at] += known(one.values[at]) ? one.values[at] : 0;
    return Array.from(sum);
  });
  const bands = series.slice(1).map((_, place) => ({ series: [place + 2, place + 1] }));
  return { data, bands };
}

function line(one, filled, length) {
  const color = seriesColor(one.slot);
  return {
    stroke: color,
    width: filled ? 1 : 1.75,
    fill: filled ? `${color}${style("--fill-alpha")}` : undefined,
    dash: one.dash,
    // A few snapshots show that they are few.
    points: { show: length <= 30, size: length === 1 ? 9 : 5, fill: color },
  };
}

/** Of a single moment, some time around it. */
function xRange(_, low, high) {
  if (!known(low)) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

function axes(text) {
  const common = {
    stroke: style("--ink-soft"),
    grid: { stroke: style("--rule"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  const numbers = text === bytesText ? { splits: byteSplits } : {};
  return [
    { ...common, values: (_, splits) => timesText(splits), splits: timeSplits, size: 32 },
    { ...common, values: (_, splits) => splits.map((split) => text(split)), size: 74, ...numbers },
  ];
}

const STEPS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400];

/** Round times, in whichever unit they are shown. */
function timeSplits(plot, axis, low, high) {
  const room = Math.max(2, Math.floor(plot.bbox.width / devicePixelRatio / 80));
  const rough = (high - low) / room;
  const decimal = 10 ** Math.ceil(Math.log10(rough));
  const days = 86400 * Math.ceil(rough / 86400);
  const step = rough <= 1 ? [decimal / 5, decimal / 2, decimal].find((one) => one >= rough) : STEPS.find((one) => one >= rough) ?? days;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.min(Math.floor(high / step) - first + 1, 100) }, (_, at) => (first + at) * step);
}

/** All in one unit: that in which the longest is not too large a number. */
function timesText(splits) {
  const longest = Math.max(...splits.map(Math.abs), 0);
  const [unit, name] = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"], [1e-3, "ms"]].find(([one]) => longest >= 3 * one) ?? [1e-6, "µs"];
  const step = splits.length > 1 ? (splits[1] - splits[0]) / unit : 1;
  const decimals = Math.min(Math.max(Math.ceil(-Math.log10(step) - 1e-9), 0), 9);
  return splits.map((seconds) => `${(seconds / unit).toFixed(decimals)} ${name}`);
}

/** Round numbers in units of 1024. */
function byteSplits(plot, axis, low, high) {
  const room = Math.max(2, Math.floor(plot.bbox.height / devicePixelRatio / 36));
  const rough = Math.max((high - low) / room, 1);
  const unit = 1024 ** Math.floor(Math.log(rough) / Math.log(1024));
  const step = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024].find((factor) => factor * unit >= rough) * unit;
  const splits = [];
  for (let split = Math.ceil(low / step) * step; split <= high; split += step) splits.push(split);
  return splits;
}
