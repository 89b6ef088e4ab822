//! What a `Tracked` costs in a program that is built without tracking: what an `Arc` costs.
//!
//! Prints `name <tab> value <tab> bound <tab> ok|over`. It measures nothing unless it is itself built so:
//! `cargo bench --no-default-features --bench compiled_out`, which `cargo xtask bench` does.

#[cfg(not(feature = "track"))]
mod report;

#[cfg(feature = "track")]
fn main() {
    eprintln!("# built with tracking: see `--no-default-features`");
}

#[cfg(not(feature = "track"))]
fn main() {
    use std::hint::black_box;
    use std::sync::Arc;
    use std::time::Instant;

    use classtracker::Tracked;

    const ROUNDS: usize = 101;
    const WINDOW: usize = 64;
    const DROPS: usize = 200_000;

    /// Seconds for creating, cloning and dropping objects, with a window of them alive.
    fn churn<T: Clone>(make: impl Fn() -> T) -> f64 {
        let start = Instant::now();
        let mut window: Vec<Option<(T, T)>> = (0..WINDOW).map(|_| None).collect();
        for round in 0..DROPS {
            let object = make();
            window[round % WINDOW] = Some((object.clone(), object));
        }
        black_box(&window);
        start.elapsed().as_secs_f64()
    }

    let value = [1_u64; 5];
    let arc = || churn(|| Arc::new(black_box(value)));
    let tracked = || churn(|| Tracked::new(black_box(value)));
    // What comes once is not measured.
    tracked();
    arc();
    // In turn, and each as often first as second.
    let ratio = |round: usize| {
        if round.is_multiple_of(2) {
            tracked() / arc()
        } else {
            let theirs = arc();
            tracked() / theirs
        }
    };
    report::report("create, clone, drop built without tracking / Arc", 1.02, (0..ROUNDS).map(ratio).collect());
}
