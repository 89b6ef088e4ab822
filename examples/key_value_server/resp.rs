//! The Redis protocol: requests in, replies out.

/// The longest request that is taken, in bytes, and the most words in it.
const MAX_REQUEST: usize = 64 << 20;
const MAX_WORDS: usize = 1 << 16;

/// A request: a command and its arguments, as they lie in the input.
pub(crate) type Request<'i> = Vec<&'i [u8]>;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Parsed<'i> {
    /// A request, and how many bytes it took.
    Request(Request<'i>, usize),
    /// The rest of it has not come yet.
    Incomplete,
    /// The peer does not speak this protocol.
    Bad(&'static str),
}

/// Reads the first request of the input: an array of texts, or words on a line.
pub(crate) fn parse(input: &[u8]) -> Parsed<'_> {
    match input.first() {
        None => Parsed::Incomplete,
        Some(b'*') => array(input),
        Some(_) => words(input),
    }
}

fn array(input: &[u8]) -> Parsed<'_> {
    let mut at = 1;
    let count = match number(input, &mut at) {
        Number::Some(count) if count <= MAX_WORDS => count,
        Number::Incomplete => return Parsed::Incomplete,
        _ => return Parsed::Bad("invalid multibulk length"),
    };
    let mut request = Vec::with_capacity(count.min(64));
    for _ in 0..count {
        match input.get(at) {
            None => return Parsed::Incomplete,
            Some(b'$') => at += 1,
            Some(_) => return Parsed::Bad("expected '$'"),
        }
        let length = match number(input, &mut at) {
            Number::Some(length) if at + length <= MAX_REQUEST => length,
            Number::Incomplete => return Parsed::Incomplete,
            _ => return Parsed::Bad("invalid bulk length"),
        };
        let Some(text) = input.get(at..at + length) else { return Parsed::Incomplete };
        at += length;
        match input.get(at..at + 2) {
            None => return Parsed::Incomplete,
            Some(b"\r\n") => at += 2,
            Some(_) => return Parsed::Bad("expected a line's end behind a bulk"),
        }
        request.push(text);
    }
    Parsed::Request(request, at)
}

fn words(input: &[u8]) -> Parsed<'_> {
    match input.iter().position(|byte| *byte == b'\n') {
        Some(end) => {
            let line = input[..end].split(u8::is_ascii_whitespace);
            Parsed::Request(line.filter(|word| !word.is_empty()).collect(), end + 1)
        }
        None if input.len() > MAX_WORDS => Parsed::Bad("too big inline request"),
        None => Parsed::Incomplete,
    }
}

enum Number {
    Some(usize),
    Incomplete,
    None,
}

/// A number and the line's end behind it.
fn number(input: &[u8], at: &mut usize) -> Number {
    let mut value = 0_usize;
    let mut digits = 0;
    loop {
        match input.get(*at) {
            Some(digit @ b'0'..=b'9') if digits < 10 => {
                value = value * 10 + usize::from(digit - b'0');
                digits += 1;
                *at += 1;
            }
            Some(b'\r') if digits > 0 => break,
            None => return Number::Incomplete,
            Some(_) => return Number::None,
        }
    }
    match input.get(*at + 1) {
        None => Number::Incomplete,
        Some(b'\n') => {
            *at += 2;
            Number::Some(value)
        }
        Some(_) => Number::None,
    }
}

/// Writes replies.
pub(crate) struct Replies<'o>(pub(crate) &'o mut Vec<u8>);

impl Replies<'_> {
    pub(crate) fn ok(&mut self) {
        self.simple("OK");
    }

    pub(crate) fn simple(&mut self, text: &str) {
        self.line('+', text);
    }

    pub(crate) fn error(&mut self, text: &str) {
        self.line('-', text);
    }

    pub(crate) fn integer(&mut self, number: i64) {
        self.line(':', &number.to_string());
    }

    pub(crate) fn nothing(&mut self) {
        self.0.extend(b"$-1\r\n");
    }

    /// So many replies belong together.
    pub(crate) fn array(&mut self, length: usize) {
        self.line('*', &length.to_string());
    }

    pub(crate) fn bulk(&mut self, bytes: &[u8]) {
        self.line('$', &bytes.len().to_string());
        self.0.extend(bytes);
        self.0.extend(b"\r\n");
    }

    fn line(&mut self, kind: char, text: &str) {
        self.0.push(kind as u8);
        // A line's end inside would be the end of the reply.
        self.0.extend(text.bytes().map(|byte| if matches!(byte, b'\r' | b'\n') { b' ' } else { byte }));
        self.0.extend(b"\r\n");
    }
}
