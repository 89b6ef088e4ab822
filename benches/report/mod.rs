//! The line that a figure gets.

/// Prints the median of `values` beside its bound, and its spread on stderr.
pub(crate) fn report(name: &str, bound: f64, mut values: Vec<f64>) {
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
    let median = at(0.5);
    eprintln!("# {name}: median {median:.3}, quartiles {:.3} to {:.3}, {} runs", at(0.25), at(0.75), values.len());
    println!("{name}\t{median:.3}\t{bound}\t{}", if median <= bound { "ok" } else { "over" });
}
