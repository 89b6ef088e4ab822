use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use thiserror::Error;

/// Which classes a question is about, by their full names. The default is all.
///
/// As text: `Employee` for all that have this in their names, `=app::Employee` for the one with exactly this name, and
/// `/^app::.*Cache$/` for those that match a regular expression, which takes the feature `regex`.
///
/// ```
/// use classtracker_stats::ClassFilter;
///
/// let some: ClassFilter = "staff".parse()?;
/// assert!(some.matches("app::staff::Employee") && !some.matches("app::Factory"));
/// let one: ClassFilter = "=Employee".parse()?;
/// assert!(one.matches("Employee") && !one.matches("app::staff::Employee"));
/// # Ok::<(), classtracker_stats::ClassFilterError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ClassFilter(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Contains(String),
    Exactly(String),
    #[cfg(feature = "regex")]
    Pattern(regex::Regex),
}

impl Default for Kind {
    fn default() -> Self {
        Self::Contains(String::new())
    }
}

impl ClassFilter {
    /// Classes with this anywhere in their names; all for an empty text.
    ///
    /// ```
    /// use classtracker_stats::ClassFilter;
    ///
    /// let staff = ClassFilter::contains("staff");
    /// assert!(staff.matches("app::staff::Employee") && !staff.is_all());
    /// assert!(ClassFilter::contains("").is_all());
    /// ```
    #[must_use]
    pub fn contains(text: impl Into<String>) -> Self {
        Self(Kind::Contains(text.into()))
    }

    /// The class with exactly this name.
    ///
    /// ```
    /// use classtracker_stats::ClassFilter;
    ///
    /// let employee = ClassFilter::exactly("app::Employee");
    /// assert!(employee.matches("app::Employee") && !employee.matches("app::EmployeeList"));
    /// ```
    #[must_use]
    pub fn exactly(name: impl Into<String>) -> Self {
        Self(Kind::Exactly(name.into()))
    }

    /// Classes in whose names this regular expression matches something.
    ///
    /// # Errors
    /// [`ClassFilterError`] if it is none.
    ///
    /// ```
    /// use classtracker_stats::ClassFilter;
    ///
    /// let caches = ClassFilter::pattern("Cache$").unwrap();
    /// assert!(caches.matches("app::SourceCache") && !caches.matches("app::CacheEntry"));
    /// assert!(ClassFilter::pattern("(").is_err());
    /// ```
    #[cfg(feature = "regex")]
    pub fn pattern(pattern: &str) -> Result<Self, ClassFilterError> {
        match regex::Regex::new(pattern) {
            Ok(regex) => Ok(Self(Kind::Pattern(regex))),
            Err(error) => {
                // Its own text is of several lines, with the pattern and a mark below it; the last line says what is wrong.
                let why = error.to_string();
                let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                Err(ClassFilterError::BadPattern { found: pattern.to_owned(), why })
            }
        }
    }

    /// Whether the class of this full name is meant.
    #[must_use]
    pub fn matches(&self, class: &str) -> bool {
        match &self.0 {
            Kind::Contains(text) => class.contains(text),
            Kind::Exactly(name) => class == name,
            #[cfg(feature = "regex")]
            Kind::Pattern(regex) => regex.is_match(class),
        }
    }

    /// Whether every class is meant.
    #[must_use]
    pub fn is_all(&self) -> bool {
        matches!(&self.0, Kind::Contains(text) if text.is_empty())
    }
}

impl FromStr for ClassFilter {
    type Err = ClassFilterError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
            #[cfg(feature = "regex")]
            Some(pattern) => Self::pattern(pattern),
            #[cfg(not(feature = "regex"))]
            Some(pattern) => Err(ClassFilterError::NoPatterns { found: pattern.to_owned() }),
            None => Ok(text.into()),
        }
    }
}

/// As it is read, but for regular expressions: all that is not an exact name is a part of one.
impl From<&str> for ClassFilter {
    fn from(text: &str) -> Self {
        text.strip_prefix('=').map_or_else(|| Self::contains(text), Self::exactly)
    }
}

impl From<&String> for ClassFilter {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<&Self> for ClassFilter {
    fn from(filter: &Self) -> Self {
        filter.clone()
    }
}

/// As it is read.
impl fmt::Display for ClassFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Contains(text) => f.write_str(text),
            Kind::Exactly(name) => write!(f, "={name}"),
            #[cfg(feature = "regex")]
            Kind::Pattern(regex) => write!(f, "/{regex}/"),
        }
    }
}

impl PartialEq for ClassFilter {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Kind::Contains(a), Kind::Contains(b)) | (Kind::Exactly(a), Kind::Exactly(b)) => a == b,
            #[cfg(feature = "regex")]
            (Kind::Pattern(a), Kind::Pattern(b)) => a.as_str() == b.as_str(),
            _ => false,
        }
    }
}

impl Eq for ClassFilter {}

impl Serialize for ClassFilter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A text that is no [`ClassFilter`].
///
/// ```
/// use classtracker_stats::ClassFilter;
///
/// let error = "/(/".parse::<ClassFilter>().unwrap_err();
/// # #[cfg(feature = "regex")]
/// assert_eq!(error.to_string(), "bad regular expression \"(\": unclosed group");
/// # drop(error);
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ClassFilterError {
    /// It is no regular expression.
    #[error("bad regular expression {found:?}: {why}")]
    BadPattern {
        /// What was given.
        found: String,
        /// What is wrong with it.
        why: String,
    },
    /// Regular expressions were not built in.
    #[error("no regular expressions here, so not {found:?} either: build with the feature `regex`")]
    NoPatterns {
        /// What was given.
        found: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_prints_as_it_is_read() {
        for text in ["", "Employee", "=app::Employee", "=", "/not closed", "a/b"] {
            let filter: ClassFilter = text.parse().unwrap();
            assert_eq!(filter.to_string(), text);
            assert_eq!(filter.is_all(), text.is_empty());
        }
        assert!(ClassFilter::default().matches("anything"));
        assert!(!ClassFilter::from("=").matches("anything"));
    }

    #[cfg(feature = "regex")]
    #[test]
    fn a_pattern_matches_anywhere_and_a_bad_one_is_an_error_of_one_line() {
        let filter: ClassFilter = "/^app::(A|B)$/".parse().unwrap();
        assert!(filter.matches("app::A") && !filter.matches("app::AB"));
        assert_eq!(filter.to_string().parse(), Ok(filter));
        let error = "/(/".parse::<ClassFilter>().unwrap_err();
        assert_eq!(error.to_string(), "bad regular expression \"(\": unclosed group");
    }

    #[cfg(not(feature = "regex"))]
    #[test]
    fn a_pattern_without_the_feature_is_an_error_that_names_it() {
        let error = "/A/".parse::<ClassFilter>().unwrap_err();
        assert!(error.to_string().ends_with("build with the feature `regex`"), "{error}");
    }
}
