//! What counting every block costs, as a ratio to the allocator that is counted.
//!
//! Prints `name <tab> value <tab> bound <tab> ok|over`.

mod report;

use std::alloc::{GlobalAlloc, Layout, System};
use std::time::Instant;

use classtracker::CountingAlloc;
use report::report;

const ROUNDS: usize = 41;
const WINDOW: usize = 64;
const BLOCKS: usize = 1_000_000;

fn main() {
    let counting = CountingAlloc::new();
    for threads in [1, 2] {
        let ours = || churn(threads, &counting);
        let theirs = || churn(threads, &System);
        // What comes once is not measured.
        ours();
        theirs();
        // In turn, so that a machine that slows down slows both.
        let ratios = (0..ROUNDS).map(|_| ours() / theirs()).collect();
        report(&format!("CountingAlloc / system allocator, {threads} thread(s)"), 1.15, ratios);
    }
    assert!(CountingAlloc::live().is_some_and(|live| live.live_bytes == 0), "all of it was freed");
}

/// Seconds for making and freeing blocks of mixed sizes, with a window of them alive, on each of `threads` threads at once.
fn churn(threads: usize, allocator: &(impl GlobalAlloc + Sync)) -> f64 {
    let layouts: Vec<Layout> = (0..1024_usize)
        .map(|number| {
            // Mostly small, some up to 4 KiB.
            let size = 16 + number * 37 % 112 + if number % 8 == 0 { number * 4 % 4096 } else { 0 };
            Layout::from_size_align(size, 8).expect("a small block")
        })
        .collect();
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut window: [Option<(*mut u8, Layout)>; WINDOW] = [None; WINDOW];
                for round in 0..BLOCKS {
                    let layout = layouts[round % layouts.len()];
                    // SAFETY: no layout is of size zero.
                    let block = unsafe { allocator.alloc(layout) };
                    assert!(!block.is_null());
                    // SAFETY: the block is that long.
                    unsafe { block.write(1) };
                    free(allocator, window[round % WINDOW].replace((block, layout)));
                }
                window.into_iter().for_each(|block| free(allocator, block));
            });
        }
    });
    start.elapsed().as_secs_f64()
}

fn free(allocator: &impl GlobalAlloc, block: Option<(*mut u8, Layout)>) {
    if let Some((block, layout)) = block {
        // SAFETY: it was made with this layout by this allocator, and is not used any more.
        unsafe { allocator.dealloc(block, layout) };
    }
}
