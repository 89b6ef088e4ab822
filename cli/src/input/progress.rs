//! How far reading has come, on the standard error, where it takes long and somebody looks.

use std::io::{self, IsTerminal, Read};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output;

/// What is read faster than this needs no bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// An input that shows how much of it is read.
pub(super) struct Watched<R> {
    input: R,
    /// How many bytes there are, if that is known.
    length: Option<u64>,
    read: u64,
    begun: Instant,
    /// Whether anybody looks.
    watched: bool,
    bar: Option<ProgressBar>,
}

impl<R: Read> Watched<R> {
    pub(super) fn new(input: R, length: Option<u64>, watched: bool) -> Self {
        let watched = watched && io::stderr().is_terminal() && !output::is_dumb();
        Self { input, length, read: 0, begun: Instant::now(), watched, bar: None }
    }

    fn show(&mut self) {
        if !self.watched || self.begun.elapsed() < PATIENCE {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| bar(self.length));
        bar.set_position(self.read);
    }
}

fn bar(length: Option<u64>) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
    let template = match length {
        Some(_) => "reading {wide_bar} {binary_bytes} of {binary_total_bytes}, {eta} left",
        None => "reading {spinner} {binary_bytes}",
    };
    bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.read += read as u64;
        if read == 0 {
            self.clear();
        } else {
            self.show();
        }
        Ok(read)
    }
}

impl<R> Watched<R> {
    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl<R> Drop for Watched<R> {
    fn drop(&mut self) {
        self.clear();
    }
}
