//! The example `key_value_server`, as its clients see it, and what its dump says of it.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use classtracker::stats::Stats;

/// The example as it was built.
fn program() -> Command {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap().join("examples");
    let program = folder.join(format!("key_value_server{}", std::env::consts::EXE_SUFFIX));
    assert!(program.exists(), "{} is not built; `cargo build --examples` does it", program.display());
    Command::new(program)
}

#[test]
fn help_is_no_error_and_a_wrong_use_is_told_the_right_one() {
    let help = program().arg("--help").output().unwrap();
    let text = String::from_utf8(help.stdout).unwrap();
    assert!(help.status.success() && text.starts_with("Usage: key_value_server ["), "{text}");
    let wrongs = [
        (&["--port", "no"][..], "`no` is no port"),
        (&["--off", "--dump", "x.ctdump"], "with `--off` there is nothing to `--dump`"),
    ];
    for (arguments, message) in wrongs {
        let wrong = program().args(arguments).output().unwrap();
        assert_eq!((wrong.status.code(), wrong.stdout.len()), (Some(2), 0));
        assert_eq!(String::from_utf8(wrong.stderr).unwrap(), format!("error: {message}\n\n{text}\n"));
    }
}

struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let mut process = program().args(["--port", "0"]).args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit(' ').next().unwrap().parse().unwrap();
        Self { process, address }
    }

    fn client(&self) -> Client {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Client(BufReader::new(stream))
    }

    fn shut_down(mut self) {
        self.client().send(b"SHUTDOWN\r\n");
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Client(BufReader<TcpStream>);

impl Client {
    fn send(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).unwrap();
    }

    /// Sends a request and gives the reply as `redis-cli` would show it, more or less.
    fn ask(&mut self, words: &[&str]) -> String {
        let mut request = format!("*{}\r\n", words.len());
        for word in words {
            request += &format!("${}\r\n{word}\r\n", word.len());
        }
        self.send(request.as_bytes());
        self.reply()
    }

    fn reply(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        let line = line.trim_end();
        match line.split_at(1) {
            ("$", "-1") => "(nil)".into(),
            ("$", length) => {
                let mut text = vec![0; length.parse::<usize>().unwrap() + 2];
                self.0.read_exact(&mut text).unwrap();
                String::from_utf8(text).unwrap().trim_end_matches("\r\n").to_owned()
            }
            ("*", length) => {
                let parts: Vec<_> = (0..length.parse().unwrap()).map(|_| self.reply()).collect();
                format!("[{}]", parts.join(" "))
            }
            ("+" | "-" | ":", rest) => rest.to_owned(),
            _ => panic!("no reply: {line}"),
        }
    }
}

#[test]
fn clients_are_answered_and_the_dump_tells_what_they_left() {
    let folder = tempfile::tempdir().unwrap();
    let dump = folder.path().join("server.ctdump");
    let server = Server::start(&["--dump", dump.to_str().unwrap(), "--period", "50ms"]);
    let mut client = server.client();
    let replies = [
        (&["PING"][..], "PONG"),
        (&["SET", "a", "one"], "OK"),
        (&["GET", "a"], "one"),
        (&["GET", "none"], "(nil)"),
        (&["APPEND", "a", "!"], "4"),
        (&["INCR", "n"], "1"),
        (&["INCRBY", "n", "41"], "42"),
        (&["INCR", "a"], "ERR value is not an integer or out of range"),
        (&["RPUSH", "l", "x", "y", "z"], "3"),
        (&["LRANGE", "l", "0", "-2"], "[x y]"),
        (&["LPOP", "l"], "x"),
        (&["GET", "l"], "WRONGTYPE Operation against a key holding the wrong kind of value"),
        (&["HSET", "h", "f", "v"], "1"),
        (&["HGET", "h", "f"], "v"),
        (&["SADD", "s", "m", "m"], "1"),
        (&["MSET", "b", "1", "c", "2"], "OK"),
        (&["MGET", "b", "nope", "c"], "[1 (nil) 2]"),
        (&["SET", "soon", "gone", "PX", "1"], "OK"),
        (&["EXPIRE", "b", "100"], "1"),
        (&["TTL", "b"], "100"),
        (&["TTL", "c"], "-1"),
        (&["DEL", "b", "c", "nope"], "2"),
        (&["DBSIZE"], "6"),
        (&["FOO"], "ERR unknown command 'FOO', or wrong number of arguments for it"),
    ];
    for (request, expected) in replies {
        assert_eq!(client.ask(request), expected, "{request:?}");
    }
    std::thread::sleep(Duration::from_millis(20));
    assert_eq!(client.ask(&["GET", "soon"]), "(nil)");

    let mut listener = server.client();
    assert_eq!(listener.ask(&["SUBSCRIBE", "news"]), "[subscribe news 1]");
    assert_eq!(client.ask(&["PUBLISH", "news", "hello"]), "1");
    assert_eq!(listener.reply(), "[message news hello]");
    assert_eq!(client.ask(&["CLIENT", "LIST"]).lines().count(), 2);
    let summary = client.ask(&["INFO"]);
    for class in ["connection", "entry", "subscription"] {
        assert!(summary.contains(class), "{summary}");
    }
    drop(listener);
    drop(client);
    server.shut_down();

    let stats = Stats::load(&dump).unwrap();
    let last = stats.snapshots().last().unwrap();
    let entries = last.class("entry").unwrap();
    assert_eq!((entries.live, entries.unread), (5, 0), "a, n, l, h and s");
    assert_eq!(entries.created, 8, "b, c and soon have gone");
    let asked = stats.snapshots().iter().find(|snapshot| snapshot.label == "INFO").unwrap();
    assert_eq!(asked.class("connection").unwrap().live, 2);
    assert_eq!(asked.class("subscription").unwrap().live, 1);
}

#[test]
fn what_is_no_request_ends_the_connection_and_not_the_server() {
    let server = Server::start(&["--off"]);
    for bytes in ["*x\r\n", "*1\r\n!\r\n", "*1\r\n$-5\r\n", "*1\r\n$3\r\nabcdef\r\n", "*99999999\r\n"] {
        let mut client = server.client();
        client.send(bytes.as_bytes());
        assert!(client.reply().starts_with("ERR Protocol error"), "{bytes:?}");
        assert_eq!(client.0.read(&mut [0]).unwrap(), 0, "{bytes:?}");
    }
    let mut client = server.client();
    client.send(b"PI");
    client.send(b"NG\r\nECHO x\r\n");
    assert_eq!((client.reply(), client.reply()), ("PONG".into(), "x".into()));
    server.shut_down();
}
