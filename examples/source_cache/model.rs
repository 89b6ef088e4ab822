//! What the cache keeps of a source. Nothing of the parser's own tree stays: it is large, and its tokens are tied to a thread.

use std::path::PathBuf;

use classtracker::{DeepSizeOf, Tracked};

/// A source file, read and parsed.
#[derive(DeepSizeOf)]
pub(crate) struct SourceFile {
    /// Below the directory that was loaded.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    pub(crate) items: Vec<Item>,
}

/// Something that a source defines, with what is defined inside it.
#[derive(DeepSizeOf)]
pub(crate) struct Item {
    pub(crate) kind: Kind,
    /// Of an `impl`, the name of the type.
    pub(crate) name: String,
    pub(crate) docs: String,
    pub(crate) members: Vec<Item>,
}

#[derive(DeepSizeOf, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Constant,
    Enum,
    Field,
    Function,
    Impl,
    Macro,
    Module,
    Struct,
    Trait,
    Type,
    Variant,
}

/// An entry of the index: a name, and the file that defines it, which it keeps alive.
#[derive(DeepSizeOf)]
pub(crate) struct Symbol {
    /// With the modules and types around it: `Page::new`.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) file: Tracked<SourceFile>,
}
