//! `cargo xtask sanitize`: the tests under the address sanitizer and its leak check, the stress test also under the thread sanitizer and valgrind.
//!
//! The sanitizers' runtimes come with the toolchain; only the flag that asks for them is not stable. The thread sanitizer sees what is compiled
//! with it, which the standard library is not: what its channels and locks order looks like a race. So it watches the stress test, which
//! passes data between threads by locks and joins that it sees; `tsan.supp` says what is still to be passed over, and why.

use crate::cargo::{Cargo, root, target_dir};
use crate::failure::{Failure, Result};
use crate::programs;

/// The one that the runtimes are for. With a target named, build scripts and macros are built without the sanitizer.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Tests that run other programs, count allocations, or ask the allocator, and so would test the sanitizer.
const NOT_HERE: [&str; 6] = ["compiled_out", "examples", "key_value_server", "process_memory", "readme", "stress"];

/// Single tests that look at what the process takes of the system, how long it takes, or whether the allocator gives an address twice. All
/// that is the sanitizer's: it is slow, and keeps what is freed for a while.
const NOT_THESE: [&str; 7] = [
    "a_lock_that_is_held_for_ever_costs_every_number_of_threads_the_same",
    "a_tracked_object_in_the_place_of_a_dead_one_does_not_inherit_its_record",
    "an_arc_at_the_address_of_a_dead_one_does_not_inherit_its_record",
    "dead_instances_leave_nothing_behind",
    "registering_a_class_again_and_again_takes_no_memory",
    "short_lived_arcs_that_no_snapshot_ever_finds_dead_take_no_memory",
    "two_thousand_threads_of_one_object_each_leave_nothing_behind",
];

pub(crate) fn run() -> Result<()> {
    tests_under_address_sanitizer()?;
    stress(&ADDRESS, 10)?;
    stress(&THREAD, 10)?;
    valgrind()
}

/// What every change must pass: a short stress run each.
pub(super) fn quick() -> Result<()> {
    stress(&ADDRESS, 2)?;
    stress(&THREAD, 2)
}

struct Sanitizer {
    name: &'static str,
    flags: &'static str,
    variable: &'static str,
    options: fn() -> String,
}

const ADDRESS: Sanitizer = Sanitizer {
    name: "address",
    // What is dropped is freed, so that who uses it later is found.
    flags: "-Zsanitizer=address --cfg classtracker_keeps_no_memory",
    variable: "ASAN_OPTIONS",
    // What is neither freed at the end nor reachable is an error.
    options: || "detect_leaks=1:detect_stack_use_after_return=0:exitcode=66".into(),
};

const THREAD: Sanitizer = Sanitizer {
    name: "thread",
    // The standard library is built without, and that is said to be meant.
    flags: "-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer",
    variable: "TSAN_OPTIONS",
    options: || format!("suppressions={}:exitcode=66", root().join("xtask/tsan.supp").display()),
};

impl Sanitizer {
    fn cargo(&self, arguments: &[&str]) -> Cargo {
        Cargo::new(arguments)
            .argument("--target")
            .argument(TARGET)
            .flags("RUSTFLAGS", self.flags)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_PROFILE_DEV_OPT_LEVEL", "1")
            // With less a function that is compiled into another has no path, and tests of recorded calls look for that.
            .env("CARGO_PROFILE_DEV_DEBUG", "full")
            .env(self.variable, (self.options)())
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

fn tests_under_address_sanitizer() -> Result<()> {
    ADDRESS.cargo(&["test", "-p", "classtracker-stats", "--all-features", "--lib"]).run()?;
    let mut cargo = ADDRESS.cargo(&["test", "-p", "classtracker", "--all-features", "--no-fail-fast", "--lib"]);
    for test in tests()? {
        cargo = cargo.argument("--test").argument(test);
    }
    cargo = cargo.argument("--");
    for test in NOT_THESE {
        // In one word: a test with a `main` of its own takes any other for a name.
        cargo = cargo.argument(format!("--skip={test}"));
    }
    cargo.run()
}

/// The names of the integration tests that are run.
fn tests() -> Result<Vec<String>> {
    let folder = root().join("tests");
    let failed = |cause| Failure::Read { path: folder.display().to_string(), cause };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_test = path.extension().is_some_and(|extension| extension == "rs") || path.join("main.rs").is_file();
        if is_test && !NOT_HERE.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
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
        .env("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER", runner)
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "1")
        .env("CARGO_TARGET_DIR", target_dir().join("valgrind"))
        .run()
}
