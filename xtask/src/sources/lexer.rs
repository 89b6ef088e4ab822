//! Code and comments of a source, told apart.

/// A source twice, byte for byte as long: once with only its code, once with only its comments. All else is blanked, lines are
/// where they were. What stands in literals is in neither.
pub(super) struct Parts {
    pub(super) code: String,
    pub(super) comments: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Code,
    Comment,
    Literal,
}

pub(super) fn split(text: &str) -> Parts {
    let mut parts = Parts { code: String::new(), comments: String::new() };
    let mut rest = text;
    let mut previous = ' ';
    while let Some(first) = rest.chars().next() {
        let (kind, length) = piece(rest, first, previous);
        let (piece, behind) = rest.split_at(length);
        append(&mut parts.code, piece, kind == Kind::Code);
        append(&mut parts.comments, piece, kind == Kind::Comment);
        previous = first;
        rest = behind;
    }
    parts
}

/// What `rest` begins with, and how many bytes of it.
fn piece(rest: &str, first: char, previous: char) -> (Kind, usize) {
    if rest.starts_with("//") {
        return (Kind::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (Kind::Comment, block_comment(rest));
    }
    match first {
        '"' => (Kind::Literal, quoted(rest)),
        '\'' => (Kind::Literal, character(rest)),
        // Not the end of a name.
        'r' if !is_of_name(previous) || matches!(previous, 'b' | 'c') => {
            raw(rest).map_or((Kind::Code, 1), |length| (Kind::Literal, length))
        }
        _ => (Kind::Code, first.len_utf8()),
    }
}

fn append(to: &mut String, piece: &str, keep: bool) {
    if keep {
        to.push_str(piece);
    } else {
        to.extend(piece.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
    }
}

/// They nest.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        let step = match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => {
                depth += 1;
                2
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                2
            }
            _ => 1,
        };
        at += step;
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !escaped => return at + 1,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    rest.len()
}

/// A character, or the mark of a lifetime.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((at, escaped))) => {
            let from = at + escaped.len_utf8();
            rest[from..].find('\'').map_or(rest.len(), |end| from + end + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}

/// `r"…"`, `r#"…"#` and so on, if it is one: `r#type` is not.
fn raw(rest: &str) -> Option<usize> {
    let fences = rest[1..].bytes().take_while(|byte| *byte == b'#').count();
    let inner = rest[1 + fences..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(fences));
    let end = inner.find(&close).map_or(inner.len(), |at| at + close.len());
    Some(1 + fences + 1 + end)
}

pub(super) fn is_of_name(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::split;

    #[track_caller]
    fn check(text: &str, code: &str, comments: &str) {
        let parts = split(text);
        assert_eq!((parts.code.as_str(), parts.comments.as_str()), (code, comments));
    }

    #[test]
    fn comments_are_not_code() {
        check("a // b\nc", "a     \nc", "  // b\n ");
        check("a /* b /* c */ */ d", "a                 d", "  /* b /* c */ */  ");
    }

    #[test]
    fn literals_are_neither_code_nor_comments() {
        check(r#"f("unsafe // \" {")"#, "f(                )", "                   ");
        check(r##"f(r#"un"safe"#)"##, "f(            )", "               ");
        check(r"f('{', '\'', '\\')", "f(   ,     ,     )", "                  ");
    }

    #[test]
    fn lifetimes_and_raw_names_are_code() {
        check("&'a T<'b>", "& a T< b>", "         ");
        check("r#type", "r#type", "      ");
    }

    #[test]
    fn letters_of_several_bytes_keep_their_places() {
        let parts = split("// ÄÖ\nfn ü() {}");
        assert_eq!(parts.code.find("fn"), Some(8));
        assert_eq!(parts.code.len(), parts.comments.len());
    }
}
