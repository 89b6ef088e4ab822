use std::collections::HashMap;

use super::block::Block;
use super::series::Ranking;
use crate::{ClassGrowth, Growth, Trend, Verdict};

/// What the first `count` classes do in the long run; those that grow come first.
pub(super) fn write_growth(block: &mut Block, growth: &Growth, ranking: &Ranking<'_>, count: usize) {
    let places: HashMap<&str, usize> =
        ranking.listed().enumerate().map(|(place, (_, class))| (&*class.name, place)).collect();
    block.count(growth.snapshots);
    block.count(growth.averaged);
    block.count(Trend::LEAST_SNAPSHOTS);
    block.count(growth.classes.len());
    for verdict in VERDICTS {
        block.count(growth.classes.iter().filter(|class| class.verdict == verdict).count());
    }
    let listed = || growth.classes.iter().filter_map(|class| Some((*places.get(&*class.class)?, class)));
    block.count(listed().take(count).count());
    for (place, class) in listed().take(count) {
        write_class(block, place, class);
    }
}

/// In the order in which the page numbers them.
const VERDICTS: [Verdict; 5] =
    [Verdict::Growing, Verdict::Plateaued, Verdict::Steady, Verdict::Shrinking, Verdict::TooFewSnapshots];

fn write_class(block: &mut Block, place: usize, class: &ClassGrowth) {
    block.count(place);
    write_verdict(block, class.verdict);
    block.flag(class.bytes.is_some());
    if let Some(bytes) = &class.bytes {
        write_trend(block, bytes);
    }
    write_trend(block, &class.objects);
}

fn write_trend(block: &mut Block, trend: &Trend) {
    write_verdict(block, trend.verdict);
    block.number(trend.first);
    block.number(trend.last);
    block.count(trend.snapshots);
    block.count(trend.warm_up);
    for real in [trend.per_hour, trend.per_snapshot, trend.rising, trend.falling, trend.confidence] {
        block.optional_real(real);
    }
}

fn write_verdict(block: &mut Block, verdict: Verdict) {
    block.count(VERDICTS.iter().position(|one| *one == verdict).unwrap_or(VERDICTS.len()));
}
