//! Who is alive of a class, for one who does not know its type.

use std::time::Duration;

use super::object::found;
use super::visit::Walker;
use super::{Bundle, Class};

/// What can be said of any object, whatever its type.
pub(crate) struct Listed {
    pub(crate) serial: u64,
    pub(crate) birth: Duration,
    pub(crate) site: u32,
    pub(crate) bundle: Option<Bundle>,
}

/// The live objects of a class that are in a `Tracked`, in order of their serials.
pub(crate) fn objects(class: &Class) -> Vec<Listed> {
    let mut listed = Vec::new();
    let walker = Walker::new();
    for page in class.pages() {
        // SAFETY: pages are never freed.
        let page = unsafe { &*page.0 };
        let _leave = walker.enter(page);
        listed.extend(page.slots().iter().filter_map(|slot| {
            // Only the header is read, which is the same for all types.
            let object = found(slot)?;
            Some(Listed {
                serial: object.serial(),
                birth: object.birth(),
                site: object.site(),
                bundle: object.bundle(),
            })
        }));
    }
    listed.sort_unstable_by_key(|object| object.serial);
    listed
}
