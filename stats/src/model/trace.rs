use std::fmt;
use std::sync::Arc;

use super::Site;

/// The calls that led to where an object was made.
///
/// ```
/// use classtracker_stats::{Frame, Trace};
///
/// let mut main = Frame::new("app::main");
/// main.site = None;
/// let trace = Trace::new(vec![main.into(), Frame::new("app::load").into()]);
/// assert_eq!(trace.to_string(), "app::main\napp::load\n");
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct Trace {
    /// The calls, the outermost first, the one that made the object last.
    pub frames: Vec<Arc<Frame>>,
    /// Whether calls further out than the first one here were left out.
    pub cut: bool,
}

impl Trace {
    /// A trace of these calls, none of which was left out.
    #[must_use]
    pub fn new(frames: Vec<Arc<Frame>>) -> Self {
        Self { frames, cut: false }
    }
}

/// A line for each call, the outermost first.
impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.cut {
            writeln!(f, "…")?;
        }
        self.frames.iter().try_for_each(|frame| writeln!(f, "{frame}"))
    }
}

/// One call of a [`Trace`].
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct Frame {
    /// The function, demangled; its address where the name is not known.
    pub function: String,
    /// Where in it the call stands, if that is known.
    pub site: Option<Site>,
}

impl Frame {
    /// A call in `function`, not known where.
    ///
    /// ```
    /// use classtracker_stats::{Frame, Site};
    ///
    /// let mut frame = Frame::new("app::load");
    /// frame.site = Some(Site { file: "src/load.rs".into(), line: 12, column: 9 });
    /// assert_eq!(frame.to_string(), "app::load at src/load.rs:12:9");
    /// ```
    #[must_use]
    pub fn new(function: impl Into<String>) -> Self {
        Self { function: function.into(), site: None }
    }
}

/// The function, and where in it if that is known: `app::load at src/load.rs:12:9`.
impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.function)?;
        match &self.site {
            Some(site) => write!(f, " at {site}"),
            None => Ok(()),
        }
    }
}
