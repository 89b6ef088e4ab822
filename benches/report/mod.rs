//! The line that a figure gets.

#![allow(dead_code, reason = "not every bench has figures of both kinds")]

/// Prints the median of `values` beside its bound, and its spread on stderr.
pub(crate) fn report(name: &str, bound: f64, values: Vec<f64>) {
    let median = median(name, values);
    println!("{name}\t{median:.3}\t{bound}\t{}", if median <= bound { "ok" } else { "over" });
}

/// Prints the median of `values`, which has no bound: it is there to be compared. The spread goes to stderr.
pub(crate) fn show(name: &str, values: Vec<f64>) {
    let median = median(name, values);
    println!("{name}\t{median:.3}\t-\tok");
}

fn median(name: &str, mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
    eprintln!("# {name}: median {:.3}, quartiles {:.3} to {:.3}, {} runs", at(0.5), at(0.25), at(0.75), values.len());
    at(0.5)
}
