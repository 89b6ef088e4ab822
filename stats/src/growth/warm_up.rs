//! How many of the first points to leave out.

use super::series::Point;

/// With fewer points, none is left out: there is too little to tell a warm-up from chance.
const LEAST_POINTS: usize = 12;

/// Points are left out only if that makes the error smaller than this part of what it is with all points.
const WORTH: f64 = 0.5;

/// Errors up to this many times the least are as good: fewer points are left out then.
const ALIKE: f64 = 1.25;

/// How many points are best left out: the rest lies closest to a straight line, for how many they are.
///
/// It is the number with the least *residual sum of squares ÷ (points left)²*, up to half of all. This is the marginal standard
/// error rule of simulation, with a line in place of the mean: that would take the first half of a leak for its warm-up.
pub(super) fn warm_up(points: &[Point]) -> usize {
    let all = points.len();
    let Some(last) = points.last().filter(|_| all >= LEAST_POINTS) else {
        return 0;
    };
    let mut errors = vec![0.0; all / 2 + 1];
    let mut whole = 0.0;
    // Sums over the points from here to the end; about the last point, so that no digits are lost.
    let [mut n, mut x, mut y, mut xx, mut xy, mut yy] = [0.0_f64; 6];
    for (index, point) in points.iter().enumerate().rev() {
        let (dx, dy) = (point.x - last.x, point.y - last.y);
        n += 1.0;
        x += dx;
        y += dy;
        xx += dx * dx;
        xy += dx * dy;
        yy += dy * dy;
        let (sxx, sxy, syy) = (xx - x * x / n, xy - x * y / n, (yy - y * y / n).max(0.0));
        if let Some(error) = errors.get_mut(index) {
            let residual = if sxx > 0.0 { (syy - sxy * sxy / sxx).max(0.0) } else { syy };
            *error = residual / (n * n);
            whole = syy / (n * n);
        }
    }
    // What is but rounding is no reason to leave anything out.
    let rounding = 1e-9 * whole;
    let least = errors.iter().copied().fold(f64::INFINITY, f64::min);
    if least > WORTH * errors[0] {
        return 0;
    }
    errors.iter().position(|error| *error <= ALIKE * least + rounding).unwrap_or(0)
}
