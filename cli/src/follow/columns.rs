//! Cells that stand below each other.

/// A name is not made shorter than this.
const LEAST: usize = 10;

/// Rows of the same columns: the first to the left, the others to the right. In the first, texts are shortened if that makes
/// the lines fit into so many columns.
pub(super) fn aligned<const N: usize>(rows: &mut [[String; N]], columns: usize) -> Vec<String> {
    let mut widths = [0; N];
    for row in rows.iter() {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let others: usize = widths.iter().skip(1).map(|width| 2 + width).sum();
    widths[0] = widths[0].min(columns.saturating_sub(others).max(LEAST));
    for row in rows.iter_mut() {
        row[0] = shortened(&row[0], widths[0]);
    }
    let line = |row: &[String; N]| {
        let mut line = String::new();
        for (index, (cell, width)) in row.iter().zip(widths).enumerate() {
            // A width that is formatted may not be of any length; a name may.
            let missing = " ".repeat(width - cell.chars().count());
            line += &if index == 0 { format!("{cell}{missing}") } else { format!("  {missing}{cell}") };
        }
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// As much of `text` as fits into so many columns; the middle is left out.
pub(super) fn shortened(text: &str, columns: usize) -> String {
    let count = text.chars().count();
    if count <= columns {
        return text.to_owned();
    }
    let kept = columns.saturating_sub(1);
    let (begin, end) = (kept / 2, kept - kept / 2);
    let begin: String = text.chars().take(begin).collect();
    let end: String = text.chars().skip(count - end).collect();
    format!("{begin}…{end}")
}

/// As much of the line as fits into so many columns.
pub(super) fn cut(line: &str, columns: usize) -> String {
    if line.chars().count() <= columns {
        return line.to_owned();
    }
    let begin: String = line.chars().take(columns.saturating_sub(1)).collect();
    format!("{begin}…")
}

/// `+3`, `-3`, `0`.
pub(super) fn signed(number: i64) -> String {
    if number > 0 { format!("+{number}") } else { number.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_below_each_other() {
        let rows = [["a", "live", "bytes"], ["größer", "5", "1 B"], ["b", "", ""]];
        let mut rows = rows.map(|row| row.map(str::to_owned));
        assert_eq!(aligned(&mut rows, 80), ["a       live  bytes", "größer     5    1 B", "b"]);
    }

    #[test]
    fn names_give_way_to_numbers() {
        let mut rows = [["app::staff::Employee".to_owned(), "1234".to_owned()]];
        assert_eq!(aligned(&mut rows.clone(), 26), ["app::staff::Employee  1234"]);
        assert_eq!(aligned(&mut rows.clone(), 20), ["app::s…mployee  1234"]);
        assert_eq!(aligned(&mut rows, 3), ["app:…loyee  1234"]);
        assert_eq!(cut("app:…loyee  1234", 3), "ap…");
    }

    #[test]
    fn a_long_name_keeps_its_ends() {
        assert_eq!(shortened("Employee", 8), "Employee");
        assert_eq!(shortened("Employees", 8), "Emp…yees");
        assert_eq!(shortened("Employees", 1), "…");
        assert_eq!(shortened("Employees", 0), "…");
    }
}
