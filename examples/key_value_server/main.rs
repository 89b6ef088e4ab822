//! A key-value server that speaks enough of the Redis protocol for `redis-cli` and `redis-benchmark`, and that tells what holds its
//! memory: connections, entries and subscriptions are tracked.
//!
//! ```text
//! cargo run --release --example key_value_server -- --port 6379 --dump /tmp/server.ctdump
//! redis-benchmark -p 6379 -t set,get,lpush -n 100000
//! redis-cli -p 6379 INFO
//! redis-cli -p 6379 SHUTDOWN
//! classtracker growth /tmp/server.ctdump
//! ```
//!
//! `--help` tells what else it takes.

mod arguments;
mod channels;
mod commands;
mod connection;
mod resp;
mod store;

use std::process::ExitCode;
use std::sync::Arc;

use classtracker::{ClassTracker, MonitorOptions, TrackOptions};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use arguments::{Arguments, Usage};
use channels::{Channels, Subscription};
use connection::Connection;
use store::{Entry, Store};

/// What all connections share.
pub(crate) struct Server {
    store: Store,
    channels: Channels,
    tracker: &'static ClassTracker,
    shutdown: Notify,
}

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(Usage::Help) => {
            print!("{}", arguments::HELP);
            return ExitCode::SUCCESS;
        }
        Err(Usage::Wrong(message)) => {
            eprintln!("error: {message}\n\n{}", arguments::HELP);
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    classtracker::set_enabled(arguments.track);
    let tracker = ClassTracker::global();
    tracker.track_class_with::<Entry>(TrackOptions::new().name("entry"));
    tracker.track_class_with::<Connection>(TrackOptions::new().name("connection"));
    tracker.track_class_with::<Subscription>(TrackOptions::new().name("subscription").resolution_level(1));

    let listener = TcpListener::bind(("127.0.0.1", arguments.port)).await?;
    let server =
        Arc::new(Server { store: Store::default(), channels: Channels::default(), tracker, shutdown: Notify::new() });
    // Ends the dump when `run` returns, however it does; before the server goes, so that the last snapshot still sees it.
    let _monitor = if arguments.track {
        let options = MonitorOptions::new().period(arguments.period).keep_last(100);
        let options = match &arguments.dump {
            Some(path) => options.stream_to(path),
            None => options,
        };
        Some(tracker.monitor(options)?)
    } else {
        None
    };

    println!("listening on {}", listener.local_addr()?);
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // One connection that fails (too many open files, a peer that has left again) is not the server's end.
                let Ok((stream, peer)) = accepted else { continue };
                let server = Arc::clone(&server);
                tokio::spawn(async move {
                    // Peers leave as they like.
                    let _ = connection::serve(&server, stream, peer).await;
                });
            }
            () = server.shutdown.notified() => return Ok(()),
            _ = tokio::signal::ctrl_c() => return Ok(()),
        }
    }
}
