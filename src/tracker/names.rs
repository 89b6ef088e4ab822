//! The names under which objects are filed, each stored once.

use std::any::TypeId;
use std::collections::{HashMap, HashSet};
use std::panic::Location;
use std::sync::Arc;

use classtracker_stats::Site;

use crate::inspect::ClassKey;
use crate::registry::registry;

#[derive(Default)]
pub(super) struct Names {
    all: HashSet<Arc<str>>,
    classes: HashMap<TypeId, Arc<str>>,
    sites: HashMap<u32, Arc<Site>>,
    places: HashMap<&'static Location<'static>, Arc<Site>>,
}

impl Names {
    /// A name that the user gave.
    pub(super) fn custom(&mut self, name: String) -> Arc<str> {
        self.intern(name.into())
    }

    /// A class' own name: its full path, numbered if another class has the same. (Two versions of a crate can have types of one
    /// path; they are different classes.)
    pub(super) fn of_class(&mut self, class: ClassKey) -> Arc<str> {
        if let Some(name) = self.classes.get(&class.id) {
            return Arc::clone(name);
        }
        let taken = |name: &str| self.classes.values().any(|other| &**other == name);
        let name = if taken(class.name) {
            (2..).map(|number| format!("{} #{number}", class.name)).find(|name| !taken(name)).unwrap_or_default()
        } else {
            class.name.to_owned()
        };
        let name = self.intern(name.into());
        self.classes.insert(class.id, Arc::clone(&name));
        name
    }

    /// A place in the source, by its number, as data; `None` if it is not known.
    pub(super) fn site(&mut self, number: u32) -> Option<Arc<Site>> {
        if let Some(site) = self.sites.get(&number) {
            return Some(Arc::clone(site));
        }
        let place = registry().location(number)?;
        // A place has several numbers if several stacks led to it.
        let site = self.places.entry(place).or_insert_with(|| {
            Arc::new(Site { file: place.file().to_owned(), line: place.line(), column: place.column() })
        });
        let site = Arc::clone(site);
        self.sites.insert(number, Arc::clone(&site));
        Some(site)
    }

    fn intern(&mut self, name: Arc<str>) -> Arc<str> {
        if let Some(known) = self.all.get(&name) {
            return Arc::clone(known);
        }
        self.all.insert(Arc::clone(&name));
        name
    }
}
