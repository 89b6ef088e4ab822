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
///
/// Where a program has no more debug information than lines, a function that was compiled into another is known by its last name alone;
/// then its file tells whose it is.
fn inner(frames: &[Arc<Frame>]) -> usize {
    let recorder = frames.iter().position(|frame| is_of("classtracker", frame)).map_or(0, |place| place + 1);
    let sources = frames[..recorder].last().and_then(|frame| {
        let file = &frame.site.as_ref()?.file;
        ["registry/stack", "registry\\stack"].into_iter().find_map(|end| Some(file.rsplit_once(end)?.0))
    });
    let is_in = |place: &str, frame: &Frame| frame.site.as_ref().is_some_and(|site| site.file.starts_with(place));
    let mut inner = recorder;
    for (index, frame) in frames.iter().enumerate().skip(recorder) {
        if is_of("classtracker", frame) || sources.is_some_and(|sources| is_in(sources, frame)) {
            inner = index + 1;
        } else if !["std", "core", "alloc"].into_iter().any(|krate| is_of(krate, frame)) && !is_in("/rustc/", frame) {
            // What std does between two of ours is ours.
            break;
        }
    }
    inner
}

/// Whether the function's path begins with this crate.
fn is_of(krate: &str, frame: &Frame) -> bool {
    let path = frame.function.trim_start_matches('<');
    path.strip_prefix(krate).is_some_and(|rest| rest.starts_with("::"))
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

#[cfg(test)]
mod tests {
    use classtracker_stats::Site;

    use super::*;

    const STD: &str = "/rustc/0123/library/std/src/thread/local.rs";

    /// How many of these are left out, of which each is a function's name and its file.
    fn left_out(frames: &[(&str, &str)]) -> usize {
        let frame = |&(function, file): &(&str, &str)| {
            let mut frame = Frame::new(function);
            frame.site = (!file.is_empty()).then(|| Site { file: file.into(), line: 1, column: 1 });
            Arc::new(frame)
        };
        inner(&frames.iter().map(frame).collect::<Vec<_>>())
    }

    #[test]
    fn frames_of_the_tracker_are_left_out_by_name() {
        let frames = [
            ("backtrace::backtrace::trace", ""),
            ("classtracker::registry::stack::capture", ""),
            ("std::thread::local::LocalKey<T>::with", ""),
            ("<classtracker::registry::handle::Tracked<T>>::new", ""),
            ("shop::hire", ""),
            ("std::thread::spawn", ""),
            ("classtracker_user::run", ""),
        ];
        assert_eq!(left_out(&frames), 4);
    }

    #[test]
    fn frames_without_a_path_are_left_out_by_their_file() {
        let frames = [
            ("trace", "/home/.cargo/registry/src/backtrace-0.3/src/mod.rs"),
            ("classtracker::registry::stack::capture", "/home/classtracker/src/registry/stack.rs"),
            ("register", "/home/classtracker/src/registry/local.rs"),
            ("try_with<T>", STD),
            ("{closure#0}", "/home/classtracker/src/registry/handle.rs"),
            ("new<shop::Employee>", "/home/classtracker/src/registry/handle.rs"),
            ("hire", "/home/classtracker/examples/shop.rs"),
            ("main", "/home/classtracker/examples/shop.rs"),
        ];
        assert_eq!(left_out(&frames), 6);
    }

    #[test]
    fn frames_without_a_path_are_left_out_whichever_file_of_the_recorder_comes_first() {
        let frames = [
            ("classtracker::registry::stack::again::read", "/home/classtracker/src/registry/stack/again.rs"),
            ("capture<u32>", "/home/classtracker/src/registry/stack.rs"),
            ("new<shop::Employee>", "/home/classtracker/src/registry/handle.rs"),
            ("hire", "/home/classtracker/examples/shop.rs"),
        ];
        assert_eq!(left_out(&frames), 3);
    }

    #[test]
    fn what_std_does_with_an_object_is_not_left_out_before_it_is_made() {
        let frames = [
            ("classtracker::registry::stack::capture", "C:\\classtracker\\src\\registry\\stack.rs"),
            ("new", "C:\\classtracker\\src\\registry\\handle.rs"),
            ("call_once<F>", STD),
            ("hire", "C:\\shop\\src\\main.rs"),
        ];
        assert_eq!(left_out(&frames), 2);
    }

    #[test]
    fn a_stack_of_bare_addresses_is_left_whole() {
        assert_eq!(left_out(&[("0x1", ""), ("0x2", "")]), 0);
    }
}
