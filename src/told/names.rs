//! Classes by name: what people call them, and which of them a text names.

use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::registry::Class;

/// A text that names classes, of which one is not there.
///
/// ```
/// use classtracker::{ClassNameError, live_instances};
///
/// assert_eq!(live_instances(" ").unwrap_err(), ClassNameError::Empty);
/// let error = live_instances("Nobody").unwrap_err();
/// assert!(matches!(error, ClassNameError::Unknown { name, .. } if name == "Nobody"));
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClassNameError {
    /// No class of this name has had an object.
    Unknown {
        /// The name, as it was given.
        name: String,
        /// How many classes there are.
        known: usize,
    },
    /// The text names nothing.
    Empty,
}

impl fmt::Display for ClassNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name, known: 0 } => write!(f, "no class `{name}`: no class has had an object so far"),
            Self::Unknown { name, known: 1 } => write!(f, "no class `{name}`: one other class has had objects"),
            Self::Unknown { name, known } => write!(f, "no class `{name}`: {known} other classes have had objects"),
            Self::Empty => f.write_str("no class is named: `*` stands for all of them"),
        }
    }
}

impl std::error::Error for ClassNameError {}

/// The names of classes, each another: the type's full path; of objects by value with a note behind it where objects of the same type are in
/// a `Tracked`, too; and a number where two types have one path.
pub(super) fn distinct(classes: &[&'static Class]) -> Vec<String> {
    let in_handles: HashSet<_> =
        classes.iter().filter(|class| class.counted().is_none()).map(|c| c.object_type()).collect();
    let mut numbers = HashMap::<String, u32>::new();
    let names = classes.iter().map(|class| {
        let both = class.counted().is_some() && in_handles.contains(&class.object_type());
        let name = format!("{}{}", class.name(), if both { " (by value)" } else { "" });
        let number = numbers.entry(name.clone()).or_default();
        *number += 1;
        if *number > 1 { format!("{name} #{number}") } else { name }
    });
    names.collect()
}

/// Which of the classes a text names, in order of their names in `names`.
///
/// The text is `*` or words: a class' full path, or what is behind any `::` in it, with its generic arguments or without. Spaces within
/// brackets belong to the word.
pub(super) fn select(text: &str, classes: &[&'static Class], names: &[String]) -> Result<Vec<usize>, ClassNameError> {
    let mut chosen = HashSet::new();
    let words = words(text);
    if words.is_empty() {
        return Err(ClassNameError::Empty);
    }
    for word in words {
        if word == "*" {
            chosen.extend(0..classes.len());
            continue;
        }
        let found = (0..classes.len()).filter(|&index| means(word, classes[index].name()) || word == names[index]);
        let before = chosen.len();
        let mut any = false;
        chosen.extend(found.inspect(|_| any = true));
        if !any {
            debug_assert_eq!(before, chosen.len());
            return Err(ClassNameError::Unknown { name: word.to_owned(), known: classes.len() });
        }
    }
    let mut chosen: Vec<_> = chosen.into_iter().collect();
    chosen.sort_by(|&a, &b| names[a].cmp(&names[b]).then(a.cmp(&b)));
    Ok(chosen)
}

/// Whether a word means the type of this path.
fn means(word: &str, path: &str) -> bool {
    let ends = |path: &str| path.strip_suffix(word).is_some_and(|rest| rest.is_empty() || rest.ends_with("::"));
    let without_arguments = path.split_once('<').map_or(path, |(head, _)| head);
    ends(path) || ends(without_arguments)
}

/// The words of a text; one goes on as long as a bracket is open.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut depth, mut last) = (None, 0_u32, ' ');
    for (at, letter) in text.char_indices() {
        match letter {
            '<' | '(' | '[' => depth += 1,
            // The head of an arrow closes nothing.
            '>' if last == '-' => {}
            '>' | ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        last = letter;
        if letter.is_whitespace() && depth == 0 {
            words.extend(start.take().map(|start| &text[start..at]));
        } else if start.is_none() {
            start = Some(at);
        }
    }
    words.extend(start.map(|start| &text[start..]));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_within_brackets_belong_to_the_word() {
        assert_eq!(words(" A  b::C "), ["A", "b::C"]);
        assert_eq!(words("Map<u8, (u16, [u32; 4])> B"), ["Map<u8, (u16, [u32; 4])>", "B"]);
        assert_eq!(words("Call<fn(u8) -> u8> B"), ["Call<fn(u8) -> u8>", "B"]);
        assert_eq!(words("Open<u8 B"), ["Open<u8 B"]);
        assert!(words(" \t ").is_empty());
    }

    #[test]
    fn a_class_is_meant_by_any_end_of_its_path() {
        let path = "app::store::Map<app::Key, alloc::string::String>";
        for word in ["Map", "store::Map", "app::store::Map", path, "Map<app::Key, alloc::string::String>"] {
            assert!(means(word, path), "{word}");
        }
        for word in ["ap", "tore::Map", "Key", "String", "Map<app::Key>", ""] {
            assert!(!means(word, path), "{word}");
        }
    }
}
