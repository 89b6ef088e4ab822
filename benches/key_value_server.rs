//! What tracking takes from a real service: the example `key_value_server` under `redis-benchmark`, tracked with a snapshot every second
//! that is streamed to a file, against the same with tracking off.
//!
//! Prints `name <tab> value <tab> bound <tab> ok|over`: seconds with tracking on for each second with it off, so at least 0.97 of the
//! throughput is a ratio of at most 1.031. The pairs alternate, and the median of their ratios counts; the spread goes to stderr.

mod report;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use report::report;

const PAIRS: usize = 9;
const REQUESTS: &str = "400000";

fn main() {
    if Command::new("redis-benchmark").arg("--version").output().is_err() {
        eprintln!("# redis-benchmark is missing (Debian's package redis-tools): the server is not measured");
        std::process::exit(1);
    }
    let server = build();
    let folder = std::env::temp_dir().join(format!("key_value_server-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the dumps");
    for (name, command, pipeline) in [("SET", "set", "16"), ("GET", "get", "16"), ("LPUSH", "lpush", "16")] {
        let mut ratios = Vec::new();
        for pair in 0..=PAIRS {
            // Each is as often first as second.
            let mut seconds = [Duration::ZERO; 2];
            for turn in 0..2 {
                let tracked = (pair + turn) % 2 == 0;
                let dump = folder.join(format!("{command}-{pair}.ctdump"));
                seconds[usize::from(tracked)] = run(&server, tracked.then_some(&dump), command, pipeline);
            }
            // What comes once is not measured.
            if pair > 0 {
                ratios.push(seconds[1].as_secs_f64() / seconds[0].as_secs_f64());
            }
        }
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

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// How long the requests take.
fn run(program: &Path, dump: Option<&PathBuf>, command: &str, pipeline: &str) -> Duration {
    let mut server = Command::new(program);
    server.args(["--port", "0"]).stdout(Stdio::piped());
    match dump {
        Some(path) => server.arg("--dump").arg(path),
        None => server.arg("--off"),
    };
    let mut server = Server(server.spawn().expect("the server starts"));
    let mut line = String::new();
    let output = server.0.stdout.take().expect("it was piped");
    BufReader::new(output).read_line(&mut line).expect("the server says where it listens");
    let address: SocketAddr = line.trim().rsplit(' ').next().and_then(|word| word.parse().ok()).expect("an address");
    let port = address.port().to_string();
    let mut benchmark = Command::new("redis-benchmark");
    benchmark.args(["-p", &port, "-t", command, "-n", REQUESTS, "-r", "100000", "-d", "64", "-P", pipeline, "-q"]);
    let start = Instant::now();
    let output = benchmark.output().expect("redis-benchmark runs");
    let seconds = start.elapsed();
    assert!(output.status.success(), "redis-benchmark: {}", String::from_utf8_lossy(&output.stderr));
    seconds
}
