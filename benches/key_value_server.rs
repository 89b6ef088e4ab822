//! What tracking takes from a real service: the example `key_value_server` under `redis-benchmark`, tracked with a snapshot every second
//! that is streamed to a file, against the same with tracking off.
//!
//! Prints `name <tab> value <tab> bound <tab> ok|over`: seconds with tracking on for each second with it off, so at least 0.97 of the
//! throughput is a ratio of at most 1.031. In each round two new servers are asked by turns, a few times each, while the other one is stopped;
//! the ratio of their times counts, and of those the median. The spread goes to stderr. Snapshots go on by the clock, so that the
//! server which is stopped half of the time takes as many as one that runs all the time.

mod report;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use report::report;
use rustix::process::{Pid, Signal, kill_process};

/// A single round is off by some hundredths: so many that their median is not.
const ROUNDS: usize = 37;
/// How often each server is asked in a round.
const TURNS: usize = 6;
const REQUESTS: &str = "100000";

fn main() {
    if Command::new("redis-benchmark").arg("--version").output().is_err() {
        eprintln!("# redis-benchmark is missing (Debian's package redis-tools): the server is not measured");
        std::process::exit(1);
    }
    let server = build();
    let folder = std::env::temp_dir().join(format!("key_value_server-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the dumps");
    for (name, command) in [("SET", "set"), ("GET", "get"), ("LPUSH", "lpush")] {
        let dump = |number| folder.join(format!("{command}-{number}.ctdump"));
        let ratios = (0..ROUNDS).map(|number| round(&server, &dump(number), command)).collect();
        report(&format!("key-value server, {name}, tracking on / off (time)"), 1.031, ratios);
    }
    let _ = std::fs::remove_dir_all(&folder);
}

/// The example as users build it.
fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo).args(["build", "--quiet", "--release", "--example", "key_value_server"]).status();
    assert!(built.is_ok_and(|status| status.success()), "the example builds");
    let this = std::env::current_exe().expect("this program has a path");
    let folder = this.ancestors().nth(2).expect("benches are built into target/release/deps");
    folder.join("examples").join(format!("key_value_server{}", std::env::consts::EXE_SUFFIX))
}

/// Seconds of a new server with tracking on, for each second of one with it off.
fn round(program: &Path, dump: &Path, command: &str) -> f64 {
    let servers = [Server::start(program, None), Server::start(program, Some(dump))];
    let mut seconds = [Duration::ZERO; 2];
    for turn in 0..=TURNS {
        // Each is as often first as second.
        let order = if turn % 2 == 0 { [0, 1] } else { [1, 0] };
        for side in order {
            servers[side].signal(Signal::CONT);
            let took = servers[side].ask(command);
            servers[side].signal(Signal::STOP);
            // What comes once is not measured.
            if turn > 0 {
                seconds[side] += took;
            }
        }
    }
    seconds[1].as_secs_f64() / seconds[0].as_secs_f64()
}

/// The example, stopped.
struct Server {
    process: Child,
    port: String,
}

impl Server {
    /// With tracking on and a snapshot every second, if there is a place for them.
    fn start(program: &Path, dump: Option<&Path>) -> Self {
        let mut server = Command::new(program);
        server.args(["--port", "0"]).stdout(Stdio::piped());
        match dump {
            Some(path) => server.arg("--dump").arg(path),
            None => server.arg("--off"),
        };
        let mut process = server.spawn().expect("the server starts");
        let mut line = String::new();
        let output = process.stdout.take().expect("it was piped");
        BufReader::new(output).read_line(&mut line).expect("the server says where it listens");
        let address: SocketAddr =
            line.trim().rsplit(' ').next().and_then(|word| word.parse().ok()).expect("an address");
        let server = Self { process, port: address.port().to_string() };
        server.signal(Signal::STOP);
        server
    }

    fn signal(&self, signal: Signal) {
        let process = Pid::from_child(&self.process);
        kill_process(process, signal).expect("the server is there");
    }

    /// How long it takes for the requests.
    fn ask(&self, command: &str) -> Duration {
        let mut benchmark = Command::new("redis-benchmark");
        benchmark.args(["-p", &self.port, "-t", command, "-n", REQUESTS, "-r", "100000", "-d", "64", "-P", "16", "-q"]);
        let start = Instant::now();
        let output = benchmark.output().expect("redis-benchmark runs");
        let took = start.elapsed();
        assert!(output.status.success(), "redis-benchmark: {}", String::from_utf8_lossy(&output.stderr));
        took
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
