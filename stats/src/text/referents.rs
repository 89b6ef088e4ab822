//! The parts of an object or a class, as they are shown.

use super::printable;
use crate::{Percent, Referent};

/// Parts with less than this share are left out.
const LEAST_SHARE: f64 = 0.001;

/// Beyond this level, parts are not indented any further.
const DEEPEST_INDENT: u32 = 12;

/// The parts that are worth a line, and how many are not.
pub(super) struct Parts<'a> {
    pub(super) shown: Vec<Part<'a>>,
    left_out: usize,
}

pub(super) struct Part<'a> {
    level: u32,
    pub(super) referent: &'a Referent,
    /// Its share of the whole; `None` if the whole is 0.
    pub(super) share: Option<Percent>,
}

impl<'a> Parts<'a> {
    /// The parts of something that takes `whole` bytes. Of a part that is left out, so are the parts below it.
    pub(super) fn of(referents: &'a [Referent], whole: u64) -> Self {
        let mut parts = Self { shown: Vec::with_capacity(referents.len()), left_out: 0 };
        let mut below = u32::MAX;
        for (level, referent) in Referent::with_levels(referents) {
            let share = Percent::of(referent.bytes, whole);
            if level <= below {
                below = if share.is_some_and(|share| share.0 < LEAST_SHARE) { level } else { u32::MAX };
            }
            if below == u32::MAX {
                parts.shown.push(Part { level, referent, share });
            } else {
                parts.left_out += 1;
            }
        }
        parts
    }

    /// What is said of those that are left out, if there are any.
    pub(super) fn left_out(&self) -> Option<String> {
        match self.left_out {
            0 => None,
            1 => Some("(1 part under 0.1 % left out)".to_owned()),
            more => Some(format!("({more} parts under 0.1 % left out)")),
        }
    }
}

impl Part<'_> {
    /// What the part is called, indented by its level, with how many were added up: `  elements ×3`.
    pub(super) fn label(&self) -> String {
        let indent = 2 * (self.level.min(DEEPEST_INDENT) - 1) as usize;
        let name = printable(&self.referent.name);
        let level = if self.level > DEEPEST_INDENT { format!("[level {}] ", self.level) } else { String::new() };
        match self.referent.count {
            1 => format!("{:indent$}{level}{name}", ""),
            count => format!("{:indent$}{level}{name} ×{count}", ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_small_is_left_out_with_all_below_it() {
        let parts = [("a", 1, 999), ("b", 2, 998), ("c", 1, 1), ("d", 1, 0), ("e", 2, 500), ("f", 3, 500), ("g", 1, 2)];
        let parts = parts.map(|(name, level, bytes)| Referent::new(name, level, 1, 1, bytes));
        let shown = |whole| {
            let parts = Parts::of(&parts, whole);
            let labels: Vec<_> = parts.shown.iter().map(Part::label).collect();
            (labels.join("|"), parts.left_out())
        };
        assert_eq!(shown(1000), ("a|  b|c|g".to_owned(), Some("(3 parts under 0.1 % left out)".to_owned())));
        assert_eq!(shown(1001).0, "a|  b|g");
        assert_eq!(shown(100).0, "a|  b|c|g");
        // No part has a share of nothing.
        assert_eq!(shown(0), ("a|  b|c|d|  e|    f|g".to_owned(), None));
    }

    #[test]
    fn a_tree_that_is_too_deep_does_not_run_off_the_page() {
        let deep: Vec<_> = (1..=100_000).map(|level| Referent::new("next", level, 2, 8, 8)).collect();
        let parts = Parts::of(&deep, 8);
        assert_eq!(parts.shown[1].label(), "  next ×2");
        assert_eq!(parts.shown[99_999].label().trim_start(), "[level 100000] next ×2");
        assert!(parts.shown.iter().all(|part| part.label().len() < 60));
    }
}
