//! What is known of one class, and what follows from it.

use std::sync::Arc;

use super::{ClassDiff, Fates, Held, ListedFates, Runs};
use crate::units::change;
use crate::{Bounds, ClassRow};

/// A class in both snapshots, and what its listed objects tell.
#[derive(Debug)]
pub(super) struct Class {
    pub(super) class: Arc<str>,
    pub(super) before: End,
    pub(super) after: End,
    both: Changed,
    gone: Sum,
    not_seen_dead: Sum,
    made_since: Sum,
    made_before: Sum,
    made_unclear: Sum,
}

/// The rows of a class in one snapshot, added up. It has one; should there be more, none goes unseen.
#[derive(Debug, Default)]
pub(super) struct End {
    tracked: bool,
    by_value: bool,
    live: u64,
    created: u64,
    dropped: u64,
    bytes: u64,
    listed: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    objects: u64,
    bytes: u64,
}

#[derive(Debug, Default)]
struct Changed {
    before: Sum,
    after: Sum,
}

impl Sum {
    fn add(&mut self, bytes: u64) {
        self.objects += 1;
        self.bytes = self.bytes.saturating_add(bytes);
    }

    fn and(self, other: Self) -> Self {
        Self { objects: self.objects + other.objects, bytes: self.bytes.saturating_add(other.bytes) }
    }
}

impl End {
    pub(super) fn add(&mut self, row: &ClassRow) {
        self.tracked = true;
        self.by_value |= row.by_value;
        for (sum, part) in [
            (&mut self.live, row.live),
            (&mut self.created, row.created),
            (&mut self.dropped, row.dropped),
            (&mut self.bytes, row.bytes),
            (&mut self.listed, row.listed),
        ] {
            *sum = sum.saturating_add(part);
        }
    }

    /// Whether, by its own word, the snapshot knows the class and has a row for every object of it.
    pub(super) fn lists_all(&self) -> bool {
        self.tracked && self.listed >= self.live
    }

    pub(super) fn is_tracked(&self) -> bool {
        self.tracked
    }

    fn held(&self, by_value: bool) -> Option<Held> {
        let bytes = (!by_value).then_some(self.bytes);
        self.tracked.then_some(Held { live: self.live, bytes, listed: self.listed })
    }
}

impl Class {
    pub(super) fn new(row: &ClassRow) -> Self {
        Self {
            class: Arc::clone(&row.class),
            before: End::default(),
            after: End::default(),
            both: Changed::default(),
            gone: Sum::default(),
            not_seen_dead: Sum::default(),
            made_since: Sum::default(),
            made_before: Sum::default(),
            made_unclear: Sum::default(),
        }
    }

    /// An object that both list.
    pub(super) fn survived(&mut self, before: u64, after: u64) {
        self.both.before.add(before);
        self.both.after.add(after);
    }

    /// An object that only the snapshot before lists.
    pub(super) fn only_before(&mut self, bytes: u64, gone: bool) {
        if gone { &mut self.gone } else { &mut self.not_seen_dead }.add(bytes);
    }

    /// An object that only the snapshot after lists, and whether it was made since the one before, if that is sure.
    pub(super) fn only_after(&mut self, bytes: u64, made_since: Option<bool>) {
        match made_since {
            Some(true) => &mut self.made_since,
            Some(false) => &mut self.made_before,
            None => &mut self.made_unclear,
        }
        .add(bytes);
    }

    pub(super) fn diff(&self, name: Arc<str>, runs: Runs) -> ClassDiff {
        let by_value = self.before.by_value || self.after.by_value;
        let (created, dropped) = match runs {
            Runs::Same if self.after.tracked => self.flow().unzip(),
            _ => (None, None),
        };
        let fates = (runs == Runs::Same && self.after.tracked).then(|| self.fates(by_value));
        ClassDiff {
            class: Arc::clone(&self.class),
            name,
            by_value,
            before: self.before.held(by_value),
            after: self.after.held(by_value),
            live_change: change(self.before.live, self.after.live),
            bytes_change: (!by_value).then(|| change(self.before.bytes, self.after.bytes)),
            created,
            dropped,
            fates,
        }
    }

    /// How many were made and how many dropped in between. Counts that fell were begun anew, and tell nothing.
    fn flow(&self) -> Option<(u64, u64)> {
        let created = self.after.created.checked_sub(self.before.created)?;
        Some((created, self.after.dropped.checked_sub(self.before.dropped)?))
    }

    fn fates(&self, by_value: bool) -> Fates {
        let all_before = self.both.before.objects + self.gone.objects + self.not_seen_dead.objects == self.before.live;
        let all_after =
            self.both.after.objects + self.made_since.objects + self.made_before.objects + self.made_unclear.objects
                == self.after.live;
        let new =
            if all_before { self.made_since.and(self.made_before).and(self.made_unclear) } else { self.made_since };
        let dead = if all_after { self.gone.and(self.not_seen_dead) } else { self.gone };
        // Made before, and alive: a survivor, though nobody knows how large it was.
        let old = if all_before { Sum::default() } else { self.made_before };
        let unclear_before = if all_after { 0 } else { self.not_seen_dead.objects };
        let unclear_after = if all_before { 0 } else { self.made_before.objects + self.made_unclear.objects };

        let survived = self.survivors(self.both.before.objects + old.objects, new.objects, dead.objects);
        let (made, died) = (survived.left_of(self.after.live), survived.left_of(self.before.live));
        let short_lived = self.flow().map(|(created, _)| made.left_of(created));
        let growth_listed = change(self.both.before.bytes, self.both.after.bytes);
        let whole = all_before && all_after;
        let bytes_change = change(self.before.bytes, self.after.bytes);
        let (new_bytes, dead_bytes, growth_bytes) = match (made.at_most, died.at_most, survived.at_most) {
            _ if by_value => (None, None, None),
            _ if whole => (Some(new.bytes), Some(dead.bytes), Some(growth_listed)),
            (_, _, 0) => (Some(self.after.bytes), Some(self.before.bytes), Some(0)),
            (0, 0, _) => (Some(0), Some(0), Some(bytes_change)),
            (0, _, _) => (Some(0), None, None),
            (_, 0, _) => (None, Some(0), None),
            _ => (None, None, None),
        };
        Fates {
            new: made,
            dead: died,
            survived,
            short_lived,
            new_bytes,
            dead_bytes,
            growth_bytes,
            listed: ListedFates {
                new: new.objects,
                new_bytes: new.bytes,
                dead: dead.objects,
                dead_bytes: dead.bytes,
                survived: self.both.before.objects,
                growth_bytes: growth_listed,
                unclear: unclear_before + unclear_after,
            },
        }
    }

    /// How many live in both, when so many of the listed ones surely do, are surely new and surely dead.
    ///
    /// With *x* objects made and dropped in between, `created - x` are new and `dropped - x` of the old ones died. So it is
    /// *x* alone that is not known, and `survivors = live after - created + x = live before - dropped + x`.
    fn survivors(&self, listed: u64, new: u64, dead: u64) -> Bounds {
        let by_rows = self.before.live.saturating_sub(dead).min(self.after.live.saturating_sub(new));
        let by_counts = self.flow().map_or(0, |(created, dropped)| {
            // Counts and walks are not quite of one moment while threads are busy; the lower one is safe.
            self.after.live.saturating_sub(created).min(self.before.live.saturating_sub(dropped))
        });
        Bounds::new(by_counts.max(listed), by_rows)
    }
}

/// All classes together.
pub(super) fn total(classes: &[ClassDiff], runs: Runs) -> ClassDiff {
    let name: Arc<str> = "total".into();
    let sum = |ends: &mut dyn Iterator<Item = Held>| {
        ends.fold(Held { live: 0, bytes: Some(0), listed: 0 }, |sum, held| Held {
            live: sum.live.saturating_add(held.live),
            bytes: sum.bytes.map(|bytes| bytes.saturating_add(held.bytes.unwrap_or(0))),
            listed: sum.listed.saturating_add(held.listed),
        })
    };
    let before = sum(&mut classes.iter().filter_map(|class| class.before));
    let after = sum(&mut classes.iter().filter_map(|class| class.after));
    let flow = |count: fn(&ClassDiff) -> Option<u64>| {
        let sum = classes.iter().try_fold(0_u64, |sum, class| Some(sum.saturating_add(count(class)?)));
        sum.filter(|_| runs == Runs::Same)
    };
    ClassDiff {
        class: Arc::clone(&name),
        name,
        by_value: false,
        before: Some(before),
        after: Some(after),
        live_change: change(before.live, after.live),
        bytes_change: Some(change(before.bytes.unwrap_or(0), after.bytes.unwrap_or(0))),
        created: flow(|class| class.created),
        dropped: flow(|class| class.dropped),
        fates: classes
            .iter()
            .try_fold(Fates { short_lived: Some(Bounds::default()), ..nothing() }, |sum, class| {
                Some(added(sum, &class.fates?, class.by_value))
            })
            .filter(|_| runs == Runs::Same),
    }
}

fn nothing() -> Fates {
    Fates { new_bytes: Some(0), dead_bytes: Some(0), growth_bytes: Some(0), ..Fates::default() }
}

/// The bytes of classes whose objects are only counted are no part of any total.
fn added(sum: Fates, part: &Fates, by_value: bool) -> Fates {
    let bytes = |sum: Option<u64>, part: Option<u64>| if by_value { sum } else { Some(sum?.saturating_add(part?)) };
    let (all, listed) = (sum.listed, part.listed);
    Fates {
        new: sum.new + part.new,
        dead: sum.dead + part.dead,
        survived: sum.survived + part.survived,
        short_lived: sum.short_lived.zip(part.short_lived).map(|(sum, part)| sum + part),
        new_bytes: bytes(sum.new_bytes, part.new_bytes),
        dead_bytes: bytes(sum.dead_bytes, part.dead_bytes),
        growth_bytes: if by_value {
            sum.growth_bytes
        } else {
            sum.growth_bytes.zip(part.growth_bytes).map(|(sum, part)| sum.saturating_add(part))
        },
        listed: ListedFates {
            new: all.new.saturating_add(listed.new),
            new_bytes: all.new_bytes.saturating_add(listed.new_bytes),
            dead: all.dead.saturating_add(listed.dead),
            dead_bytes: all.dead_bytes.saturating_add(listed.dead_bytes),
            survived: all.survived.saturating_add(listed.survived),
            growth_bytes: all.growth_bytes.saturating_add(listed.growth_bytes),
            unclear: all.unclear.saturating_add(listed.unclear),
        },
    }
}
