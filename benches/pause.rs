//! What a walk does to a thread that is busy creating and dropping objects: how long one object takes, at worst and at the 99.9th
//! percentile, while another thread takes snapshots of a million live objects one after the other, beside the same without a snapshot.
//!
//! Prints `name <tab> value <tab> bound <tab> ok|over`, a line for each figure; the spread goes to stderr. The sides alternate, each
//! as often first as second, and the median of the ratios counts.
//!
//! - The busy thread's objects are of the class that is walked, so a walker does come to their pages.
//! - Every object is timed by itself: its predecessor in a window of live ones is dropped and it is made, between two looks at the clock. What
//!   two looks take with nothing between them is measured in the same run, shown, and subtracted (its median) from both sides: left in it
//!   would make the ratio smaller than it is.
//! - The walker's processor time says whether it was running: a run counts only if it had most of a processor of its own meanwhile. What merely
//!   sharing the machine with a busy neighbour costs stands beside it: a plain loop over as many `Arc`s in the walker's place.
//! - The worst ones are mostly the system's, which takes the processor away at any moment. They have no bound.

mod processor;
mod report;

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use classtracker::{ClassTracker, Tracked};
use processor::processor_seconds;
use report::{report, show};

/// 40 bytes.
type Small = [u64; 5];

const OBJECTS: u64 = 1_000_000;
const WINDOW: usize = 64;
const ROUNDS: usize = 15;
/// How long each side runs: a dozen walks or more.
const RUN: Duration = Duration::from_millis(250);
/// A walker that had less than this share of a processor was not there for long enough.
const PRESENT: f64 = 0.7;

fn main() {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if cores < 2 {
        eprintln!("# not measured: with one processor a walker only takes turns with the busy thread");
        return;
    }

    let tracker = ClassTracker::new();
    tracker.track_class::<Small>();
    tracker.set_keep_last(1);
    // A walker that reads all the time: nothing is passed over.
    tracker.set_remembering(false);
    let tracked: Vec<_> = (0..OBJECTS).map(|id| Tracked::new([id; 5])).collect();
    let arcs: Vec<_> = (0..OBJECTS).map(|id| Arc::new([id; 5])).collect();
    let walk = || drop(tracker.create_snapshot(""));
    let plain = || {
        black_box(arcs.iter().map(|object| object[0]).sum::<u64>());
    };

    let clock: Vec<Times> = (0..3).map(|_| timed(|| ())).collect();
    let looks = clock[1].at(0.5);

    // What comes once is not measured.
    alone();
    beside(&walk);
    let mut figures = Figures::default();
    let mut tries = 0;
    while figures.walks.len() < ROUNDS && tries < 10 * ROUNDS {
        tries += 1;
        let (without, during) = in_turn(tries, alone, || beside(&walk));
        let (without_again, neighbour) = in_turn(tries, alone, || beside(&plain));
        if during.share < PRESENT || neighbour.share < PRESENT {
            continue;
        }
        let p999 = |times: &Times| (times.at(0.999) - looks).max(1.0);
        figures.during.push(p999(&during.times) / p999(&without));
        figures.neighbour.push(p999(&neighbour.times) / p999(&without_again));
        figures.p999.push(p999(&during.times));
        figures.p999_without.push(p999(&without));
        figures.median.push((during.times.at(0.5) - looks).max(1.0) / (without.at(0.5) - looks).max(1.0));
        figures.worst.push(during.times.worst / 1e3);
        figures.worst_without.push(without.worst / 1e3);
        figures.walks.push(during.turns as f64);
        figures.share.push(during.share);
    }
    let Figures { during, neighbour, p999, p999_without, median, worst, worst_without, walks, share } = figures;
    eprintln!("# {} of {tries} rounds were with a walker that had its processor", walks.len());
    if walks.is_empty() {
        eprintln!("# not measured: the machine is too busy");
        return;
    }
    report("p99.9 of create+drop during a walk / without", 2.0, during);
    show("p99.9 of create+drop beside a loop over a million Arcs / without", neighbour);
    show("median of create+drop during a walk / without", median);
    show("p99.9 of create+drop during a walk, ns", p999);
    show("p99.9 of create+drop without a walk, ns", p999_without);
    show("worst create+drop during a walk, us", worst);
    show("worst create+drop without a walk, us", worst_without);
    show("two looks at the clock, ns", clock.iter().map(|times| times.at(0.5)).collect());
    show("p99.9 of two looks at the clock, ns", clock.iter().map(|times| times.at(0.999)).collect());
    show("walks in a run of 250 ms", walks);
    show("the walker's share of a processor", share);
    black_box((tracked, arcs));
}

#[derive(Default)]
struct Figures {
    during: Vec<f64>,
    neighbour: Vec<f64>,
    p999: Vec<f64>,
    p999_without: Vec<f64>,
    median: Vec<f64>,
    worst: Vec<f64>,
    worst_without: Vec<f64>,
    walks: Vec<f64>,
    share: Vec<f64>,
}

/// Both, the first one first in every other round.
fn in_turn<A, B>(round: usize, first: impl FnOnce() -> A, second: impl FnOnce() -> B) -> (A, B) {
    if round.is_multiple_of(2) {
        let first = first();
        (first, second())
    } else {
        let second = second();
        (first(), second)
    }
}

struct Beside {
    times: Times,
    /// How often the neighbour came to its end meanwhile.
    turns: u64,
    /// Its processor time for each second on the clock.
    share: f64,
}

/// The busy thread, while another does `work` again and again.
fn beside(work: &(impl Fn() + Sync)) -> Beside {
    let (begun, over) = (AtomicBool::new(false), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let neighbour = scope.spawn(|| {
            let (clock, processor, mut turns) = (Instant::now(), processor_seconds(), 0);
            // Relaxed, all of them: a turn more or less does not matter.
            begun.store(true, Ordering::Relaxed);
            while !over.load(Ordering::Relaxed) {
                work();
                turns += 1;
            }
            (turns, (processor_seconds() - processor) / clock.elapsed().as_secs_f64())
        });
        while !begun.load(Ordering::Relaxed) {
            std::thread::yield_now();
        }
        let times = alone();
        over.store(true, Ordering::Relaxed);
        let (turns, share) = neighbour.join().expect("the neighbour does not panic");
        Beside { times, turns, share }
    })
}

/// The busy thread.
fn alone() -> Times {
    let mut window: Vec<_> = (0..WINDOW).map(|_| Some(Tracked::new([1; 5]))).collect();
    let mut place = 0;
    timed(|| {
        place = (place + 1) % WINDOW;
        window[place] = None;
        window[place] = Some(Tracked::new(black_box::<Small>([1; 5])));
    })
}

/// `work` by itself, again and again.
#[inline]
fn timed(mut work: impl FnMut()) -> Times {
    let mut times = Times::new();
    let begun = Instant::now();
    loop {
        let start = Instant::now();
        work();
        let end = Instant::now();
        times.add(end - start);
        if end - begun > RUN {
            return times;
        }
    }
}

/// How many objects took how long, by the nanosecond.
struct Times {
    counts: Vec<u32>,
    count: u64,
    worst: f64,
}

impl Times {
    fn new() -> Self {
        Self { counts: vec![0; 4096], count: 0, worst: 0.0 }
    }

    #[inline]
    fn add(&mut self, time: Duration) {
        let nanoseconds = time.as_nanos() as usize;
        let last = self.counts.len() - 1;
        self.counts[nanoseconds.min(last)] += 1;
        self.count += 1;
        self.worst = self.worst.max(nanoseconds as f64);
    }

    /// The nanoseconds that this share of the objects did not exceed.
    fn at(&self, share: f64) -> f64 {
        let wanted = (self.count as f64 * share).ceil() as u64;
        let mut seen = 0;
        let place = self.counts.iter().position(|&count| {
            seen += u64::from(count);
            seen >= wanted
        });
        match place {
            // Beyond the table only the worst is known.
            Some(place) if place + 1 < self.counts.len() => place as f64,
            _ => self.worst,
        }
    }
}
