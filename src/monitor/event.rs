use classtracker_stats::Snapshot;

use super::MonitorError;

/// Tells the program's subscriber of a snapshot: level info, target `classtracker`.
pub(super) fn emit(snapshot: &Snapshot) {
    let objects = snapshot.classes.iter().fold(0_u64, |sum, row| sum.saturating_add(row.live));
    tracing::info!(
        target: "classtracker",
        label = snapshot.label,
        tracked_bytes = snapshot.tracked_bytes(),
        objects,
        duration = ?snapshot.duration,
        "snapshot"
    );
}

/// Tells it of what went wrong: level warn.
pub(super) fn warn(error: &MonitorError) {
    tracing::warn!(target: "classtracker", %error, "monitoring");
}
