//! The numbers of classes over the snapshots, in bounded memory.

/// At most so many points are kept of each class; an even number.
pub(super) const MOST_POINTS: usize = 128;

/// One class over the snapshots.
#[derive(Debug)]
pub(super) struct Series {
    /// The point that the first sum belongs to.
    start: usize,
    sums: Vec<Sum>,
    /// The last snapshot that was added, by number.
    last_added: Option<usize>,
    pub(super) by_value: bool,
    pub(super) first: [u64; 2],
    pub(super) last: [u64; 2],
}

/// Some snapshots added up.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    values: [f64; 2],
    snapshots: u32,
}

/// Which number of a class.
#[derive(Debug, Clone, Copy)]
pub(super) enum Measure {
    Live = 0,
    Bytes = 1,
}

/// The average of one number over some snapshots.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    /// Its number among all points.
    pub(super) x: f64,
    /// When it was, in seconds.
    pub(super) time: f64,
    pub(super) y: f64,
    pub(super) snapshots: usize,
}

impl Series {
    pub(super) fn starting(point: usize) -> Self {
        Self { start: point, sums: Vec::new(), last_added: None, by_value: false, first: [0; 2], last: [0; 2] }
    }

    /// Adds a row of the class in this snapshot, which belongs to this point.
    pub(super) fn add(&mut self, snapshot: usize, point: usize, values: [u64; 2]) {
        let index = point - self.start;
        if self.sums.len() <= index {
            self.sums.resize(index + 1, Sum::default());
        }
        let sum = &mut self.sums[index];
        for (sum, value) in sum.values.iter_mut().zip(values) {
            *sum += value as f64;
        }
        if self.last_added == Some(snapshot) {
            // A second row of the same class: there is none, but should there be, it counts.
            for (last, value) in self.last.iter_mut().zip(values) {
                *last = last.saturating_add(value);
            }
        } else {
            sum.snapshots += 1;
            self.last = values;
        }
        if self.last_added.is_none() {
            self.first = values;
        }
        self.last_added = Some(snapshot);
    }

    /// Makes one point of each two.
    pub(super) fn halve(&mut self) {
        let mut halved: Vec<Sum> = Vec::with_capacity(MOST_POINTS);
        for (index, sum) in self.sums.iter().enumerate() {
            let point = (self.start + index) / 2 - self.start / 2;
            if halved.len() <= point {
                halved.push(Sum::default());
            }
            let both = &mut halved[point];
            both.snapshots += sum.snapshots;
            for (both, value) in both.values.iter_mut().zip(sum.values) {
                *both += value;
            }
        }
        self.start /= 2;
        self.sums = halved;
    }

    /// The points of which a snapshot has the class; all points were at these times.
    pub(super) fn points(&self, measure: Measure, times: &[f64]) -> Vec<Point> {
        let sums = self.sums.iter().zip(times.iter().enumerate().skip(self.start));
        sums.filter(|(sum, _)| sum.snapshots > 0)
            .map(|(sum, (number, &time))| Point {
                x: number as f64,
                time,
                y: sum.values[measure as usize] / f64::from(sum.snapshots),
                snapshots: sum.snapshots as usize,
            })
            .collect()
    }
}
