use std::sync::Arc;
use std::time::Duration;

use crate::{ObjectRow, Site, Trace};

/// One live object of a snapshot, in whatever form its row is held.
///
/// Questions about single objects read rows through this, so that they need not be [`ObjectRow`]s in memory: a reader that
/// unpacks one row at a time will do.
///
/// ```
/// use classtracker_stats::{ListedObject, Stats};
/// use std::time::Duration;
///
/// fn line(object: &impl ListedObject) -> String {
///     let site = object.site().map(|site| site.to_string()).unwrap_or_default();
///     let calls = object.trace().map_or(0, |trace| trace.frames.len());
///     let seconds = object.birth().as_ref().map(Duration::as_secs);
///     format!("#{} {} {} {site} {calls} {seconds:?}", object.serial(), object.class(), object.bytes())
/// }
///
/// let stats = Stats::load("docs/factory.ctdump")?;
/// let first = line(&stats.snapshots()[0].objects[0]);
/// assert_eq!(first, "#1 factory::staff::Employee 200 src/staff.rs:12:9 2 Some(0)");
/// # Ok::<(), classtracker_stats::DumpError>(())
/// ```
pub trait ListedObject {
    /// As [`ObjectRecord::serial`](crate::ObjectRecord::serial).
    fn serial(&self) -> u64;

    /// The name of its row in [`Snapshot::classes`](crate::Snapshot::classes).
    fn class(&self) -> &Arc<str>;

    /// As [`ObjectRow::bytes`].
    fn bytes(&self) -> u64;

    /// As [`ObjectRecord::birth`](crate::ObjectRecord::birth).
    fn birth(&self) -> Option<Duration>;

    /// As [`ObjectRecord::site`](crate::ObjectRecord::site).
    fn site(&self) -> Option<&Arc<Site>>;

    /// As [`ObjectRecord::trace`](crate::ObjectRecord::trace).
    fn trace(&self) -> Option<&Arc<Trace>>;
}

impl ListedObject for ObjectRow {
    fn serial(&self) -> u64 {
        self.object.serial
    }

    fn class(&self) -> &Arc<str> {
        &self.object.class
    }

    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn birth(&self) -> Option<Duration> {
        self.object.birth
    }

    fn site(&self) -> Option<&Arc<Site>> {
        self.object.site.as_ref()
    }

    fn trace(&self) -> Option<&Arc<Trace>> {
        self.object.trace.as_ref()
    }
}

impl<T: ListedObject + ?Sized> ListedObject for &T {
    fn serial(&self) -> u64 {
        (**self).serial()
    }

    fn class(&self) -> &Arc<str> {
        (**self).class()
    }

    fn bytes(&self) -> u64 {
        (**self).bytes()
    }

    fn birth(&self) -> Option<Duration> {
        (**self).birth()
    }

    fn site(&self) -> Option<&Arc<Site>> {
        (**self).site()
    }

    fn trace(&self) -> Option<&Arc<Trace>> {
        (**self).trace()
    }
}
