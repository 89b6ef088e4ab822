use std::fmt::{self, Alignment, Write};

/// Writes `text` as wide as the formatter asks, to the right unless it says otherwise: these are numbers.
///
/// `Formatter::pad` does not fit: it would cut the text at the precision, which here means decimals.
pub(super) fn number(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let missing = f.width().unwrap_or(0).saturating_sub(text.chars().count());
    let before = match f.align() {
        Some(Alignment::Left) => 0,
        Some(Alignment::Center) => missing / 2,
        Some(Alignment::Right) | None => missing,
    };
    let fill = f.fill();
    for _ in 0..before {
        f.write_char(fill)?;
    }
    f.write_str(text)?;
    for _ in before..missing {
        f.write_char(fill)?;
    }
    Ok(())
}
