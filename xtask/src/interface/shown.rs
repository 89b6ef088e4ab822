//! Whether everything is shown in use.
//!
//! - A type, trait, macro, free function or constant has an example in its own documentation. Plain data (an enum, or a struct
//!   with public fields) may instead link to something whose example names it, or uses one of its fields or variants.
//! - A method has an example of its own, or is used in that of its type. One that takes nothing but `self` may be used in
//!   that of another method of the type.

use super::code::{examples, names, uses};
use super::pages::{Interface, Item, Page};

impl Interface {
    /// How much there is that must be shown.
    pub(crate) fn len(&self) -> usize {
        self.pages.iter().map(|page| 1 + page.members.len()).sum()
    }

    /// What is not shown, a line each.
    pub(crate) fn not_shown(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for page in &self.pages {
            if examples(&page.item.docs).is_empty() && !self.shown_elsewhere(page) {
                missing.push(format!("{}: {}", page.item.place, page.item.name));
            }
            let members = page.members.iter().filter(|member| !is_shown(page, member));
            missing.extend(members.map(|member| format!("{}: {}::{}", member.place, page.item.name, member.name)));
        }
        missing
    }

    fn shown_elsewhere(&self, page: &Page) -> bool {
        page.item.links.iter().filter_map(|link| self.targets.get(link)).any(|(number, member)| {
            let target = &self.pages[*number];
            let code = match member {
                Some(member) => examples(&target.members[*member].docs),
                None => examples(&target.item.docs),
            };
            page.parts.iter().any(|part| uses(&code, part) || names(&code, &page.item.name))
        })
    }
}

fn is_shown(page: &Page, member: &Item) -> bool {
    let used_by = |item: &Item| uses(&examples(&item.docs), &member.name);
    !examples(&member.docs).is_empty() || used_by(&page.item) || (member.is_getter && page.members.iter().any(used_by))
}
