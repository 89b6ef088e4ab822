//! Questions to a dump of ten million objects in each of ten snapshots, each in a process of its own, whose memory is read.

use std::env;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use classtracker_stats::dump::{CompactReader, CompactSnapshot, Objects, ReadOptions};
use classtracker_stats::{DiffBuilder, DiffOptions, DumpFile, Stats};

use crate::dump::sample::{self, Sample};
use crate::report::report;

const OBJECTS: u64 = 10_000_000;
const SNAPSHOTS: usize = 10;
/// MiB.
const BOUND: f64 = 256.0;

/// Set in the child: what it is to do, then the dump's path.
const CHILD: &str = "CLASSTRACKER_BENCH_DUMP";

/// Makes the dump and asks it.
pub(crate) fn run() {
    if !Path::new("/proc/self/status").exists() {
        eprintln!("# the memory of a process can't be read here: questions to a large dump are left out");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("large.ctdump");
    ask("make", &path);
    eprintln!("# the dump takes {} MB", path.metadata().unwrap().len() / 1_000_000);
    for question in ["summary", "growth", "diff"] {
        let name = format!("{question} of 10 M objects × 10 snapshots, MiB at peak");
        report(&name, BOUND, vec![ask(question, &path)]);
    }
}

/// Runs a child, and gives the MiB that it took beyond what it took when it began.
fn ask(question: &str, path: &Path) -> f64 {
    let output = Command::new(env::current_exe().unwrap())
        .env(CHILD, question)
        .env("CLASSTRACKER_BENCH_PATH", path)
        .stderr(std::process::Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success(), "{question}: {output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.trim().parse().unwrap()
}

/// What the child does; whether this is one.
pub(crate) fn child() -> bool {
    let (Ok(question), Ok(path)) = (env::var(CHILD), env::var("CLASSTRACKER_BENCH_PATH")) else {
        return false;
    };
    let before = kilobytes("VmRSS:");
    let start = std::time::Instant::now();
    answer(&question, Path::new(&path));
    eprintln!("# {question}: {:.1} s", start.elapsed().as_secs_f64());
    println!("{}", (kilobytes("VmHWM:") - before) / 1024.0);
    true
}

fn answer(question: &str, path: &Path) {
    match question {
        "make" => make(path),
        "summary" => without_objects(path).write_summary(&mut io::sink()).unwrap(),
        "growth" => drop(without_objects(path).growth()),
        "diff" => diff(path),
        other => panic!("no question: {other}"),
    }
}

fn make(path: &Path) {
    let mut sample = Sample::new(OBJECTS);
    let mut file = DumpFile::create(path, &sample::session()).unwrap();
    for _ in 0..SNAPSHOTS {
        file.write(&Arc::new(sample.next())).unwrap();
    }
    file.finish().unwrap();
}

fn without_objects(path: &Path) -> Stats {
    let mut options = ReadOptions::default();
    options.objects = Objects::Skip;
    Stats::load_with(path, &options).unwrap().0
}

/// By object, between the first and the last snapshot.
fn diff(path: &Path) {
    let mut reader = CompactReader::new(File::open(path).unwrap()).unwrap();
    let first = reader.next().unwrap().unwrap();
    let mut gone = Vec::new();
    let mut last: Option<CompactSnapshot> = None;
    for _ in 1..SNAPSHOTS {
        // What is not needed is given up before the next one is read.
        if let Some(between) = last.take() {
            gone.extend_from_slice(&between.snapshot.gone);
        }
        last = Some(reader.next().unwrap().unwrap());
    }
    let last = last.unwrap();
    let mut builder = DiffBuilder::new(&first.snapshot, &last.snapshot, DiffOptions::default());
    builder.gone(&gone).objects(&first.objects, &last.objects);
    let fates = builder.finish().total.fates.unwrap();
    assert_eq!((fates.survived.at_least, fates.listed.survived), (OBJECTS, OBJECTS));
    eprintln!("# {} and {} bytes packed", first.objects.memory_bytes(), last.objects.memory_bytes());
}

fn kilobytes(name: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
