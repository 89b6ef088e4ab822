// Puts the page together, and keeps what all sections share: the chosen snapshot, the theme, which page is shown.

function selectionOf({ series, snapshots }) {
  const followers = [];
  const selection = {
    at: series.points.length - 1,
    follow: (tell) => followers.push(tell),
    choose(place) {
      selection.at = place;
      followers.forEach((tell) => tell(place));
    },
    step: (by) => selection.choose(Math.min(Math.max(selection.at + by, 0), series.points.length - 1)),
    /** The nearest of the snapshots that have curves. */
    chooseSnapshot(index) {
      const distance = (point) => Math.abs(point.index - index);
      const nearest = series.points.reduce((best, point, place) => (distance(point) < distance(series.points[best]) ? place : best), 0);
      selection.choose(nearest);
    },
  };
  return selection;
}

function showPage(report) {
  const [, id] = location.hash.match(/^#class\/(\d+)$/) ?? [];
  const [main, page] = [byId("report"), byId("class")];
  for (const old of [...charts].filter((one) => page.contains(one.element))) old.destroy();
  page.replaceChildren();
  if (id !== undefined) {
    if (!main.hidden) main.dataset.scroll = String(scrollY);
    page.append(classPage(report, Number(id)));
    [main.hidden, page.hidden] = [true, false];
    scrollTo(0, 0);
    page.querySelector(".class-title")?.focus({ preventScroll: true });
  } else {
    const back = main.hidden;
    [main.hidden, page.hidden] = [false, true];
    // "All classes" leads to where the reader came from; the list of sections to a section.
    const target = location.hash === "#classes" ? null : byId(location.hash.slice(1));
    if (back && target) target.scrollIntoView();
    else if (back) scrollTo(0, Number(main.dataset.scroll ?? 0));
  }
}

/** What the reader chose lasts, where the browser lets a file remember something. */
const THEMES = ["auto", "light", "dark"];

function themeSwitch() {
  const button = byId("theme");
  let theme = "auto";
  try { theme = localStorage.getItem("classtracker-theme") ?? "auto"; } catch { /* not allowed to */ }
  const apply = (next) => {
    theme = THEMES.includes(next) ? next : "auto";
    document.documentElement.dataset.theme = theme;
    button.textContent = { auto: "◐ Auto", light: "☀ Light", dark: "☾ Dark" }[theme];
    charts.forEach((one) => one.draw());
  };
  button.addEventListener("click", () => {
    apply(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]);
    try { localStorage.setItem("classtracker-theme", theme); } catch { /* not allowed to */ }
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => apply(theme));
  // Paper is white.
  addEventListener("beforeprint", () => { document.documentElement.dataset.theme = "light"; charts.forEach((one) => one.draw()); });
  addEventListener("afterprint", () => apply(theme));
  apply(theme);
}

function searchByKey(event) {
  const writing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey) {
    const page = byId("report").hidden ? byId("class") : byId("classes");
    const field = page?.querySelector("input.search");
    if (field) {
      event.preventDefault();
      field.focus();
      field.select();
    }
  } else if (event.key === "Escape" && writing) {
    event.target.blur();
  } else if (event.key === "Escape" && !byId("class").hidden) {
    location.hash = "classes";
  }
}

async function start() {
  themeSwitch();
  const report = await openReport();
  header(report);
  const sections = [overview(report)];
  if (report.snapshots.last) {
    const selection = selectionOf(report);
    sections.push(
      ...classCharts(report, selection),
      processChart(report, selection),
      shares(report, selection),
      classTable(report),
      growth(report),
      difference(report, selection),
      census(report),
      snapshotList(report, selection));
  }
  const shown = sections.filter(Boolean);
  byId("report").replaceChildren(...shown);
  byId("contents").replaceChildren(...shown.map((one) => make("a", { href: `#${one.id}` }, one.dataset.short)));
  addEventListener("hashchange", () => showPage(report));
  document.addEventListener("keydown", searchByKey);
  showPage(report);
  requestAnimationFrame(() => requestAnimationFrame(() => {
    document.documentElement.dataset.ready = String(Math.round(performance.now()));
  }));
}

start().catch((error) => {
  const old = typeof DecompressionStream === "undefined";
  const why = old ? "This browser is too old to open the report: it needs one of 2023 or later." : `The report could not be opened: ${error.message}`;
  byId("report").replaceChildren(empty(why));
  document.documentElement.dataset.failed = String(error.stack ?? error);
});
