use super::block::Block;
use super::classes::{Cell, Class, Classes};
use crate::Names;
use crate::names::ClassNames;

/// The classes in the order in which the page has them, and how many of them it has on their own.
pub(super) struct Ranking<'a> {
    /// The largest first.
    pub(super) order: Vec<(usize, &'a Class)>,
    /// How many have a row in the table; the rest is only counted.
    pub(super) listed: usize,
}

impl<'a> Ranking<'a> {
    pub(super) fn new(classes: &'a Classes, listed: usize) -> Self {
        let mut order: Vec<(usize, &Class)> = classes.all.iter().enumerate().collect();
        order.sort_by(|(_, a), (_, b)| b.rank().cmp(&a.rank()).then_with(|| a.name.cmp(&b.name)));
        Self { listed: listed.min(order.len()), order }
    }

    pub(super) fn listed(&self) -> impl Iterator<Item = (usize, &'a Class)> + Clone {
        self.order.iter().take(self.listed).copied()
    }
}

/// A row for each class.
pub(super) fn write_classes(block: &mut Block, ranking: &Ranking<'_>, names: Names) {
    let names = ClassNames::new(names, ranking.listed().map(|(_, class)| &class.name).collect());
    let rows = || ranking.listed().map(|(_, class)| class);
    let latest = || rows().map(|class| &class.latest);
    block.count(ranking.order.len());
    block.count(ranking.listed);
    block.text_column(rows().map(|class| &*class.name));
    for class in rows() {
        block.text(&names.of(&class.name));
    }
    block.column(rows().map(|class| class.first as u64));
    block.column(rows().map(|class| class.last as u64));
    block.column(latest().map(|row| row.live));
    block.column(latest().map(|row| row.created));
    block.column(latest().map(|row| row.dropped));
    block.optional_column(latest().map(|row| row.bytes));
    block.column(latest().map(|row| row.flat_bytes));
    block.column(latest().map(|row| row.shared_bytes));
    block.optional_column(latest().map(|row| row.smallest_bytes));
    block.optional_column(latest().map(|row| row.largest_bytes));
    block.column(latest().map(|row| row.unread));
    block.column(latest().map(|row| row.listed));
    block.optional_column(rows().map(|class| class.first_cell.bytes()));
    block.column(rows().map(|class| class.first_cell.live().unwrap_or(0)));
    block.optional_column(rows().map(|class| class.peak_bytes.map(|(bytes, _)| bytes)));
    block.optional_column(rows().map(|class| class.peak_bytes.map(|(_, at)| at as u64)));
    block.column(rows().map(|class| class.peak_live.0));
    block.column(rows().map(|class| class.peak_live.1 as u64));
}

/// The first `count` classes over the snapshots kept for the charts, and all others as one.
pub(super) fn write_series(block: &mut Block, classes: &Classes, ranking: &Ranking<'_>, count: usize) {
    let points = &classes.points;
    block.count(points.stride());
    block.count(points.len());
    block.column(points.iter().map(|(index, _)| *index as u64));
    let single = || ranking.order.iter().take(count);
    block.count(single().len());
    for (place, _) in single() {
        let cells: Vec<Cell> = points.iter().map(|(_, cells)| cell(cells, *place)).collect();
        write_cells(block, &cells);
    }
    let rest = |cells: &Vec<Cell>| {
        let mut sum = Cell::default();
        ranking.order.iter().skip(count).for_each(|(place, _)| sum.add(cell(cells, *place)));
        sum
    };
    let others: Vec<Cell> = points.iter().map(|(_, cells)| rest(cells)).collect();
    write_cells(block, &others);
}

/// A class that came later was not there yet.
fn cell(cells: &[Cell], place: usize) -> Cell {
    cells.get(place).copied().unwrap_or_default()
}

fn write_cells(block: &mut Block, cells: &[Cell]) {
    block.optional_column(cells.iter().map(|cell| cell.bytes()));
    block.optional_column(cells.iter().map(|cell| cell.live()));
    block.column(cells.iter().map(|cell| cell.created));
}
