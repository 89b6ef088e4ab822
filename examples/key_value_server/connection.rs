//! One client.

use std::net::SocketAddr;
use std::sync::Arc;

use classtracker::{DeepSizeOf, Tracked};
use parking_lot::Mutex;
use tokio::io::{self, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::Server;
use crate::channels::Subscription;
use crate::commands::{self, After};
use crate::resp::{self, Parsed, Replies};

#[derive(DeepSizeOf)]
pub(crate) struct Connection {
    pub(crate) peer: SocketAddr,
    pub(crate) name: Mutex<String>,
    /// Its subscriptions count for themselves.
    pub(crate) subscriptions: Mutex<Vec<Tracked<Subscription>>>,
    buffers: Mutex<Buffers>,
    #[deep_size(skip)]
    pub(crate) wake: Arc<Notify>,
}

/// What has come and is not a whole request yet, and what was not sent yet.
#[derive(DeepSizeOf, Default)]
struct Buffers {
    input: Vec<u8>,
    output: Vec<u8>,
}

/// How much is read at once.
const CHUNK: usize = 16 << 10;
/// What a buffer may keep of its memory when it is empty.
const KEEP: usize = 64 << 10;

/// Answers a client until it leaves.
pub(crate) async fn serve(server: &Server, mut stream: TcpStream, peer: SocketAddr) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let connection = Tracked::new(Connection {
        peer,
        name: Mutex::default(),
        subscriptions: Mutex::default(),
        buffers: Mutex::default(),
        wake: Arc::new(Notify::new()),
    });
    loop {
        // A snapshot sees the buffers while the server waits for the client, and not while it works on them.
        let (mut input, mut output) = {
            let mut buffers = connection.buffers.lock();
            (std::mem::take(&mut buffers.input), std::mem::take(&mut buffers.output))
        };
        let after = answer(server, &connection, &mut input, &mut output);
        commands::deliver(&connection, &mut Replies(&mut output));
        if !output.is_empty() {
            stream.write_all(&output).await?;
            output.clear();
        }
        match after {
            After::GoOn => {}
            After::Close => return Ok(()),
            After::Shutdown => {
                server.shutdown.notify_one();
                return Ok(());
            }
        }
        for buffer in [&mut input, &mut output] {
            if buffer.capacity() > KEEP {
                buffer.shrink_to(KEEP);
            }
        }
        *connection.buffers.lock() = Buffers { input, output };

        let mut chunk = [0; CHUNK];
        tokio::select! {
            read = stream.read(&mut chunk) => match read? {
                0 => return Ok(()),
                count => connection.buffers.lock().input.extend(&chunk[..count]),
            },
            () = connection.wake.notified() => {}
        }
    }
}

/// Answers all requests that have come whole.
fn answer(server: &Server, connection: &Tracked<Connection>, input: &mut Vec<u8>, output: &mut Vec<u8>) -> After {
    let mut used = 0;
    let mut after = After::GoOn;
    while matches!(after, After::GoOn) {
        match resp::parse(&input[used..]) {
            Parsed::Request(request, length) => {
                used += length;
                after = commands::run(server, connection, &request, &mut Replies(output));
            }
            Parsed::Incomplete => break,
            Parsed::Bad(why) => {
                Replies(output).error(&format!("ERR Protocol error: {why}"));
                after = After::Close;
            }
        }
    }
    input.drain(..used);
    after
}
