//! Objects that are registered on their own.

use std::sync::Arc;

use super::Measuring;
use super::waiting::Pending;
use crate::tracker::tally::{Candidate, Source};

impl Measuring<'_, '_> {
    /// Sizes an object that is registered on its own; `again` if that was done before, and this was found.
    pub(super) fn registered(&mut self, index: usize, again: Option<Pending>) {
        let ground = self.ground;
        let (object, number) = &ground.objects[index];
        let number = *number;
        let row = &mut self.rows[number];
        self.sizer.set_row(number as u32);
        if object.resolution_level > 0 {
            let referents = row.take_referents(self.stretch);
            self.sizer.set_referents(Some(referents));
        }
        if let Some(size) = object.size(self.sizer, self.walker) {
            let mut candidate = Candidate {
                bytes: size.measured.bytes,
                serial: object.serial(),
                unread: size.measured.unread,
                flat_bytes: size.flat_bytes,
                birth: object.birth,
                site: object.site,
                source: Source::Registered(Arc::clone(object)),
                parts: Vec::new(),
            };
            if let (Some(_), Some(ages), Some(birth), None) = (object.ages, &mut row.ages, object.birth, &again) {
                ages.add(birth, object.serial(), || candidate.clone());
            }
            if size.measured.claims {
                let held = self.sizer.hold(candidate.serial);
                let pending = Pending { row: number, candidate, held };
                if size.measured.unread && self.sizer.is_to_be_sized_again() {
                    self.waiting.postponed_objects.push((index, pending));
                } else {
                    self.waiting.pending.push(pending);
                }
            } else {
                if row.tally.wants(candidate.bytes, candidate.serial) {
                    candidate.parts = self.sizer.parts();
                }
                row.tally.add(candidate);
            }
        } else {
            self.waiting.pending.extend(again);
        }
        if let Some(referents) = self.sizer.set_referents(None) {
            self.rows[number].referents = Some(referents);
        }
    }
}
