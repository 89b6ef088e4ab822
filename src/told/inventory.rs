//! `Inventory`: the tracker that counts.

use std::any::TypeId;
use std::collections::{BTreeMap, HashMap};
use std::io;

use super::names::{ClassNameError, distinct, select};
use super::{Bundle, InventoryReport, InventoryRow, ListedObject, ObjectInfo, Tracker};
use crate::registry::{Class, Count, Flag, ForkLock, Tallies, Turn, registry};

/// A tracker that counts, by class, the objects that have it, and those that died with it. Cheap enough to stay the global tracker of
/// a program in production.
///
/// ```standalone_crate
/// use std::sync::Arc;
/// use classtracker::{DeepSizeOf, Inventory, Tracked, set_global_tracker};
///
/// #[derive(DeepSizeOf)]
/// struct Order(u32);
///
/// let inventory = Arc::new(Inventory::new());
/// set_global_tracker(Some(inventory.clone()));
/// let mut orders: Vec<_> = (0..3).map(|number| Tracked::new(Order(number))).collect();
/// inventory.dump();
/// orders.pop();
///
/// let mut text = Vec::new();
/// inventory.write_dump(&mut text).unwrap();
/// let text = String::from_utf8(text).unwrap();
/// assert!(text.ends_with("Order  allocated: 2 (-1)  retired: 1\n"), "{text}");
/// ```
pub struct Inventory {
    tallies: Tallies,
    lists: Lists,
    /// What each class had allocated when it was last dumped, by its index.
    dumped: ForkLock<HashMap<u32, u64>>,
}

/// The objects of those classes that are to be listed one by one.
struct Lists {
    /// Whether there is any. Asked at each notification.
    any: Flag,
    by_class: ForkLock<HashMap<TypeId, Objects>>,
}

/// By serial.
type Objects = BTreeMap<u64, (&'static Class, Option<Bundle>)>;

impl Inventory {
    /// An inventory that knows nothing yet. It learns of objects once it is the [global tracker](crate::set_global_tracker), or is set for some.
    #[must_use]
    pub fn new() -> Self {
        Self {
            tallies: Tallies::new(),
            lists: Lists { any: Flag::new(), by_class: ForkLock::new(Turn::Last, HashMap::new) },
            dumped: ForkLock::new(Turn::First, HashMap::new),
        }
    }

    /// Switches on or off that the objects of `T` are listed one by one in what is dumped and reported, each with its serial and its
    /// bundle. It is off at first, since it costs a lock and memory for each object.
    ///
    /// Objects that came before it was switched on are counted, and not listed.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use classtracker::{DeepSizeOf, Inventory, Tracked};
    ///
    /// #[derive(DeepSizeOf)]
    /// struct Order(u32);
    ///
    /// let inventory = Arc::new(Inventory::new());
    /// inventory.set_listing::<Order>(true);
    /// let order = Tracked::new(Order(7));
    /// Tracked::set_tracker(&order, Some(inventory.clone()));
    /// Tracked::set_bundle(&order, "urgent");
    /// let row = &inventory.report("Order")?.rows[0];
    /// let listed = row.objects.as_ref().unwrap();
    /// assert_eq!(Some(listed[0].serial), Tracked::serial(&order));
    /// assert_eq!(listed[0].bundle.as_ref().unwrap().get::<&str>(), Some(&"urgent"));
    /// # Ok::<(), classtracker::ClassNameError>(())
    /// ```
    pub fn set_listing<T: 'static>(&self, on: bool) {
        let mut lists = self.lists.by_class.lock();
        let old = if on {
            lists.entry(TypeId::of::<T>()).or_default();
            None
        } else {
            lists.remove(&TypeId::of::<T>())
        };
        self.lists.any.set(!lists.is_empty());
        drop(lists);
        drop(old);
    }

    /// Writes a line for each class to the standard output, in order of their names: how many objects have this tracker, how that changed
    /// since the last dump, and how many died with it. What the standard output does not take is lost without a word.
    pub fn dump(&self) {
        let _ = self.write_dump(&mut io::stdout().lock());
    }

    /// As [`dump`](Self::dump), to `out`. After an error the next dump gives changes as if this one had been written.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_dump(&self, out: &mut impl io::Write) -> io::Result<()> {
        let report = self.rows("*", true).unwrap_or_default();
        write!(out, "{report}")
    }

    /// What is known of the named classes, and, where they are [listed](Self::set_listing), of their objects. Changes are since the
    /// last dump; a report is none.
    ///
    /// Classes are named as for [`live_instances`](crate::live_instances).
    ///
    /// ```
    /// use std::sync::Arc;
    /// use classtracker::{DeepSizeOf, Inventory, Tracked};
    ///
    /// #[derive(DeepSizeOf)]
    /// struct Order(u32);
    ///
    /// let inventory = Arc::new(Inventory::new());
    /// let orders = [1, 2].map(|number| Tracked::new(Order(number)));
    /// orders.iter().for_each(|order| Tracked::set_tracker(order, Some(inventory.clone())));
    /// drop(orders);
    /// let report = inventory.report("Order")?;
    /// assert_eq!((report.rows[0].allocated, report.rows[0].retired), (0, 2));
    /// println!("{report}");
    /// # Ok::<(), classtracker::ClassNameError>(())
    /// ```
    ///
    /// # Errors
    /// [`ClassNameError`] for a name that no class has that this inventory was told of, or a text without a name.
    pub fn report(&self, classes: &str) -> Result<InventoryReport, ClassNameError> {
        self.rows(classes, false)
    }

    fn rows(&self, text: &str, dump: bool) -> Result<InventoryReport, ClassNameError> {
        let counted = registry().classes().into_iter().map(|class| (class, self.tallies.read(class)));
        let (classes, counts): (Vec<_>, Vec<_>) = counted.filter(|(_, counts)| counts.attached > 0).unzip();
        let mut names = distinct(&classes);
        let chosen = select(text, &classes, &names)?;
        let mut dumped = self.dumped.lock();
        let lists = self.lists.by_class.lock();
        let rows = chosen.into_iter().map(|index| {
            let (class, counts) = (classes[index], counts[index]);
            let allocated = counts.attached.saturating_sub(counts.detached + counts.destroyed);
            let last = dumped.get(&class.index()).copied().unwrap_or_default();
            if dump {
                dumped.insert(class.index(), allocated);
            }
            let objects = lists.get(&class.object_type()).map(|objects| {
                let of_class = objects.iter().filter(|(_, (of, _))| std::ptr::eq(*of, class));
                of_class.map(|(&serial, (_, bundle))| ListedObject { serial, bundle: bundle.clone() }).collect()
            });
            InventoryRow {
                class: std::mem::take(&mut names[index]),
                by_value: class.counted().is_some(),
                allocated,
                change: allocated as i64 - last as i64,
                retired: counts.destroyed,
                objects,
            }
        });
        Ok(InventoryReport { rows: rows.collect() })
    }

    #[cold]
    fn list(&self, object: &ObjectInfo<'_>, there: bool) {
        let bundle = object.bundle().cloned();
        let mut lists = self.lists.by_class.lock();
        let Some(objects) = lists.get_mut(&object.type_id()) else { return };
        let old = if there {
            objects.insert(object.serial(), (object.registered(), bundle))
        } else {
            objects.remove(&object.serial())
        };
        // What hung on it may have a destructor, which may come back here.
        drop(lists);
        drop(old);
    }
}

impl Default for Inventory {
    fn default() -> Self {
        Self::new()
    }
}

impl Tracker for Inventory {
    #[inline]
    fn notify_attached(&self, object: &ObjectInfo<'_>) {
        self.tallies.add(object.registered(), Count::Attached);
        if self.lists.any.get() {
            self.list(object, true);
        }
    }

    fn notify_detached(&self, object: &ObjectInfo<'_>) {
        self.tallies.add(object.registered(), Count::Detached);
        if self.lists.any.get() {
            self.list(object, false);
        }
    }

    fn notify_updated(&self, object: &ObjectInfo<'_>) {
        if self.lists.any.get() {
            self.list(object, true);
        }
    }

    #[inline]
    fn notify_destroyed(&self, object: &ObjectInfo<'_>) {
        self.tallies.add(object.registered(), Count::Destroyed);
        if self.lists.any.get() {
            self.list(object, false);
        }
    }
}

impl std::fmt::Debug for Inventory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inventory").finish_non_exhaustive()
    }
}
