//! Objects that are registered one by one.

use std::collections::HashMap;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use super::handle::{Key, TrackHandle};
use super::options::{Detail, TrackOptions, represent};
use super::sizing::{ByInspect, Sizing};
use crate::inspect::{Measured, Sizer};
use crate::panics::contain;
use crate::registry::{Class, Walker, next_serial, registry};

/// One registered object.
pub(super) struct TrackedObject {
    serial: u64,
    name: Arc<str>,
    key: Key,
    pub(super) detail: Detail,
    pub(super) resolution_level: u32,
    pub(super) ages: Option<usize>,
    pub(super) birth: Option<Duration>,
    /// The number of the place where it was made, or else registered.
    pub(super) site: u32,
    /// Its class in the registry, if it stands there.
    class: Option<&'static Class>,
    watched: Box<dyn Watched>,
}

/// What a look at an object finds.
pub(super) struct Size {
    pub(super) measured: Measured,
    pub(super) flat_bytes: u64,
}

/// A handle whose type is forgotten.
trait Watched: Send + Sync {
    fn is_alive(&self) -> bool;
    fn size(&self, serial: u64, levels: u32, sizer: &mut Sizer<'_>, walker: &Walker) -> Option<Size>;
    fn represent(&self, walker: &Walker) -> Option<String>;
}

struct Watch<H: TrackHandle, S> {
    weak: H::Weak,
    repr: Option<fn(&H::Object) -> String>,
    sizing: S,
}

impl<H: TrackHandle, S: Sizing<H::Object>> Watched for Watch<H, S> {
    fn is_alive(&self) -> bool {
        H::is_alive(&self.weak)
    }

    fn size(&self, serial: u64, levels: u32, sizer: &mut Sizer<'_>, walker: &Walker) -> Option<Size> {
        H::read(&self.weak, walker, |value| match value {
            Ok(value) => {
                let flat = size_of_val(value);
                let measured = contain(|| {
                    sizer.begin_detailed(serial, levels);
                    let bytes = self.sizing.measure_or_panic(sizer, value);
                    sizer.end(S::INSPECTS, flat, bytes, levels)
                })
                .unwrap_or_else(|_| {
                    let measured = sizer.broken_off(flat);
                    sizer.whole(flat, measured);
                    measured
                });
                let flat_bytes = flat as u64;
                let plausible = measured.or_flat(flat_bytes);
                if plausible != measured {
                    sizer.whole(flat, plausible);
                }
                Size { measured: plausible, flat_bytes }
            }
            Err(flat) => {
                let flat_bytes = flat as u64;
                let measured = Measured { bytes: flat_bytes, unread: true, claims: false };
                sizer.whole(flat, measured);
                Size { measured, flat_bytes }
            }
        })
    }

    fn represent(&self, walker: &Walker) -> Option<String> {
        let repr = self.repr?;
        H::read(&self.weak, walker, |value| represent(repr, value.ok()?))?
    }
}

impl TrackedObject {
    pub(super) fn new<H: TrackHandle, S: Sizing<H::Object>>(
        handle: &H,
        name: Arc<str>,
        options: TrackOptions<H::Object, S>,
        registered_at: &'static Location<'static>,
    ) -> Self {
        let entry = handle.entry();
        let serial = entry.map_or_else(next_serial, |(_, place)| place.serial());
        Self {
            serial,
            name,
            key: handle.key(),
            detail: options.detail,
            resolution_level: options.resolution_level,
            ages: options.ages,
            birth: handle.birth(),
            site: match handle.site() {
                0 if options.trace.takes(serial) => registry().site_with_stack(registered_at),
                0 => registry().site(registered_at),
                made_at => made_at,
            },
            class: entry.map(|(class, _)| class),
            watched: Box::new(Watch::<H, S> { weak: handle.downgrade(), repr: options.repr, sizing: options.sizing }),
        }
    }

    /// The same object as `known`, if there is one, with other options.
    pub(super) fn in_place_of(mut self, known: Option<&Self>) -> Self {
        if let Some(known) = known {
            self.serial = known.serial;
            self.site = known.site;
        }
        self
    }

    pub(super) fn serial(&self) -> u64 {
        self.serial
    }

    pub(super) fn key(&self) -> Key {
        self.key
    }

    /// Its class in the registry, if it stands there.
    pub(super) fn class(&self) -> Option<&'static Class> {
        self.class
    }

    pub(super) fn name(&self) -> &Arc<str> {
        &self.name
    }

    pub(super) fn is_alive(&self) -> bool {
        self.watched.is_alive()
    }

    /// Sizes the object, if it is alive.
    pub(super) fn size(&self, sizer: &mut Sizer<'_>, walker: &Walker) -> Option<Size> {
        self.watched.size(self.serial, self.resolution_level, sizer, walker)
    }

    pub(super) fn represent(&self, walker: &Walker) -> Option<String> {
        self.watched.represent(walker)
    }

    /// The address under which walks meet it, if they would take it for shared data. (Those in the registry they know.)
    pub(super) fn block(&self) -> Option<*const ()> {
        match self.key {
            Key::Serial(_) => None,
            Key::Address(address) => Some(std::ptr::without_provenance(address)),
        }
    }
}

/// All registered objects.
#[derive(Default)]
pub(super) struct Objects {
    by_key: HashMap<Key, Arc<TrackedObject>>,
    /// How many were registered under each name, the dead ones included.
    created: HashMap<Arc<str>, u64>,
    /// How many objects of each class in the registry, by its index, were registered before the class was; the dead ones included.
    before_class: HashMap<u32, u64>,
    /// How many entries there may be before the dead ones are looked for.
    prune_at: usize,
}

impl Objects {
    /// The live object with this key. (A dead one cannot be met: serials are not used again, nor is memory that a weak handle holds, and
    /// who asks has a handle.)
    pub(super) fn get(&self, key: Key) -> Option<&Arc<TrackedObject>> {
        self.by_key.get(&key)
    }

    pub(super) fn add(&mut self, object: Arc<TrackedObject>) {
        const FIRST_PRUNE: usize = 1024;
        if self.by_key.len() >= self.prune_at.max(FIRST_PRUNE) {
            drop(self.prune());
            self.prune_at = 2 * self.by_key.len();
        }
        *self.created.entry(Arc::clone(&object.name)).or_default() += 1;
        if let Some(old) = self.by_key.insert(object.key, object)
            && let Some(created) = self.created.get_mut(&old.name)
        {
            // The same object with other options.
            *created -= 1;
        }
    }

    /// An object was added whose class is not tracked.
    pub(super) fn note_before_class(&mut self, class: &Class) {
        *self.before_class.entry(class.index()).or_default() += 1;
    }

    /// How many such objects of this class there were. It is tracked from now on.
    pub(super) fn take_before_class(&mut self, class: &Class) -> u64 {
        self.before_class.remove(&class.index()).unwrap_or_default()
    }

    /// Takes out the records of the dead: some hold their object's memory.
    pub(super) fn prune(&mut self) -> Vec<Arc<TrackedObject>> {
        self.by_key.extract_if(|_, object| !object.is_alive()).map(|(_, object)| object).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.by_key.len()
    }

    /// All of them, by serial.
    pub(super) fn in_order(&self) -> Vec<Arc<TrackedObject>> {
        let mut all: Vec<_> = self.by_key.values().cloned().collect();
        all.sort_by_key(|object| object.serial);
        all
    }

    pub(super) fn created(&self) -> impl Iterator<Item = (&Arc<str>, u64)> {
        self.created.iter().map(|(name, created)| (name, *created))
    }

    pub(super) fn overhead_bytes(&self) -> usize {
        let entry = size_of::<TrackedObject>() + size_of::<Watch<Arc<()>, ByInspect>>();
        self.by_key.capacity() * (size_of::<(Key, Arc<TrackedObject>)>() + 1) + self.by_key.len() * entry
    }
}
