//! Compares deep sizes with what the allocator really handed out.

use classtracker::{Inspect, deep_size_of};

/// The bytes by which the deep size of what `make` makes is off, and the bytes that are live: 0 is right, more is too much.
pub(crate) fn error_of<T: Inspect>(make: impl FnOnce() -> T) -> (i64, i64) {
    let mut made = None;
    // Counts what this thread allocates and does not free again.
    let live = allocation_counter::measure(|| made = Some(make())).bytes_current;
    let value = made.expect("`make` has run");
    let owned = deep_size_of(&value) - size_of_val(&value);
    // What is too deep for the stack when it is dropped is not dropped.
    (i64::try_from(owned).expect("sizes are small") - live, live)
}

/// Collects what is wrong, so that one run shows all of it.
#[allow(dead_code, reason = "not every test takes all of it")]
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) checked: usize,
    pub(crate) wrong: Vec<String>,
}

#[allow(dead_code, reason = "not every test takes all of it")]
impl Report {
    /// Takes in a shape that must be exact.
    pub(crate) fn exact<T: Inspect>(&mut self, shape: &str, make: impl FnOnce() -> T) {
        self.within(0, shape, make);
    }

    /// Takes in a shape that may be too small by `bound` bytes.
    pub(crate) fn within<T: Inspect>(&mut self, bound: i64, shape: &str, make: impl FnOnce() -> T) {
        let (error, live) = error_of(make);
        self.checked += 1;
        if error > 0 || error < -bound {
            self.wrong.push(format!("{shape}: {error:+} of {live} bytes, {} at most allowed", -bound));
        }
    }

    /// Fails if anything was wrong, or if fewer shapes than `least` were checked.
    pub(crate) fn finish(self, least: usize) {
        assert!(self.wrong.is_empty(), "{} of {} shapes:\n{}", self.wrong.len(), self.checked, self.wrong.join("\n"));
        assert!(self.checked >= least, "only {} shapes were checked", self.checked);
    }
}
