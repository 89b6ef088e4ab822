//! How much of what the objects of a row reach is reached by others too.

/// Adds up for each row what the blocks weigh that it reaches, each block once: the result is by row.
///
/// `reached` are blocks with a row that reaches them directly, `edges` lead from block to block and are in order,
/// `weights` are those of the blocks.
///
/// Row by row, so that a mark at each block is all there is to remember; what that costs is linear in the edges that each
/// row reaches.
pub(super) fn add_up(mut reached: Vec<(u32, u32)>, edges: &[(u32, u32)], weights: &[u64]) -> Vec<u64> {
    reached.sort_unstable_by_key(|&(block, row)| (row, block));
    let mut rows = vec![0; reached.last().map_or(0, |&(_, row)| row as usize + 1)];
    // The row that came last to a block, one up: none yet is 0.
    let mut marks = vec![0u32; weights.len()];
    let mut stack = Vec::new();
    for (block, row) in reached {
        stack.push(block);
        while let Some(block) = stack.pop() {
            if std::mem::replace(&mut marks[block as usize], row + 1) == row + 1 {
                continue;
            }
            let sum: &mut u64 = &mut rows[row as usize];
            *sum = sum.wrapping_add(weights[block as usize]);
            if edges.is_empty() {
                continue;
            }
            let begin = edges.partition_point(|&(from, _)| from < block);
            stack.extend(edges[begin..].iter().take_while(|&&(from, _)| from == block).map(|&(_, to)| to));
        }
    }
    rows
}
