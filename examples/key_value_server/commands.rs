//! What clients can ask for.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use classtracker::Tracked;

use crate::Server;
use crate::connection::Connection;
use crate::resp::Replies;
use crate::store::{Entry, Value};

pub(crate) enum After {
    GoOn,
    Close,
    Shutdown,
}

const WRONG_TYPE: &str = "WRONGTYPE Operation against a key holding the wrong kind of value";
const NO_INTEGER: &str = "ERR value is not an integer or out of range";
const SYNTAX: &str = "ERR syntax error";

/// Answers one request.
pub(crate) fn run(
    server: &Server,
    connection: &Tracked<Connection>,
    request: &[&[u8]],
    replies: &mut Replies<'_>,
) -> After {
    let Some((name, arguments)) = request.split_first() else { return After::GoOn };
    let store = &server.store;
    match (name.to_ascii_uppercase().as_slice(), arguments) {
        (b"PING", []) => replies.simple("PONG"),
        (b"PING" | b"ECHO", [text]) => replies.bulk(text),
        (b"SET", [key, value, options @ ..]) => set(server, key, value, options, replies),
        (b"GET", [key]) => text(store.get(key), replies),
        (b"MSET", pairs) if !pairs.is_empty() && pairs.len().is_multiple_of(2) => {
            for pair in pairs.chunks_exact(2) {
                store.put(Entry::new(pair[0], Value::Text(pair[1].to_vec()), None));
            }
            replies.ok();
        }
        (b"MGET", keys) if !keys.is_empty() => {
            replies.array(keys.len());
            for key in keys {
                match store.get(key).as_deref().map(|entry| entry.value.lock()).as_deref() {
                    Some(Value::Text(value)) => replies.bulk(value),
                    _ => replies.nothing(),
                }
            }
        }
        (b"DEL", keys) => replies.integer(keys.iter().filter(|key| store.remove(key)).count() as i64),
        (b"EXISTS", keys) => {
            replies.integer(keys.iter().filter(|key| store.get(key).is_some()).count() as i64);
        }
        (b"INCR", [key]) => increment(server, key, 1, replies),
        (b"DECR", [key]) => increment(server, key, -1, replies),
        (b"INCRBY", [key, by]) => match integer(by) {
            Some(by) => increment(server, key, by, replies),
            None => replies.error(NO_INTEGER),
        },
        (b"APPEND", [key, more]) => {
            let entry = store.get_or_put(key, || Value::Text(Vec::new()));
            match &mut *entry.value.lock() {
                Value::Text(text) => {
                    text.extend(*more);
                    replies.integer(text.len() as i64);
                }
                _ => replies.error(WRONG_TYPE),
            }
        }
        (b"EXPIRE", [key, seconds]) => match (integer(seconds), store.get(key)) {
            (None, _) => replies.error(NO_INTEGER),
            (Some(_), None) => replies.integer(0),
            (Some(seconds), Some(entry)) => {
                let after = Duration::from_secs(seconds.max(0).cast_unsigned());
                *entry.expires.lock() = Instant::now().checked_add(after);
                replies.integer(1);
            }
        },
        (b"TTL", [key]) => replies.integer(match store.get(key) {
            None => -2,
            Some(entry) => entry
                .expires
                .lock()
                .map_or(-1, |expires| expires.saturating_duration_since(Instant::now()).as_secs_f64().ceil() as i64),
        }),
        (b"LPUSH", [key, values @ ..]) if !values.is_empty() => {
            push(server, key, values, VecDeque::push_front, replies);
        }
        (b"RPUSH", [key, values @ ..]) if !values.is_empty() => push(server, key, values, VecDeque::push_back, replies),
        (b"LPOP", [key]) => pop(server, key, VecDeque::pop_front, replies),
        (b"RPOP", [key]) => pop(server, key, VecDeque::pop_back, replies),
        (b"LRANGE", [key, from, to]) => match (integer(from), integer(to)) {
            (Some(from), Some(to)) => range(server, key, from, to, replies),
            _ => replies.error(NO_INTEGER),
        },
        (b"SADD", [key, members @ ..]) if !members.is_empty() => {
            let entry = store.get_or_put(key, || Value::Set(HashSet::new()));
            match &mut *entry.value.lock() {
                Value::Set(set) => {
                    let added = members.iter().filter(|member| set.insert(member.to_vec())).count();
                    replies.integer(added as i64);
                }
                _ => replies.error(WRONG_TYPE),
            }
        }
        (b"SPOP", [key]) => match store.get(key).as_deref().map(|entry| entry.value.lock()).as_deref_mut() {
            None => replies.nothing(),
            Some(Value::Set(set)) => match set.iter().next().cloned() {
                Some(member) => {
                    set.remove(&member);
                    replies.bulk(&member);
                }
                None => replies.nothing(),
            },
            Some(_) => replies.error(WRONG_TYPE),
        },
        (b"HSET", [key, pairs @ ..]) if !pairs.is_empty() && pairs.len().is_multiple_of(2) => {
            let entry = store.get_or_put(key, || Value::Fields(HashMap::new()));
            match &mut *entry.value.lock() {
                Value::Fields(fields) => {
                    let new = |pair: &&[&[u8]]| fields.insert(pair[0].to_vec(), pair[1].to_vec()).is_none();
                    replies.integer(pairs.chunks_exact(2).filter(new).count() as i64);
                }
                _ => replies.error(WRONG_TYPE),
            }
        }
        (b"HGET", [key, field]) => match store.get(key).as_deref().map(|entry| entry.value.lock()).as_deref() {
            None => replies.nothing(),
            Some(Value::Fields(fields)) => match fields.get(*field) {
                Some(value) => replies.bulk(value),
                None => replies.nothing(),
            },
            Some(_) => replies.error(WRONG_TYPE),
        },
        (b"KEYS", [pattern]) if *pattern == b"*" => {
            let entries = store.all();
            replies.array(entries.len());
            entries.iter().for_each(|entry| replies.bulk(&entry.key));
        }
        (b"DBSIZE", []) => replies.integer(store.len() as i64),
        (b"FLUSHALL" | b"FLUSHDB", _) => {
            store.clear();
            replies.ok();
        }
        (b"SUBSCRIBE", channels) if !channels.is_empty() => {
            for channel in channels {
                let mut subscriptions = connection.subscriptions.lock();
                if !subscriptions.iter().any(|known| *known.channel == **channel) {
                    subscriptions.push(server.channels.subscribe(channel, &connection.wake));
                }
                subscription_reply("subscribe", channel, subscriptions.len(), replies);
            }
        }
        (b"UNSUBSCRIBE", channels) => {
            let mut subscriptions = connection.subscriptions.lock();
            let leave: Vec<Box<[u8]>> = match channels {
                [] => subscriptions.iter().map(|subscription| subscription.channel.clone()).collect(),
                channels => channels.iter().map(|channel| Box::from(*channel)).collect(),
            };
            for channel in leave {
                subscriptions.retain(|subscription| subscription.channel != channel);
                subscription_reply("unsubscribe", &channel, subscriptions.len(), replies);
            }
        }
        (b"PUBLISH", [channel, message]) => replies.integer(server.channels.publish(channel, message) as i64),
        (b"CLIENT", [what, name]) if what.eq_ignore_ascii_case(b"SETNAME") => {
            *connection.name.lock() = String::from_utf8_lossy(name).into_owned();
            replies.ok();
        }
        (b"CLIENT", [what]) if what.eq_ignore_ascii_case(b"LIST") => clients(server, replies),
        // What holds the memory at this moment.
        (b"INFO", _) => {
            let snapshot = server.tracker.create_snapshot("INFO");
            let mut stats = server.tracker.stats();
            let last = stats.snapshots().iter().rposition(|known| std::sync::Arc::ptr_eq(known, &snapshot));
            if let Some(last) = last {
                stats = classtracker::stats::Stats::new(stats.session().clone(), vec![stats.snapshots()[last].clone()]);
            }
            let mut text = Vec::new();
            let _ = stats.write_summary(&mut text);
            replies.bulk(&text);
        }
        // Asked by clients before they begin.
        (b"CONFIG", [what, ..]) if what.eq_ignore_ascii_case(b"GET") => replies.array(0),
        (b"COMMAND", _) => replies.array(0),
        (b"SELECT", [database]) if *database == b"0" => replies.ok(),
        (b"QUIT", []) => {
            replies.ok();
            return After::Close;
        }
        (b"SHUTDOWN", _) => return After::Shutdown,
        (name, _) => {
            let name = String::from_utf8_lossy(name);
            replies.error(&format!("ERR unknown command '{name}', or wrong number of arguments for it"));
        }
    }
    After::GoOn
}

/// Sends what was published to the subscriptions of a connection.
pub(crate) fn deliver(connection: &Connection, replies: &mut Replies<'_>) {
    for subscription in &*connection.subscriptions.lock() {
        let waiting = std::mem::take(&mut *subscription.waiting.lock());
        for message in waiting {
            replies.array(3);
            replies.bulk(b"message");
            replies.bulk(&subscription.channel);
            replies.bulk(&message);
        }
    }
}

fn subscription_reply(what: &str, channel: &[u8], count: usize, replies: &mut Replies<'_>) {
    replies.array(3);
    replies.bulk(what.as_bytes());
    replies.bulk(channel);
    replies.integer(count as i64);
}

fn integer(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn set(server: &Server, key: &[u8], value: &[u8], options: &[&[u8]], replies: &mut Replies<'_>) {
    let expires = match options {
        [] => None,
        [unit, number] => {
            let unit: fn(u64) -> Duration = match unit.to_ascii_uppercase().as_slice() {
                b"EX" => Duration::from_secs,
                b"PX" => Duration::from_millis,
                _ => return replies.error(SYNTAX),
            };
            match integer(number).and_then(|number| u64::try_from(number).ok()).filter(|number| *number > 0) {
                Some(number) => Instant::now().checked_add(unit(number)),
                None => return replies.error("ERR invalid expire time in 'set' command"),
            }
        }
        _ => return replies.error(SYNTAX),
    };
    server.store.put(Entry::new(key, Value::Text(value.to_vec()), expires));
    replies.ok();
}

fn text(entry: Option<Tracked<Entry>>, replies: &mut Replies<'_>) {
    match entry.as_deref().map(|entry| entry.value.lock()).as_deref() {
        None => replies.nothing(),
        Some(Value::Text(value)) => replies.bulk(value),
        Some(_) => replies.error(WRONG_TYPE),
    }
}

fn increment(server: &Server, key: &[u8], by: i64, replies: &mut Replies<'_>) {
    let entry = server.store.get_or_put(key, || Value::Text(b"0".to_vec()));
    match &mut *entry.value.lock() {
        Value::Text(text) => match integer(text).and_then(|number| number.checked_add(by)) {
            Some(number) => {
                *text = number.to_string().into_bytes();
                replies.integer(number);
            }
            None => replies.error(NO_INTEGER),
        },
        _ => replies.error(WRONG_TYPE),
    }
}

fn push(
    server: &Server,
    key: &[u8],
    values: &[&[u8]],
    push: fn(&mut VecDeque<Vec<u8>>, Vec<u8>),
    replies: &mut Replies<'_>,
) {
    let entry = server.store.get_or_put(key, || Value::List(VecDeque::new()));
    match &mut *entry.value.lock() {
        Value::List(list) => {
            values.iter().for_each(|value| push(list, value.to_vec()));
            replies.integer(list.len() as i64);
        }
        _ => replies.error(WRONG_TYPE),
    }
}

fn pop(server: &Server, key: &[u8], pop: fn(&mut VecDeque<Vec<u8>>) -> Option<Vec<u8>>, replies: &mut Replies<'_>) {
    let Some(entry) = server.store.get(key) else { return replies.nothing() };
    match &mut *entry.value.lock() {
        Value::List(list) => match pop(list) {
            Some(value) => replies.bulk(&value),
            None => replies.nothing(),
        },
        _ => replies.error(WRONG_TYPE),
    }
}

fn range(server: &Server, key: &[u8], from: i64, to: i64, replies: &mut Replies<'_>) {
    let Some(entry) = server.store.get(key) else { return replies.array(0) };
    match &*entry.value.lock() {
        Value::List(list) => {
            let length = list.len() as i64;
            let at = |index: i64| if index < 0 { (length + index).max(0) } else { index };
            let (from, to) = (at(from), at(to).min(length - 1));
            let count = (to - from + 1).max(0) as usize;
            replies.array(count);
            list.iter().skip(from as usize).take(count).for_each(|value| replies.bulk(value));
        }
        _ => replies.error(WRONG_TYPE),
    }
}

/// The connections, as the registry knows them: the server keeps no list of its own.
fn clients(server: &Server, replies: &mut Replies<'_>) {
    use std::fmt::Write;
    let mut text = String::new();
    for connection in server.tracker.instances::<Connection>() {
        let age = Tracked::birth(&connection).map_or(0, |birth| birth.as_secs());
        let name = connection.name.lock();
        let subscriptions = connection.subscriptions.lock().len();
        let serial = Tracked::serial(&connection).unwrap_or_default();
        let _ = writeln!(text, "id={serial} addr={} name={name} born={age} sub={subscriptions}", connection.peer);
    }
    replies.bulk(text.as_bytes());
}
