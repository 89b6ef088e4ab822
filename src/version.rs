/// The package's version as one number: a hundred times `major.minor`, read as a decimal fraction.
///
/// Version 0.1 is 10, as 1.05 would be 105. (So 0.1 and 0.10 are one: what needs to know more reads the package's version itself.)
///
/// ```
/// assert!(classtracker::version() >= 10);
/// ```
#[must_use]
pub const fn version() -> u32 {
    number(env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"))
}

const fn number(major: &str, minor: &str) -> u32 {
    // Two digits behind the point.
    let (minor, digits) = (decimal(minor), minor.len());
    decimal(major) * 100 + if digits == 1 { minor * 10 } else { minor % 100 }
}

const fn decimal(text: &str) -> u32 {
    let (mut number, mut at) = (0, 0);
    while at < text.len() {
        number = number * 10 + (text.as_bytes()[at] - b'0') as u32;
        at += 1;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn t11_a_version_is_a_hundred_times_its_number() {
        assert_eq!((number("0", "1"), number("1", "05"), number("1", "5"), number("12", "34")), (10, 105, 150, 1234));
    }
}
