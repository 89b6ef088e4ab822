// Numbers as text. What is absent is a dash, never 0.

const ABSENT = "–";
/** What the report holds of a number that is larger. */
const LARGEST = 2 ** 52 - 1;
const UNITS = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

const known = (value) => value !== null && value !== undefined && !Number.isNaN(value);
const atLeast = (value) => (Math.abs(value) >= LARGEST ? "≥ " : "");

function countText(value) {
  return known(value) ? atLeast(value) + grouped.format(value).replace("-", "−") : ABSENT;
}

function bytesText(value, decimals = 1) {
  if (!known(value)) return ABSENT;
  const sign = value < 0 ? "−" : "";
  let size = Math.abs(value);
  if (size < 1024) return `${sign}${Math.round(size)} B`;
  let unit = -1;
  // What is shown decides: 1023.99 KiB reads "1.0 MiB".
  while (unit < 0 || (Number(size.toFixed(decimals)) >= 1024 && unit + 1 < UNITS.length)) {
    size /= 1024;
    unit += 1;
  }
  return `${atLeast(value)}${sign}${size.toFixed(decimals)} ${UNITS[unit]}`;
}

const exactBytes = (value) => (known(value) ? `${countText(value)} B` : "not known");

/** A difference, with its sign. */
function signed(text, value) {
  return known(value) && value > 0 ? `+${text(value)}` : text(value);
}

/** A share of a whole. More than nothing never reads as nothing. */
function percentText(part, whole) {
  if (!known(part) || !known(whole) || whole <= 0) return ABSENT;
  const percent = (part / whole) * 100;
  return percent > 0 && percent < 0.1 ? "<0.1 %" : `${percent.toFixed(1)} %`;
}

/** A length of time, given in seconds. */
function durationText(seconds) {
  if (!known(seconds)) return ABSENT;
  if (seconds === 0) return "0 s";
  if (seconds < 0.001) return `${Math.round(seconds * 1e6)} µs`;
  if (seconds < 1) return `${trimmed(seconds * 1000)} ms`;
  if (seconds < 120) return `${trimmed(seconds)} s`;
  if (seconds < 7200) return `${trimmed(seconds / 60)} min`;
  if (seconds < 172800) return `${trimmed(seconds / 3600)} h`;
  return `${trimmed(seconds / 86400)} d`;
}

const trimmed = (value) => String(Number(value.toPrecision(3)));

/** A moment, as seconds since the session's start, to the millisecond. */
const elapsedText = (seconds) => (known(seconds) ? `${seconds.toFixed(3)} s` : ABSENT);

const timeText = (millis) => `${new Date(millis).toISOString().replace("T", " ").slice(0, 19)} UTC`;

const plural = (number, one, many) => `${countText(number)} ${number === 1 ? one : many}`;

/** Every second, every 4th, every 21st. */
function everyText(stride) {
  if (stride === 2) return "every second";
  const ending = stride % 100 >= 11 && stride % 100 <= 13 ? "th" : { 1: "st", 2: "nd", 3: "rd" }[stride % 10] ?? "th";
  return `every ${countText(stride)}${ending}`;
}
