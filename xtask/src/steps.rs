//! Steps with names: what runs, how long each took, and which one failed.

use std::time::{Duration, Instant};

use crate::failure::{Failure, Result};

/// Runs steps one after the other. All that it says goes to the standard error: the output is the steps' own.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<(&'static str, Duration)>,
}

impl Steps {
    pub(crate) fn run(&mut self, name: &'static str, step: impl FnOnce() -> Result<()>) -> Result<()> {
        eprintln!("\n=== {name}");
        let start = Instant::now();
        step().map_err(|cause| Failure::Step { name, cause: Box::new(cause) })?;
        let took = start.elapsed();
        eprintln!("=== {name}: {:.1} s", took.as_secs_f64());
        self.done.push((name, took));
        Ok(())
    }

    /// Says how long each step took.
    pub(crate) fn print_times(&self) {
        let width = self.done.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        eprintln!("\n=== all passed");
        for (name, took) in &self.done {
            eprintln!("{name:width$}  {:6.1} s", took.as_secs_f64());
        }
        let total: Duration = self.done.iter().map(|(_, took)| took).sum();
        eprintln!("{:width$}  {:6.1} s", "", total.as_secs_f64());
    }
}
