use std::io::{self, Read};

/// An input to which one can give back what one has read too much of.
pub(super) struct Pushed<R> {
    back: Vec<u8>,
    /// How much of that was read again.
    at: usize,
    input: R,
}

impl<R: Read> Pushed<R> {
    pub(super) fn new(input: R) -> Self {
        Self { back: Vec::new(), at: 0, input }
    }

    /// Gives back the last that was read, to be read again.
    pub(super) fn push_back(&mut self, mut bytes: Vec<u8>) {
        bytes.extend_from_slice(&self.back[self.at..]);
        (self.back, self.at) = (bytes, 0);
    }
}

impl<R: Read> Read for Pushed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.back.len() {
            return self.input.read(buffer);
        }
        let read = (&self.back[self.at..]).read(buffer)?;
        self.at += read;
        if self.at == self.back.len() {
            (self.back, self.at) = (Vec::new(), 0);
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_back_comes_again_before_the_rest() {
        let mut input = Pushed::new(&b"abcdefgh"[..]);
        let read = |count: u64, input: &mut Pushed<_>| {
            let mut text = String::new();
            input.take(count).read_to_string(&mut text).unwrap();
            text
        };
        assert_eq!(read(4, &mut input), "abcd");
        input.push_back(b"cd".to_vec());
        assert_eq!(read(1, &mut input), "c");
        input.push_back(b"bc".to_vec());
        assert_eq!(read(100, &mut input), "bcdefgh");
    }
}
