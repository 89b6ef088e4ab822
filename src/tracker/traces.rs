//! The calls that led to objects, by name. They are looked up when a snapshot shows them, each once in the process.

use std::collections::HashMap;
use std::sync::Arc;

use classtracker_stats::{Frame, Trace};

use crate::registry::{ForkLock, Raced, Turn, registry};

/// Bounded: stacks are, by the registry, and addresses of calls by the program's size.
#[derive(Default)]
struct Known {
    /// By the address of the registry's copy of the stack, which is never freed.
    traces: HashMap<usize, Arc<Trace>>,
    /// The functions that stand at one address, those that were compiled into others first.
    frames: HashMap<usize, Arc<[Arc<Frame>]>>,
    bytes: usize,
}

fn known() -> &'static ForkLock<Known> {
    static KNOWN: Raced<ForkLock<Known>> = Raced::new();
    KNOWN.get_or_make(|| ForkLock::new(Turn::Last, Known::default))
}

/// The calls that led to the objects of the site with this number; `None` if they were not recorded.
///
/// Looking names up takes time, and memory for the program's debug information. No lock is held meanwhile that anything else needs.
pub(super) fn of_site(site: u32) -> Option<Arc<Trace>> {
    let stack = registry().stack(site)?;
    let key = stack.as_ptr().addr();
    if let Some(known) = known().lock().traces.get(&key) {
        return Some(Arc::clone(known));
    }
    let trace = Arc::new(symbolised(&stack));
    let mut known = known().lock();
    known.bytes += size_of::<Trace>() + size_of_val(&*trace.frames);
    Some(Arc::clone(known.traces.entry(key).or_insert(trace)))
}

/// Bytes that all names and traces take.
pub(super) fn overhead_bytes() -> usize {
    let known = known().lock();
    known.bytes + (known.traces.capacity() + known.frames.capacity()) * size_of::<[usize; 3]>()
}

fn symbolised(stack: &[usize]) -> Trace {
    let mut trace = Trace::new(Vec::new());
    let calls = match stack {
        [calls @ .., 0] => {
            trace.cut = true;
            calls
        }
        calls => calls,
    };
    for &call in calls {
        trace.frames.extend(frames_at(call).iter().cloned());
    }
    trace.frames.drain(..inner(&trace.frames));
    trace.frames.reverse();
    trace.frames.shrink_to_fit();
    trace
}

/// How many of the first frames lie between the one that makes the object and the one that recorded the stack.
fn inner(frames: &[Arc<Frame>]) -> usize {
    let mut inner = 0;
    for (index, frame) in frames.iter().enumerate() {
        let path = frame.function.trim_start_matches('<');
        let is_in = |krate: &str| path.strip_prefix(krate).is_some_and(|rest| rest.starts_with("::"));
        if ["classtracker", "backtrace"].into_iter().any(is_in) {
            inner = index + 1;
        } else if !["std", "core", "alloc"].into_iter().any(is_in) {
            // What std does between two of ours is ours.
            break;
        }
    }
    inner
}

fn frames_at(address: usize) -> Arc<[Arc<Frame>]> {
    if let Some(known) = known().lock().frames.get(&address) {
        return Arc::clone(known);
    }
    let frames: Arc<[_]> = looked_up(address).into_iter().map(Arc::new).collect();
    let mut known = known().lock();
    known.bytes += frames
        .iter()
        .map(|frame| {
            let file = frame.site.as_ref().map_or(0, |site| site.file.capacity());
            size_of::<Frame>() + frame.function.capacity() + file + 4 * size_of::<usize>()
        })
        .sum::<usize>();
    Arc::clone(known.frames.entry(address).or_insert(frames))
}

/// Whether addresses can still be looked up in this process.
///
/// That takes a lock of the crate that does it; a thread which held it may not be there in a forked process. So it is done under this one
/// alone: who inherits it lets it be.
#[cfg(feature = "backtrace")]
struct Names {
    can_be_had: bool,
}

#[cfg(feature = "backtrace")]
fn names() -> &'static ForkLock<Names> {
    static NAMES: Raced<ForkLock<Names>> = Raced::new();
    NAMES.get_or_make(|| ForkLock::with(Turn::AtOnce, Names { can_be_had: true }, || Names { can_be_had: false }))
}

#[cfg(feature = "backtrace")]
fn looked_up(address: usize) -> Vec<Frame> {
    use classtracker_stats::Site;

    let mut frames = Vec::new();
    let mut look_up = || {
        // By the address of the instruction that the call returns to; the crate looks at the one before it.
        backtrace::resolve(std::ptr::without_provenance_mut(address), |symbol| {
            let name = symbol.name().map(|name| format!("{name:#}"));
            let mut frame = Frame::new(name.unwrap_or_else(|| format!("{address:#x}")));
            frame.site = symbol.filename().zip(symbol.lineno()).map(|(file, line)| Site {
                file: file.to_string_lossy().into(),
                line,
                // 0 stands for the left edge of the line.
                column: symbol.colno().unwrap_or(0).max(1),
            });
            frames.push(frame);
        });
    };
    let names = names().lock();
    if names.can_be_had {
        look_up();
    }
    drop(names);
    if frames.is_empty() {
        frames.push(Frame::new(format!("{address:#x}")));
    }
    frames
}

/// No stack is ever recorded without the feature `backtrace`.
#[cfg(not(feature = "backtrace"))]
fn looked_up(_address: usize) -> Vec<Frame> {
    Vec::new()
}
