//! Who is charged for what, once all objects were walked.

use super::{Block, Ledger, NO_ROW, NOBODY, Shares};
use crate::inspect::row_shares;

impl Ledger {
    /// Decides who is charged for what. The ledger is empty afterwards.
    pub(crate) fn settle(&mut self) -> Shares {
        let mut edges = std::mem::take(&mut self.edges);
        self.redirect(&mut edges);
        edges.sort_unstable();
        edges.dedup();
        self.propagate(&edges);
        let Self { blocks, earlier_rows, .. } = std::mem::take(self);
        let rows = Self::shared_by_row(&blocks, earlier_rows, &edges);
        Shares::new(blocks, rows)
    }

    /// Takes the reachers of every block to the blocks that it reaches itself.
    ///
    /// In ascending order of serials, so that what a block is told first is what stays; two are kept, so a block passes
    /// on no more than two.
    fn propagate(&mut self, edges: &[(u32, u32)]) {
        let mut sources: Vec<u32> = edges.iter().map(|&(from, _)| from).collect();
        sources.dedup();
        let mut reachers: Vec<(u64, u32)> = Vec::with_capacity(2 * sources.len());
        for number in sources {
            let block = &self.blocks[number as usize];
            reachers.extend([(block.first, number), (block.second, number)]);
        }
        reachers.retain(|&(serial, _)| serial != NOBODY);
        reachers.sort_unstable();
        let mut stack = Vec::new();
        for (serial, number) in reachers {
            stack.push(number);
            while let Some(number) = stack.pop() {
                // A third reacher says nothing new to anybody.
                let block = &self.blocks[number as usize];
                if block.first != serial && block.second != serial {
                    continue;
                }
                let begin = edges.partition_point(|&(from, _)| from < number);
                for &(_, to) in edges[begin..].iter().take_while(|&&(from, _)| from == number) {
                    // One that knew the serial already passes it on in its own turn.
                    if self.blocks[to as usize].lower(serial) {
                        stack.push(to);
                    }
                }
            }
        }
    }

    /// How much of what each row reaches is shared.
    fn shared_by_row(blocks: &[Block], earlier_rows: Vec<(u32, u32)>, edges: &[(u32, u32)]) -> Vec<u64> {
        let rows = (0u32..).zip(blocks).filter(|(_, block)| block.row != NO_ROW);
        if !edges.is_empty() || !earlier_rows.is_empty() {
            let mut reached = earlier_rows;
            reached.extend(rows.map(|(number, block)| (number, block.row)));
            let weights: Vec<u64> = blocks.iter().map(Block::shared_bytes).collect();
            return row_shares::add_up(reached, edges, &weights);
        }
        // Each block is reached by one row alone.
        let mut sums: Vec<u64> = Vec::new();
        for (_, block) in rows {
            let row = block.row as usize;
            if row >= sums.len() {
                sums.resize(row + 1, 0);
            }
            sums[row] = sums[row].wrapping_add(block.shared_bytes());
        }
        sums
    }
}
