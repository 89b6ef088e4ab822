//! The processor's time, which does not run on while something else has the processor.

/// The seconds that this thread has run.
#[cfg(target_os = "linux")]
pub(crate) fn processor_seconds() -> f64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}

/// What comes nearest elsewhere.
#[cfg(not(target_os = "linux"))]
pub(crate) fn processor_seconds() -> f64 {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed().as_secs_f64()
}
