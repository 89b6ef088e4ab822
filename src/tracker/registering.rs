//! Which classes and objects a tracker tracks.

use std::sync::Arc;

use super::class::{TrackedClass, Wanted};
use super::object::TrackedObject;
use super::state::Kept;
use super::{ClassTracker, Sizing, TrackError, TrackHandle, TrackOptions};
use crate::Inspect;
use crate::registry::{Class, TRACKS, registry};

impl ClassTracker {
    /// Tracks all objects of `T` that are in a [`Tracked`](crate::Tracked), those made before this call included.
    ///
    /// For a class that is tracked already with other options, these defaults are in force for objects made from now on; see
    /// [`track_class_with`](Self::track_class_with).
    pub fn track_class<T: Inspect + Send + Sync + 'static>(&self) {
        self.track_class_with(TrackOptions::<T>::new());
    }

    /// As [`track_class`](Self::track_class), with options.
    ///
    /// For a class that is tracked already, objects made from now on are tracked with the new options (and under the new name, if
    /// they give one); those made before keep what they had.
    ///
    /// ```
    /// use classtracker::{ClassTracker, TrackOptions, Tracked};
    ///
    /// let tracker = ClassTracker::new();
    /// tracker.track_class_with::<String>(TrackOptions::new().name("text"));
    /// let text = Tracked::new(String::from("hello"));
    /// assert_eq!(&*tracker.create_snapshot("").classes[0].class, "text");
    /// # drop(text);
    /// ```
    pub fn track_class_with<T: Send + Sync + 'static>(&self, options: TrackOptions<T, impl Sizing<T>>) {
        if !TRACKS {
            return;
        }
        self.track_wanted(registry().class_of::<T>(), Wanted::new(options));
    }

    fn track_wanted(&self, class: &'static Class, wanted: Wanted) {
        let mut state = self.state.lock();
        let state = &mut *state;
        // Lines through time are drawn under the lock, so that they follow one another as the calls do.
        match state.classes.iter_mut().find(|known| known.is(class)) {
            Some(known) => known.track(wanted, &mut state.names),
            None => {
                let own = state.objects.take_before_class(class);
                state.classes.push(TrackedClass::new(class, wanted, &mut state.names, own));
            }
        }
    }

    /// Tracks one object, by an `Arc<T>` or a [`Tracked<T>`](crate::Tracked), without keeping it alive. Returns the object's serial.
    ///
    /// An object counts once: if it is tracked already, nothing changes (see [`track_change`](Self::track_change)); if its
    /// class is tracked too, it is counted here and not there. An `Arc` tells nobody when its object dies: its death is
    /// dated by the first snapshot that misses it. It is watched by a weak handle, which keeps its memory (not its value) until then, and
    /// with which `Arc::get_mut` gives no access; a `Tracked` is not.
    ///
    /// ```
    /// use std::collections::HashMap;
    /// use std::sync::{Arc, Mutex};
    /// use classtracker::ClassTracker;
    ///
    /// let state: Arc<Mutex<HashMap<String, Vec<u8>>>> = Arc::default();
    /// let tracker = ClassTracker::new();
    /// tracker.track_object(&state);
    /// state.lock().unwrap().insert("key".into(), vec![0; 100]);
    /// assert!(tracker.create_snapshot("filled").classes[0].bytes > 100);
    /// ```
    #[track_caller]
    pub fn track_object<H: TrackHandle>(&self, handle: &H) -> u64
    where
        H::Object: Inspect,
    {
        self.track_object_with(handle, TrackOptions::new())
    }

    /// As [`track_object`](Self::track_object), with options. For an object that is tracked already they are not taken.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use classtracker::{ClassTracker, TrackOptions};
    ///
    /// let cache = Arc::new(vec![String::from("one"), String::from("two")]);
    /// let tracker = ClassTracker::new();
    /// tracker.track_object_with(&cache, TrackOptions::new().name("cache").resolution_level(1));
    /// let snapshot = tracker.create_snapshot("");
    /// assert_eq!((&*snapshot.classes[0].class, snapshot.classes[0].bytes), ("cache", 24 + 2 * 24 + 6));
    /// ```
    #[track_caller]
    pub fn track_object_with<H: TrackHandle>(
        &self,
        handle: &H,
        options: TrackOptions<H::Object, impl Sizing<H::Object>>,
    ) -> u64 {
        if !TRACKS {
            return 0;
        }
        let site = std::panic::Location::caller();
        let mut state = self.state.lock();
        if let Some(known) = state.objects.get(handle.key()) {
            return known.serial();
        }
        let name = match options.name.clone() {
            Some(name) => state.names.custom(name),
            None => state.names.of_class(options.sizing.class_key(handle.object())),
        };
        let kept = options.keep.then(|| Box::new(handle.clone()) as Kept);
        let object = TrackedObject::new(handle, name, options, site);
        let serial = object.serial();
        let old = state.add(object, kept);
        drop(state);
        drop(old);
        serial
    }

    /// Gives a tracked object other options, in force from the next snapshot on. An object of which only the class is tracked is tracked
    /// on its own from then on.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use classtracker::{ClassTracker, TrackOptions};
    ///
    /// let cache = Arc::new(vec![1_u8, 2, 3]);
    /// let tracker = ClassTracker::new();
    /// assert!(tracker.track_change(&cache, TrackOptions::new()).is_err(), "it is not tracked");
    /// tracker.track_object(&cache);
    /// tracker.track_change(&cache, TrackOptions::new().name("cache"))?;
    /// assert_eq!(tracker.create_snapshot("").class("cache").unwrap().live, 1);
    /// # Ok::<(), classtracker::TrackError>(())
    /// ```
    ///
    /// # Errors
    /// [`TrackError::ObjectNotTracked`] if neither the object nor its class is tracked.
    #[track_caller]
    pub fn track_change<H: TrackHandle>(
        &self,
        handle: &H,
        options: TrackOptions<H::Object, impl Sizing<H::Object>>,
    ) -> Result<(), TrackError> {
        if !TRACKS {
            return Ok(());
        }
        let site = std::panic::Location::caller();
        let key = options.sizing.class_key(handle.object());
        let mut state = self.state.lock();
        let old = state.objects.get(handle.key()).map(|known| Arc::clone(known.name()));
        let old = old.or_else(|| {
            let (class, place) = handle.entry()?;
            state.classes.iter().find(|known| known.is(class))?.name_of(place.serial())
        });
        let Some(old) = old else { return Err(TrackError::ObjectNotTracked { class: key.name }) };
        let name = match options.name.clone() {
            Some(name) => state.names.custom(name),
            None => old,
        };
        let known = state.objects.get(handle.key()).cloned();
        let kept = options.keep.then(|| Box::new(handle.clone()) as Kept);
        let object = TrackedObject::new(handle, name, options, site).in_place_of(known.as_deref());
        let old = state.add(object, kept);
        drop(state);
        drop(old);
        Ok(())
    }

    /// Stops to track objects of `T` that are made from now on. Those that are tracked stay tracked.
    ///
    /// ```
    /// use classtracker::{ClassTracker, DeepSizeOf, Tracked};
    ///
    /// #[derive(DeepSizeOf)]
    /// struct Page(String);
    ///
    /// let tracker = ClassTracker::new();
    /// tracker.track_class::<Page>();
    /// let seen = Tracked::new(Page("one".into()));
    /// tracker.detach_class::<Page>()?;
    /// let unseen = Tracked::new(Page("two".into()));
    /// assert_eq!(tracker.create_snapshot("").classes[0].live, 1);
    /// assert!(tracker.detach_class::<Page>().is_err(), "not twice");
    /// # drop((seen, unseen));
    /// # Ok::<(), classtracker::TrackError>(())
    /// ```
    ///
    /// # Errors
    /// [`TrackError::ClassNotTracked`] if the class is not tracked.
    pub fn detach_class<T: Send + Sync + 'static>(&self) -> Result<(), TrackError> {
        if !TRACKS {
            return Ok(());
        }
        let mut state = self.state.lock();
        let known = state.classes.iter_mut().find(|known| known.is_of::<T>());
        if known.is_some_and(TrackedClass::detach) {
            Ok(())
        } else {
            Err(TrackError::ClassNotTracked { class: std::any::type_name::<T>() })
        }
    }

    /// Stops to track objects that are made from now on, of all classes. Those that are tracked stay tracked.
    ///
    /// ```
    /// use classtracker::{ClassTracker, DeepSizeOf, Tracked};
    ///
    /// #[derive(DeepSizeOf)]
    /// struct Page(String);
    ///
    /// let tracker = ClassTracker::new();
    /// tracker.track_class::<Page>();
    /// let seen = Tracked::new(Page("one".into()));
    /// tracker.detach_all_classes();
    /// let unseen = Tracked::new(Page("two".into()));
    /// assert_eq!(tracker.create_snapshot("").classes[0].live, 1);
    /// # drop((seen, unseen));
    /// ```
    pub fn detach_all_classes(&self) {
        for class in &mut self.state.lock().classes {
            class.detach();
        }
    }

    /// Stops to track anything: classes, and objects, those of tracked classes included. Snapshots stay.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use classtracker::ClassTracker;
    ///
    /// let config = Arc::new(String::from("verbose"));
    /// let tracker = ClassTracker::new();
    /// tracker.track_object(&config);
    /// tracker.create_snapshot("before");
    /// tracker.detach_all();
    /// assert_eq!(tracker.create_snapshot("after").tracked_bytes(), 0);
    /// assert_eq!(tracker.snapshots().len(), 2);
    /// ```
    pub fn detach_all(&self) {
        // Handles that are kept may be the last of their objects, whose destructors may come back here: not under the lock.
        let forgotten = self.state.lock().forget_all();
        drop(forgotten);
    }

    /// Forgets everything: classes, objects and snapshots.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use classtracker::ClassTracker;
    ///
    /// let config = Arc::new(String::from("verbose"));
    /// let tracker = ClassTracker::new();
    /// tracker.track_object(&config);
    /// tracker.create_snapshot("before");
    /// tracker.clear();
    /// assert!(tracker.snapshots().is_empty());
    /// assert!(tracker.create_snapshot("after").classes.is_empty());
    /// ```
    pub fn clear(&self) {
        let forgotten = self.state.lock().clear();
        drop(forgotten);
    }
}
