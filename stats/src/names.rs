//! How classes are named in texts.

mod shorten;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

pub(crate) use shorten::last_segment;
use shorten::{longest_path, shorten};

/// How classes are named in what is printed.
///
/// ```
/// use classtracker_stats::{Names, Stats};
///
/// let mut stats = Stats::load("docs/factory.ctdump")?;
/// assert_eq!(&*stats.summary().snapshots[0].rows[0].name, "Employee");
/// stats.names(Names::Full);
/// assert_eq!(&*stats.summary().snapshots[0].rows[1].name, "factory::Request");
/// # Ok::<(), classtracker_stats::DumpError>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Names {
    /// By as few of the last segments of their paths as tell them apart: `Employee`, or `staff::Employee` where there is
    /// another `Employee`. The paths in a generic class' arguments are shortened as well.
    #[default]
    Short,
    /// By their full names.
    Full,
}

/// What each of a set of classes is called.
pub(crate) struct ClassNames {
    shown: HashMap<Arc<str>, Arc<str>>,
}

impl ClassNames {
    pub(crate) fn new(names: Names, classes: HashSet<&Arc<str>>) -> Self {
        let shown = match names {
            Names::Full => classes.into_iter().map(|class| (Arc::clone(class), Arc::clone(class))).collect(),
            Names::Short => short(classes),
        };
        Self { shown }
    }

    /// What `class` is called; its full name if it was not among the classes.
    pub(crate) fn of(&self, class: &Arc<str>) -> Arc<str> {
        Arc::clone(self.shown.get(class).unwrap_or(class))
    }
}

/// Lengthens the names that are not yet unique, a step at a time: first the class' own path, then those of its arguments.
fn short(classes: HashSet<&Arc<str>>) -> HashMap<Arc<str>, Arc<str>> {
    let longest = classes.iter().map(|class| longest_path(class)).max();
    let mut shown: HashMap<Arc<str>, Arc<str>> = HashMap::with_capacity(classes.len());
    let mut left: Vec<&Arc<str>> = classes.into_iter().collect();
    for (outer, inner) in steps(longest.unwrap_or(0)) {
        if left.is_empty() {
            break;
        }
        let names: Vec<String> = left.iter().map(|class| shorten(class, outer, inner)).collect();
        let mut count: HashMap<&str, u32> = HashMap::with_capacity(names.len());
        // A name given in an earlier step is taken.
        for name in shown.values().map(|name| &**name).chain(names.iter().map(String::as_str)) {
            *count.entry(name).or_default() += 1;
        }
        let (unique, ambiguous): (Vec<_>, Vec<_>) =
            left.iter().zip(&names).partition(|(_, name)| count.get(name.as_str()) == Some(&1));
        let unique: Vec<_> =
            unique.into_iter().map(|(class, name)| (Arc::clone(class), Arc::from(name.as_str()))).collect();
        left = ambiguous.into_iter().map(|(class, _)| *class).collect();
        shown.extend(unique);
    }
    shown
}

/// How many segments to keep of a class' own path and of its arguments' paths: fewer in all before more, and among the
/// same number in all, more of the class' own.
fn steps(longest: usize) -> impl Iterator<Item = (usize, usize)> {
    (2..=2 * longest).flat_map(move |both| {
        (1..both)
            .map(move |inner| (both - inner, inner))
            .filter(move |(outer, inner)| *outer <= longest && *inner <= longest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use std::fmt::Write;

    fn check(classes: &[&str], expected: Expect) {
        let classes: Vec<Arc<str>> = classes.iter().map(|class| Arc::from(*class)).collect();
        let names = ClassNames::new(Names::Short, classes.iter().collect());
        let mut text = String::new();
        for class in &classes {
            writeln!(text, "{}", names.of(class)).unwrap();
        }
        expected.assert_eq(&text);
    }

    #[test]
    fn the_last_segment_is_enough_where_it_is_unique() {
        check(
            &["app::staff::Employee", "app::Factory", "plain"],
            expect![[r#"
                Employee
                Factory
                plain
            "#]],
        );
    }

    #[test]
    fn as_many_segments_as_tell_two_classes_apart() {
        check(
            &["app::a::Employee", "app::b::Employee", "x::a::Employee", "app::Factory"],
            expect![[r#"
                app::a::Employee
                b::Employee
                x::a::Employee
                Factory
            "#]],
        );
    }

    #[test]
    fn arguments_are_shortened_and_lengthened_like_the_rest() {
        check(
            &[
                "alloc::vec::Vec<app::Employee>",
                "std::collections::hash::map::HashMap<alloc::string::String, app::a::Item>",
                "std::collections::hash::map::HashMap<alloc::string::String, app::b::Item>",
            ],
            expect![[r#"
                Vec<Employee>
                HashMap<string::String, a::Item>
                HashMap<string::String, b::Item>
            "#]],
        );
    }

    #[test]
    fn a_class_whose_full_name_is_anothers_short_one_keeps_it() {
        check(
            &["Employee", "app::Employee"],
            expect![[r#"
                Employee
                app::Employee
            "#]],
        );
    }

    #[test]
    fn full_names_stay_as_they_are() {
        let class: Arc<str> = "app::Employee".into();
        let names = ClassNames::new(Names::Full, HashSet::from([&class]));
        assert_eq!(names.of(&class), class);
    }
}
