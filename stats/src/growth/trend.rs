//! From points to a slope and a verdict.

use super::series::{Measure, Point, Series};
use super::sums::{median, normal, spread};
use super::warm_up::warm_up;
use super::{Trend, Verdict};

/// How sure a trend must be. A program has many classes, and each is judged twice.
const CONFIDENCE: f64 = 0.999;

/// A rise this many times as large as the spread around it is a trend however much neighbours resemble each other.
const CLEAR: f64 = 3.0;

/// What rises has come to rest if the second half of its rise is slower than this part of the first.
const AT_REST: f64 = 0.4;

/// With fewer points, the spread of their second half may well be small by chance.
const FEW: usize = 20;

/// In fewer points, a few that lie close together by chance would look like a level.
const LEAST_IN_THIRD: usize = 8;

/// A rise of less than this share is none to speak of, once it has ended.
const LEAST_RISE: f64 = 0.05;

/// What all classes have in common.
pub(super) struct Axis {
    /// When each point was, in seconds.
    pub(super) times: Vec<f64>,
    /// How many snapshots make a point.
    pub(super) averaged: usize,
}

/// Growth is judged from snapshot to snapshot, not over time: a snapshot that was taken late, or two that were taken at once,
/// would weigh more than the others. Over time it is measured for who reads it.
pub(super) fn trend(series: &Series, measure: Measure, axis: &Axis) -> Trend {
    let all = series.points(measure, &axis.times);
    let left_out = warm_up(&all);
    let points = &all[left_out..];
    let snapshots = |points: &[Point]| points.iter().map(|point| point.snapshots).sum::<usize>();
    let line = Line::through(points);
    let pairs = Pairs::of(points);
    let enough = points.len() >= Trend::LEAST_SNAPSHOTS;
    let confidence = (enough && pairs.all > 0).then(|| confidence(points, line, &pairs));
    let verdict = match confidence {
        None => Verdict::TooFewSnapshots,
        Some(confidence) => verdict(&all, points, line, &pairs, confidence),
    };
    let share = |part: u64| (pairs.all > 0).then(|| part as f64 / pairs.all as f64);
    Trend {
        verdict,
        first: series.first[measure as usize],
        last: series.last[measure as usize],
        per_hour: per_second(points).map(|slope| slope * 3600.0),
        per_snapshot: (points.len() > 1).then(|| line.slope / axis.averaged as f64),
        snapshots: snapshots(&all),
        warm_up: snapshots(&all[..left_out]),
        rising: share(pairs.rising),
        falling: share(pairs.falling),
        confidence,
    }
}

/// The median slope over time; `None` if time does not go on from each point to the next.
fn per_second(points: &[Point]) -> Option<f64> {
    let on_time: Vec<Point> = points.iter().map(|point| Point { x: point.time, ..*point }).collect();
    let rises = on_time.len() > 1 && on_time.is_sorted_by(|before, after| before.x < after.x);
    rises.then(|| Line::through(&on_time).slope)
}

/// The line of Theil and Sen.
#[derive(Debug, Clone, Copy)]
struct Line {
    slope: f64,
    /// Where it stands at 0.
    start: f64,
}

impl Line {
    fn through(points: &[Point]) -> Self {
        // Most classes of most programs do not change at all.
        if let Some(first) = points.first().filter(|first| points.iter().all(|point| point.y == first.y)) {
            return Self { slope: 0.0, start: first.y };
        }
        let mut slopes = Vec::with_capacity(points.len() * points.len().saturating_sub(1) / 2);
        for (index, later) in points.iter().enumerate() {
            slopes.extend(points[..index].iter().map(|earlier| (later.y - earlier.y) / (later.x - earlier.x)));
        }
        let slope = median(&mut slopes);
        let start = median(&mut points.iter().map(|point| point.y - slope * point.x).collect::<Vec<_>>());
        Self { slope, start }
    }

    fn residuals(self, points: &[Point]) -> Vec<f64> {
        points.iter().map(|point| point.y - self.slope * point.x - self.start).collect()
    }

    /// By how much it rises over these points.
    fn rise(self, points: &[Point]) -> f64 {
        points.last().zip(points.first()).map_or(0.0, |(last, first)| self.slope * (last.x - first.x))
    }
}

/// The order of all pairs of points.
struct Pairs {
    all: u64,
    rising: u64,
    falling: u64,
}

impl Pairs {
    fn of(points: &[Point]) -> Self {
        let mut pairs = Self { all: 0, rising: 0, falling: 0 };
        for (index, later) in points.iter().enumerate() {
            for earlier in &points[..index] {
                pairs.all += 1;
                pairs.rising += u64::from(later.y > earlier.y);
                pairs.falling += u64::from(later.y < earlier.y);
            }
        }
        pairs
    }
}

/// How sure it is that the pairs are not ordered by chance.
fn confidence(points: &[Point], line: Line, pairs: &Pairs) -> f64 {
    if pairs.rising == pairs.all || pairs.falling == pairs.all {
        // One order of all that there are; the normal distribution is too coarse for few points.
        let orders: f64 = (1..=points.len()).map(|number| number as f64).product();
        return 1.0 - 1.0 / orders;
    }
    let n = points.len() as f64;
    let mut values: Vec<f64> = points.iter().map(|point| point.y).collect();
    values.sort_unstable_by(f64::total_cmp);
    let ties: f64 = values
        .chunk_by(|a, b| a == b)
        .map(|tied| tied.len() as f64)
        .map(|tied| tied * (tied - 1.0) * (2.0 * tied + 5.0))
        .sum();
    let variance = (n * (n - 1.0) * (2.0 * n + 5.0) - ties) / 18.0;
    if variance <= 0.0 {
        return 0.5;
    }
    let score = pairs.rising.abs_diff(pairs.falling).saturating_sub(1) as f64;
    let mut residuals = line.residuals(points);
    let inflated = variance * inflation(&residuals);
    let clear = line.rise(points).abs() >= CLEAR * spread(&mut residuals);
    normal(score / if clear { variance } else { inflated }.sqrt())
}

/// By how much the score varies more than that of independent points, since neighbours resemble each other.
fn inflation(residuals: &[f64]) -> f64 {
    let n = residuals.len() as f64;
    let mean = residuals.iter().sum::<f64>() / n;
    let squares: f64 = residuals.iter().map(|value| (value - mean).powi(2)).sum();
    if squares <= 0.0 {
        return 1.0;
    }
    let products: f64 = residuals.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean)).sum();
    // Of few points it comes out too small.
    let alike = (products / squares + 1.0 / n).clamp(0.0, 0.99);
    (1.0 + alike) / (1.0 - alike)
}

fn verdict(all: &[Point], points: &[Point], line: Line, pairs: &Pairs, confidence: f64) -> Verdict {
    let sure = confidence >= CONFIDENCE || (confidence >= 0.998 && pairs.rising.max(pairs.falling) == pairs.all);
    match pairs.rising.cmp(&pairs.falling) {
        std::cmp::Ordering::Greater if sure && !at_rest(points, line) => Verdict::Growing,
        std::cmp::Ordering::Less if sure && line.slope < 0.0 => Verdict::Shrinking,
        _ if rose(all, points) => Verdict::Plateaued,
        _ => Verdict::Steady,
    }
}

/// Whether the second half of the points rises much slower than the first, beyond what chance makes of it.
fn at_rest(points: &[Point], line: Line) -> bool {
    let (first, second) = points.split_at(points.len() / 2);
    if first.len() < 3 || line.slope <= 0.0 {
        return line.slope <= 0.0;
    }
    let [before, after] = [first, second].map(|half| (Line::through(half), half));
    let error = |(line, half): (Line, &[Point])| {
        let residuals = line.residuals(half);
        let n = residuals.len() as f64;
        let squares: f64 = residuals.iter().map(|residual| residual * residual).sum();
        let span = half[half.len() - 1].x - half[0].x;
        // The error of the slope of evenly spaced points.
        (squares / n).sqrt() * (12.0 / n).sqrt() / span
    };
    let [chance_before, chance_after] = [before, after].map(|half| 2.0 * error(half));
    after.0.slope + chance_before + chance_after < AT_REST * before.0.slope.max(line.slope)
        || after.0.slope + chance_after < AT_REST * line.slope
}

/// Whether what the last points have is clearly more than what the first had.
fn rose(all: &[Point], points: &[Point]) -> bool {
    let values = |points: &[Point]| points.iter().map(|point| point.y).collect::<Vec<_>>();
    let beginning = median(&mut values(&all[..(all.len() / 10).max(1)]));
    let clearly = |level: f64, noise: f64| level - beginning > noise && level - beginning > LEAST_RISE * level;
    let half = &points[points.len() / 2..];
    let few = if points.len() < FEW { 2.0 } else { 1.0 };
    if clearly(median(&mut values(half)), few * spread(&mut values(half))) {
        return true;
    }
    // A late step makes the half uneven. In a third of many points, most may lie behind it.
    let third = &points[points.len() - points.len() / 3..];
    let level = median(&mut values(third));
    let deviation = median(&mut third.iter().map(|point| (point.y - level).abs()).collect::<Vec<_>>());
    third.len() >= LEAST_IN_THIRD && clearly(level, CLEAR * deviation)
}
