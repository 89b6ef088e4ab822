use std::io::{self, BufWriter, Write};
use std::slice;

use super::timeline::{self, Columns};
use crate::ObjectHistory;

impl ObjectHistory {
    /// Writes the object as a timeline: its serial, its class and what it shows of itself, where and when it was made,
    /// its size in each snapshot that lists it, and its end.
    ///
    /// Under each size stand the parts that make it up, if any were asked for, with their flat and deep sizes and their
    /// share of the object's bytes. Parts under 0.1 % are left out, with what is below them, and counted.
    ///
    /// # Errors
    /// What `out` gives.
    pub fn write_text(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        let columns = Columns::of(&self.moments, slice::from_ref(&self.object));
        timeline::write(&self.object, &self.moments, columns, true, &mut out)?;
        out.flush()
    }
}
