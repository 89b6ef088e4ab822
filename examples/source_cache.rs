//! A real program: a cache of parsed Rust sources with an index of their symbols, and a leak in it for those who ask.
//!
//! ```text
//! cargo run --release --example source_cache
//! cargo run --release --example source_cache -- --leak
//! cargo run --release --example source_cache -- --leak --rounds 20 --dump sources.ctdump
//! cargo run --release --example source_cache -- ~/some/project --dump sources.ctdump
//! ```
//!
//! It loads every `.rs` file below a directory, evicts half of them, loads those again, and takes a snapshot after each step.
//! Every file and every symbol is a [`Tracked`](classtracker::Tracked). With `--leak` the index is not told of evictions, as
//! happens, so its symbols keep the evicted files alive: the summary shows as many live files after the eviction as before. It
//! goes through four rounds of this then, so that `classtracker growth` can tell.

#[path = "source_cache/arguments.rs"]
mod arguments;
#[path = "source_cache/cache.rs"]
mod cache;
#[path = "source_cache/index.rs"]
mod index;
#[path = "source_cache/model.rs"]
mod model;
#[path = "source_cache/outline.rs"]
mod outline;
#[path = "source_cache/progress.rs"]
mod progress;
#[path = "source_cache/report.rs"]
mod report;
#[path = "source_cache/walk.rs"]
mod walk;

use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use classtracker::ClassTracker;

use arguments::{Arguments, Usage};
use cache::SourceCache;
use model::{SourceFile, Symbol};
use progress::Progress;
use walk::Skipped;

/// The parser recurses deeper than the main thread's stack is sure to be, and a debug build takes several times as much.
const STACK_BYTES: usize = 64 << 20;

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args_os().skip(1)) {
        Ok(arguments) => arguments,
        Err(Usage::Help) => {
            // Whoever closed the output has no use for an error about that.
            let _ = write!(io::stdout(), "{}", arguments::HELP);
            return ExitCode::SUCCESS;
        }
        Err(Usage::Wrong(message)) => {
            eprintln!("source_cache: {message}\n\n{}", arguments::HELP);
            return ExitCode::from(2);
        }
    };
    let work = move || run(&arguments, &mut io::stdout().lock()).map_err(|error| error.to_string());
    let worker = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work);
    let done = match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(done)) => done,
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(error) => Err(format!("can't start a thread: {error}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("source_cache: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let tracker = ClassTracker::new();
    tracker.track_class::<SourceFile>();
    tracker.track_class::<Symbol>();

    let mut text = String::new();
    let (paths, mut skipped) = walk::sources(&arguments.dir)?;
    let mut cache = SourceCache::new(&arguments.dir, arguments.leak);
    load(&mut cache, &paths, &mut skipped);
    tracker.create_snapshot("loaded");
    write!(text, "{}{}", report::Loaded(&cache), report::NotLoaded(&skipped))?;

    let evicted: Vec<PathBuf> = cache.paths().step_by(2).cloned().collect();
    for path in &evicted {
        cache.evict(path);
    }
    tracker.create_snapshot("half evicted");
    let live = tracker.instances();
    write!(text, "\n{}", report::Evicted::new(&cache, evicted.len(), live))?;

    // Sources that someone edits meanwhile can be broken by now.
    let mut broken = Vec::new();
    load(&mut cache, &evicted, &mut broken);
    tracker.create_snapshot("reloaded");
    write!(text, "\n{}", report::NotLoaded(&broken))?;

    for _ in 1..arguments.rounds {
        evicted.iter().for_each(|path| cache.evict(path));
        tracker.create_snapshot("half evicted");
        load(&mut cache, &evicted, &mut Vec::new());
        tracker.create_snapshot("reloaded");
    }

    let stats = tracker.stats();
    let printed = out
        .write_all(text.as_bytes())
        .and_then(|()| stats.write_summary(out))
        .and_then(|()| write!(out, "{}", report::MostDefined::new(&cache)))
        .and_then(|()| out.flush());
    match printed {
        // The reader of a pipe has seen enough. The dump is wanted all the same.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        printed => printed?,
    }
    if let Some(path) = &arguments.dump {
        stats.dump(path)?;
    }
    Ok(())
}

/// Loads what can be loaded; what can't is noted and passed over.
fn load(cache: &mut SourceCache, paths: &[PathBuf], skipped: &mut Vec<Skipped>) {
    let mut progress = Progress::new(paths.len());
    for path in paths {
        if let Err(reason) = cache.load(path) {
            skipped.push(Skipped::new(path, reason));
        }
        progress.step();
    }
}
