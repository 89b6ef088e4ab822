//! `cargo xtask sanitize`: the tests and the stress test under the address sanitizer with its leak check, and under the thread sanitizer; the
//! stress test also under valgrind.
//!
//! The sanitizers' runtimes come with the toolchain; only the flag that asks for them is not stable. What is compiled with it is watched: all
//! crates, and what they instantiate of the standard library, which is nearly all of `Arc`, `Mutex`, channels and cells. What the standard
//! library was compiled to when the toolchain was built is not: to the thread sanitizer a `Mutex` that has to be waited for, a `Barrier`, or
//! the end of a `thread::scope` orders nothing. The tracker itself has locks of `parking_lot` and its own; and tests in which threads pass
//! data to each other do so by such locks, by joins, or by channels with places, all of which it sees. What it still takes for a race is in
//! `tsan.supp`, with the reasons.
//!
//! It knows no fences either. The last drop of an `Arc` is ordered by one, so that whatever is done there looks like a race. So all is run
//! [twice](Threads): once with each atomic operation taken for one that orders, as it is on the machine at hand, and nothing of `Arc` passed over; and
//! once with the orderings that the code names, passing over the drops of `Arc`. What is missing altogether is seen by the first, what is too weak by
//! the second.

mod suite;

use crate::cargo::{Cargo, root, target_dir};
use crate::failure::{Failure, Result};
use crate::programs;
use crate::steps::Steps;

/// The one that the runtimes are for. With a target named, build scripts and macros are built without the sanitizer.
const TARGET: &str = "x86_64-unknown-linux-gnu";

pub(crate) fn run() -> Result<()> {
    let mut steps = Steps::default();
    steps.run("address sanitizer", suite::addresses)?;
    steps.run("address sanitizer, stress", || stress(&Sanitizer::address(""), 10))?;
    for threads in Threads::BOTH {
        steps.run(threads.name(), || suite::threads(threads))?;
        steps.run(threads.name_of_stress(), || stress(&Sanitizer::thread(threads)?, 10))?;
    }
    steps.run("valgrind", valgrind)?;
    steps.print_times();
    Ok(())
}

/// What every change must pass: a short stress run each, and the tests of handles and of what walks know of objects.
pub(super) fn quick() -> Result<()> {
    stress(&Sanitizer::address(""), 2)?;
    for threads in Threads::BOTH {
        let sanitizer = Sanitizer::thread(threads)?;
        stress(&sanitizer, 2)?;
        suite::handles(&sanitizer)?;
    }
    Ok(())
}

/// What the thread sanitizer takes atomic operations for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Threads {
    /// All of them order.
    Ordered,
    /// They order as the code says.
    AsWritten,
}

impl Threads {
    const BOTH: [Self; 2] = [Self::Ordered, Self::AsWritten];

    fn name(self) -> &'static str {
        match self {
            Self::Ordered => "thread sanitizer, every atomic operation orders",
            Self::AsWritten => "thread sanitizer, orderings as written",
        }
    }

    fn name_of_stress(self) -> &'static str {
        match self {
            Self::Ordered => "thread sanitizer, every atomic operation orders: stress",
            Self::AsWritten => "thread sanitizer, orderings as written: stress",
        }
    }
}

/// A sanitizer, and how it is to run.
struct Sanitizer {
    name: &'static str,
    flags: &'static str,
    variable: &'static str,
    options: String,
}

impl Sanitizer {
    /// With these options besides.
    fn address(more: &str) -> Self {
        Self {
            name: "address",
            flags: "-Zsanitizer=address --cfg classtracker_keeps_no_memory",
            variable: "ASAN_OPTIONS",
            // What is neither freed at the end nor reachable is an error.
            options: format!("detect_leaks=1:detect_stack_use_after_return=0:exitcode=66{more}"),
        }
    }

    fn thread(threads: Threads) -> Result<Self> {
        // One file is all that it reads.
        let suppressions = target_dir().join("tsan.supp");
        let names: &[&str] = match threads {
            Threads::Ordered => &["tsan.supp"],
            Threads::AsWritten => &["tsan.supp", "tsan-fences.supp"],
        };
        let mut text = String::new();
        for name in names {
            let path = root().join("xtask").join(name);
            let failed = |cause| Failure::Read { path: path.display().to_string(), cause };
            text += &std::fs::read_to_string(&path).map_err(failed)?;
        }
        let written = std::fs::create_dir_all(target_dir()).and_then(|()| std::fs::write(&suppressions, text));
        written.map_err(|cause| Failure::Write { path: suppressions.display().to_string(), cause })?;
        let ordered = u8::from(threads == Threads::Ordered);
        Ok(Self {
            name: "thread",
            // The standard library is built without, and that is said to be meant.
            flags: "-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer",
            variable: "TSAN_OPTIONS",
            // Children of tests that fork start threads, which it would not watch but end.
            options: format!(
                "suppressions={}:force_seq_cst_atomics={ordered}:die_after_fork=0:exitcode=66",
                suppressions.display()
            ),
        })
    }

    fn cargo(&self, arguments: &[&str]) -> Cargo {
        // At the front: what comes behind `--` is for the tests.
        let (command, rest) = arguments.split_at(1);
        Cargo::new(&[command, &["--target", TARGET], rest].concat())
            .flags("RUSTFLAGS", self.flags)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_PROFILE_DEV_OPT_LEVEL", "1")
            // With less a function that is compiled into another has no path, and tests of recorded calls look for that.
            .env("CARGO_PROFILE_DEV_DEBUG", "full")
            .env(self.variable, &self.options)
            // With other flags for the compiler everything is built anew: in a folder of its own the rest stays as it is.
            .env("CARGO_TARGET_DIR", target_dir().join(self.name))
    }
}

fn stress(sanitizer: &Sanitizer, seconds: u32) -> Result<()> {
    let test = ["test", "--quiet", "-p", "classtracker", "--test", "stress"];
    let seconds = seconds.to_string();
    let cargo = sanitizer.cargo(&test).argument("--").argument("--seconds").argument(&seconds);
    // What it takes of memory is the sanitizer's.
    cargo.argument("--no-memory").run()
}

fn valgrind() -> Result<()> {
    programs::VALGRIND.provide()?;
    let runner = "valgrind --quiet --error-exitcode=66 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite";
    Cargo::new(&["test", "--quiet", "-p", "classtracker", "--test", "stress", "--target", TARGET, "--"])
        .argument("--seconds")
        .argument("5")
        .argument("--operations")
        .argument("500")
        .argument("--no-memory")
        .flags("RUSTFLAGS", "--cfg classtracker_keeps_no_memory")
        .env("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER", runner)
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "1")
        .env("CARGO_TARGET_DIR", target_dir().join("valgrind"))
        .run()
}
