// Which classes grow, as the statistics say.

const SAYS = {
  growing: "it rises, and still does",
  plateaued: "it rose, and does so no more",
  steady: "it neither rises nor falls, though it may go up and down",
  shrinking: "it falls",
  "too few": "there are too few snapshots to tell growth from chance",
};

const verdictTag = (verdict) => make(`span.verdict.${verdict.replace(" ", "-")}`, { title: SAYS[verdict] }, verdict);

function growth(report) {
  const { growth: answer } = report;
  if (answer.inAll === 0) return null;
  const counts = VERDICTS.map((verdict, place) => answer.counts[place] > 0 && make("span.count", verdictTag(verdict), " ", countText(answer.counts[place])));
  const slope = (trend, way) => (trend ? trend[way] : NaN);
  const way = answer.rows.some((row) => known(row.objects.perHour)) ? "perHour" : "perSnapshot";
  const each = way === "perHour" ? "an hour" : "a snapshot";
  const main = (row) => row.bytes ?? row.objects;
  const rising = (trend) => (trend ? percentText(trend.rising, 1) : ABSENT);
  const columns = [
    { title: "Class", text: true, order: (row) => row.class.name.toLowerCase(), cell: (row) => make("span", classLink(row.class), row.class.byValue && byValueTag()) },
    { title: "Verdict", text: true, order: (row) => VERDICTS.indexOf(row.verdict), cell: (row) => make("span", verdictTag(row.verdict), row.bytes && row.bytes.verdict !== row.verdict && make("small.soft", " its objects")) },
    { title: "Bytes", unit: each, hint: "the median slope between any two snapshots after the warm-up", order: (row) => slope(row.bytes, way), cell: (row) => bytesChange(Math.round(slope(row.bytes, way))) },
    { title: "Rising", unit: "of pairs", hint: "of all pairs of snapshots after the warm-up, those whose later one has more bytes", order: (row) => slope(row.bytes, "rising"), cell: (row) => rising(row.bytes) },
    { title: "Objects", unit: each, hint: "the median slope between any two snapshots after the warm-up", order: (row) => slope(row.objects, way), cell: (row) => changeValue(fractionText, slope(row.objects, way), "") },
    { title: "Rising", unit: "of pairs", hint: "of all pairs of snapshots after the warm-up, those whose later one has more objects", order: (row) => row.objects.rising, cell: (row) => rising(row.objects) },
    { title: "Confidence", hint: "how sure it is that it rises, or falls, rather than goes up and down by chance: 1 for certain, 0.5 for no idea", order: (row) => main(row).confidence, cell: (row) => (known(main(row).confidence) ? confidenceText(main(row).confidence) : ABSENT) },
    { title: "First", hint: "bytes in the first snapshot that has the class", order: (row) => row.bytes?.first ?? NaN, cell: (row) => bytesValue(row.bytes?.first) },
    { title: "Last", hint: "bytes in the last snapshot that has the class", order: (row) => row.bytes?.last ?? NaN, cell: (row) => bytesValue(row.bytes?.last) },
    { title: "Left out", unit: "as warm-up", hint: "the first snapshots of the class: the others lie closest to a line", order: (row) => main(row).warmUp, cell: (row) => `${countText(main(row).warmUp)} of ${countText(main(row).snapshots)}` },
  ];
  const list = table({
    name: "Growth", columns, rows: answer.rows, sorted: 1, rising: true, what: ["class", "classes"], first: 20,
    search: (row) => `${row.class.fullName} ${row.verdict}`,
    open: (row) => { location.hash = `class/${row.class.id}`; },
  });
  const said = [
    `Over all ${plural(answer.snapshots, "snapshot", "snapshots")}; the trend is the median of the slopes between all pairs of them (Theil–Sen), with the warm-up left out.`,
    answer.averaged > 1 && `Each ${countText(answer.averaged)} in a row were taken as one, by their average.`,
    answer.counts[4] > 0 && `At least ${answer.least} snapshots after the warm-up are needed.`,
    answer.rows.length < answer.inAll && `${countText(answer.rows.length)} of ${countText(answer.inAll)} classes are listed, growing ones first.`,
  ].filter(Boolean).join(" ");
  return section("growth", "Growth", "Which classes grow", make("p.counts", counts), note(said), list.element);
}

function fractionText(number) {
  if (!known(number)) return ABSENT;
  return (Math.abs(number) >= 100 ? countText(Math.round(number)) : String(Math.round(number * 100) / 100)).replace("-", "−");
}

const confidenceText = (confidence) => (confidence > 0.9995 && confidence < 1 ? ">0.999" : confidence.toFixed(3));
