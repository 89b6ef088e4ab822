use std::sync::Arc;
use std::time::Duration;

use super::series::{MOST_POINTS, Measure, Series};
use super::trend::{Axis, trend};
use super::{ClassGrowth, Growth, Verdict};
use crate::by_class::ByClass;
use crate::names::ClassNames;
use crate::{Names, Snapshot};

/// Puts [`Growth`] together from snapshots that need not be in memory at once.
///
/// However many there are, it takes some 3 KiB for each class at most.
///
/// ```
/// use classtracker_stats::{GrowthBuilder, Names, Snapshot};
/// use std::time::Duration;
///
/// let mut builder = GrowthBuilder::new(Names::Short);
/// for second in 0..1000 {
///     builder.add(&Snapshot::new("", chrono::Utc::now(), Duration::from_secs(second)));
/// }
/// let growth = builder.finish();
/// assert_eq!((growth.snapshots, growth.averaged, growth.classes.len()), (1000, 8, 0));
/// ```
#[derive(Debug)]
pub struct GrowthBuilder {
    names: Names,
    snapshots: usize,
    /// How many snapshots make a point.
    averaged: usize,
    /// Of each point, the seconds of its snapshots added up, and how many these are.
    times: Vec<(f64, u32)>,
    span: Option<(Duration, Duration)>,
    classes: ByClass<Series>,
}

impl GrowthBuilder {
    /// Nothing so far; classes will be named this way.
    #[must_use]
    pub fn new(names: Names) -> Self {
        Self { names, snapshots: 0, averaged: 1, times: Vec::new(), span: None, classes: ByClass::default() }
    }

    /// Adds the next snapshot. Only its time and the rows of its classes are looked at.
    pub fn add(&mut self, snapshot: &Snapshot) -> &mut Self {
        if self.snapshots == MOST_POINTS * self.averaged {
            self.halve();
        }
        let point = self.snapshots / self.averaged;
        if self.times.len() <= point {
            self.times.push((0.0, 0));
        }
        let time = &mut self.times[point];
        *time = (time.0 + snapshot.elapsed.as_secs_f64(), time.1 + 1);
        let first = self.span.map_or(snapshot.elapsed, |(first, _)| first);
        self.span = Some((first, snapshot.elapsed));
        for row in &snapshot.classes {
            let series = self.classes.of(&row.class, || Series::starting(point));
            series.by_value |= row.by_value;
            series.add(self.snapshots, point, [row.live, row.bytes]);
        }
        self.snapshots += 1;
        self
    }

    fn halve(&mut self) {
        let pairs = self.times.chunks(2);
        self.times =
            pairs.map(|pair| pair.iter().fold((0.0, 0), |sum, time| (sum.0 + time.0, sum.1 + time.1))).collect();
        self.classes.values_mut().for_each(Series::halve);
        self.averaged *= 2;
    }

    /// What came of it.
    #[must_use]
    pub fn finish(self) -> Growth {
        let names = ClassNames::new(self.names, self.classes.classes().collect());
        let times = self.times.iter().map(|(sum, snapshots)| sum / f64::from(*snapshots)).collect();
        let axis = Axis { times, averaged: self.averaged };
        let mut classes: Vec<ClassGrowth> = self
            .classes
            .iter()
            .map(|(class, series)| {
                let bytes = (!series.by_value).then(|| trend(series, Measure::Bytes, &axis));
                let objects = trend(series, Measure::Live, &axis);
                let verdict = bytes.as_ref().map_or(objects.verdict, |bytes| bytes.verdict);
                let verdict = if objects.verdict == Verdict::Growing { Verdict::Growing } else { verdict };
                ClassGrowth { class: Arc::clone(class), name: names.of(class), verdict, bytes, objects }
            })
            .collect();
        classes.sort_by(|a, b| {
            let growing = |class: &ClassGrowth| class.verdict == Verdict::Growing;
            let slope = |class: &ClassGrowth| class.bytes.as_ref().and_then(|bytes| bytes.per_snapshot).unwrap_or(0.0);
            let objects = |class: &ClassGrowth| class.objects.per_snapshot.unwrap_or(0.0);
            growing(b)
                .cmp(&growing(a))
                .then_with(|| slope(b).total_cmp(&slope(a)))
                .then_with(|| objects(b).total_cmp(&objects(a)))
                .then_with(|| a.name.cmp(&b.name))
        });
        let elapsed = self.span.map(|(first, last)| last.saturating_sub(first)).unwrap_or_default();
        Growth { snapshots: self.snapshots, averaged: self.averaged, elapsed, classes }
    }
}
