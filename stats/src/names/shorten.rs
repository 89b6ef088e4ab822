/// The class' name with one segment of each path: `HashMap<String, Employee>`.
pub(crate) fn last_segment(class: &str) -> String {
    shorten(class, 1, 1)
}

/// Keeps the last `outer` segments of each path that stands outside all brackets, and the last `inner` of the others.
///
/// The name may be any text: a registered name need not look like a path. What is no path stays as it is.
pub(super) fn shorten(class: &str, outer: usize, inner: usize) -> String {
    let mut short = String::with_capacity(class.len());
    for piece in pieces(class) {
        match piece {
            Piece::Path { text, nested } => {
                let keep = if nested { inner } else { outer };
                push_last_segments(&mut short, text, keep);
            }
            Piece::Other(other) => short.push(other),
        }
    }
    short
}

/// How many segments the longest path in the name has: keeping as many keeps all.
pub(super) fn longest_path(class: &str) -> usize {
    let segments = pieces(class).map(|piece| match piece {
        Piece::Path { text, .. } => text.split("::").count(),
        Piece::Other(_) => 1,
    });
    segments.max().unwrap_or(1)
}

fn push_last_segments(short: &mut String, path: &str, keep: usize) {
    // What stands before or after is no segment: `<T as Trait>::Item`, `Vec::<T>`.
    let (before, path) = match path.strip_prefix("::") {
        Some(path) => ("::", path),
        None => ("", path),
    };
    let (path, after) = match path.strip_suffix("::") {
        Some(path) => (path, "::"),
        None => (path, ""),
    };
    let start = path.rmatch_indices("::").nth(keep - 1);
    short.push_str(before);
    short.push_str(start.map_or(path, |(at, _)| &path[at + 2..]));
    short.push_str(after);
}

enum Piece<'a> {
    Path { text: &'a str, nested: bool },
    Other(char),
}

fn pieces(class: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = class;
    let mut depth = 0_usize;
    let mut before = ' ';
    std::iter::from_fn(move || {
        let path = path_length(rest);
        if path > 0 {
            let (text, after) = rest.split_at(path);
            rest = after;
            before = ' ';
            return Some(Piece::Path { text, nested: depth > 0 });
        }
        let other = rest.chars().next()?;
        rest = &rest[other.len_utf8()..];
        match other {
            '<' | '(' | '[' => depth += 1,
            // The end of `->` closes nothing.
            '>' if before == '-' => {}
            '>' | ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        before = other;
        Some(Piece::Other(other))
    })
}

/// The length in bytes of the path that `text` starts with; 0 if it starts with none.
fn path_length(text: &str) -> usize {
    let mut length = 0;
    loop {
        let rest = &text[length..];
        if rest.starts_with("::") {
            length += 2;
            continue;
        }
        match rest.chars().next() {
            Some(next) if is_name(next) => length += next.len_utf8(),
            _ => return length,
        }
    }
}

/// Whether `{{closure}}` and `{impl#0}` can be made of it, or any name.
fn is_name(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '_' | '{' | '}' | '#')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(class: &str, short: &str) {
        assert_eq!(last_segment(class), short);
        let longest = longest_path(class);
        assert_eq!(shorten(class, longest, longest), class, "all segments are the whole name");
    }

    #[test]
    fn every_path_is_cut_to_its_last_segment() {
        check("Employee", "Employee");
        check("app::staff::Employee", "Employee");
        check("a::Map<b::Key, c::Vec<d::Value>>", "Map<Key, Vec<Value>>");
        check("&mut [app::Cell; 4]", "&mut [Cell; 4]");
        check("(a::A, b::B)", "(A, B)");
        check("fn(a::A) -> b::B", "fn(A) -> B");
        check("<a::A as b::B>::Item", "<A as B>::Item");
        check("dyn a::Any + c::Send", "dyn Any + Send");
        check("app::run::{{closure}}", "{{closure}}");
    }

    #[test]
    fn any_text_goes_through() {
        check("", "");
        check("the big cache: 2nd", "the big cache: 2nd");
        check(">>>a::b((", ">>>b((");
        check("größe::Maß", "Maß");
    }

    #[test]
    fn arguments_have_their_own_length() {
        assert_eq!(shorten("a::b::C<d::e::F>", 2, 1), "b::C<F>");
        assert_eq!(shorten("a::b::C<d::e::F>", 1, 2), "C<e::F>");
        assert_eq!(shorten("fn(a::A) -> b::B", 2, 1), "fn(A) -> b::B");
    }
}
