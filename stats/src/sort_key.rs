use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// What objects are sorted by.
///
/// Sizes sort the largest first, all else ascending; what is absent (a birth that is not known, a death that has not
/// happened, a size that was not measured) comes last.
///
/// ```
/// use classtracker_stats::SortKey;
///
/// assert_eq!("tsize".parse(), Ok(SortKey::TSize));
/// assert_eq!(
///     "weight".parse::<SortKey>().unwrap_err().to_string(),
///     "unknown sort key \"weight\": expected one of class, classname, name, birth, death, size, tsize, repr, serial",
/// );
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SortKey {
    /// The full name of the object's class.
    Class,
    /// The short name of the object's class: the last segment of its path.
    Name,
    /// When the object was made.
    Birth,
    /// The first snapshot that found the object dead.
    Death,
    /// The object's largest size over all snapshots.
    Size,
    /// The object's size in the snapshot with the largest total; the first of these, if there are several.
    TSize,
    /// What the object shows of itself.
    Repr,
    /// The object's serial.
    Serial,
}

/// Every word that names a key. A key's first word is the one it is printed as.
const WORDS: [(&str, SortKey); 9] = [
    ("class", SortKey::Class),
    ("classname", SortKey::Class),
    ("name", SortKey::Name),
    ("birth", SortKey::Birth),
    ("death", SortKey::Death),
    ("size", SortKey::Size),
    ("tsize", SortKey::TSize),
    ("repr", SortKey::Repr),
    ("serial", SortKey::Serial),
];

impl fmt::Display for SortKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = WORDS.iter().find(|(_, key)| key == self);
        f.pad(word.map_or("", |(word, _)| word))
    }
}

impl FromStr for SortKey {
    type Err = UnknownSortKey;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        WORDS
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, key)| *key)
            .ok_or_else(|| UnknownSortKey { found: word.to_owned() })
    }
}

/// A word that names no [`SortKey`].
///
/// ```
/// use classtracker_stats::SortKey;
///
/// assert!("colour".parse::<SortKey>().unwrap_err().to_string().contains("colour"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown sort key {found:?}: expected one of {}", known())]
pub struct UnknownSortKey {
    /// The word.
    pub found: String,
}

fn known() -> String {
    WORDS.map(|(word, _)| word).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_names_a_key_and_every_key_prints_a_word_that_names_it() {
        for (word, key) in WORDS {
            assert_eq!(word.parse(), Ok(key));
            assert_eq!(key.to_string().parse(), Ok(key));
        }
    }

    #[test]
    fn an_unknown_word_is_an_error_that_lists_the_known_ones() {
        for word in ["", "Size", "size ", "weight"] {
            let error = word.parse::<SortKey>().unwrap_err();
            assert_eq!(error.found, word);
            assert!(error.to_string().contains("classname"));
        }
    }
}
