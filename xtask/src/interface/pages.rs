//! What a library offers, by the pages of its documentation.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::failure::{Failure, Result};

/// All that can be reached from the library's root.
pub(crate) struct Interface {
    pub(super) pages: Vec<Page>,
    /// The page and, if it is no page itself, the member of an item that a link leads to.
    pub(super) targets: BTreeMap<u64, (usize, Option<usize>)>,
}

/// A type, a trait, a macro, a function or a constant that stands on its own.
pub(super) struct Page {
    pub(super) item: Item,
    pub(super) members: Vec<Item>,
    /// The names of public fields, or of variants.
    pub(super) parts: Vec<String>,
}

pub(super) struct Item {
    pub(super) name: String,
    pub(super) docs: String,
    /// File and line.
    pub(super) place: String,
    /// What its documentation links to.
    pub(super) links: Vec<u64>,
    /// Whether it takes nothing but `self`.
    pub(super) is_getter: bool,
}

impl Interface {
    /// Reads what rustdoc wrote.
    pub(crate) fn new(rustdoc: &Value) -> Result<Self> {
        let mut interface = Self { pages: Vec::new(), targets: BTreeMap::new() };
        let index = Index(&rustdoc["index"]);
        let root = rustdoc["root"].as_u64().ok_or_else(|| Failure::Check("rustdoc named no root".into()))?;
        interface.module(&index, root);
        if interface.pages.is_empty() {
            return Err(Failure::Check("rustdoc wrote its data in a form that is not known here".into()));
        }
        Ok(interface)
    }

    fn module(&mut self, index: &Index<'_>, id: u64) {
        for id in ids(&index.inner(id).1["items"]) {
            self.public(index, id);
        }
    }

    fn public(&mut self, index: &Index<'_>, id: u64) {
        match index.inner(id) {
            ("use", of) if of["is_glob"] == true => {
                of["id"].as_u64().iter().for_each(|id| self.module(index, *id));
            }
            ("use", of) => of["id"].as_u64().iter().for_each(|id| self.public(index, *id)),
            ("module", _) => self.module(index, id),
            ("function" | "macro" | "proc_macro" | "constant" | "static" | "type_alias", _) => {
                self.page(index, id, &[], Vec::new());
            }
            ("trait", of) => self.page(index, id, &ids(&of["items"]), Vec::new()),
            ("enum", of) => self.page(index, id, &index.methods(of), index.names(&of["variants"])),
            ("struct", of) => {
                let fields = index.names(&of["kind"]["plain"]["fields"]);
                self.page(index, id, &index.methods(of), fields);
            }
            // What is another crate's is not in the index.
            _ => {}
        }
    }

    fn page(&mut self, index: &Index<'_>, id: u64, members: &[u64], parts: Vec<String>) {
        let number = self.pages.len();
        if self.targets.insert(id, (number, None)).is_some() {
            return;
        }
        let functions = members.iter().filter(|id| index.inner(**id).0 == "function");
        let mut items = Vec::new();
        for id in functions {
            self.targets.insert(*id, (number, Some(items.len())));
            items.push(index.item(*id));
        }
        self.pages.push(Page { item: index.item(id), members: items, parts });
    }
}

/// All items by their numbers.
struct Index<'j>(&'j Value);

impl<'j> Index<'j> {
    fn get(&self, id: u64) -> &'j Value {
        &self.0[id.to_string()]
    }

    /// The kind of the item, and what its kind has.
    fn inner(&self, id: u64) -> (&'j str, &'j Value) {
        let inner = self.get(id)["inner"].as_object().and_then(|inner| inner.iter().next());
        inner.map_or(("", &Value::Null), |(kind, inner)| (kind.as_str(), inner))
    }

    fn item(&self, id: u64) -> Item {
        let item = self.get(id);
        let inputs = item["inner"]["function"]["sig"]["inputs"].as_array();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Item {
            name: text(&item["name"]),
            docs: text(&item["docs"]),
            place: format!("{}:{}", text(&item["span"]["filename"]), item["span"]["begin"][0]),
            links: item["links"].as_object().into_iter().flatten().filter_map(|(_, id)| id.as_u64()).collect(),
            is_getter: inputs.is_some_and(|inputs| inputs.len() == 1 && inputs[0][0] == "self"),
        }
    }

    /// What the type's own impls have; those of traits are documented with the traits.
    fn methods(&self, of: &Value) -> Vec<u64> {
        let impls = ids(&of["impls"]).into_iter().map(|id| self.inner(id).1);
        impls.filter(|block| block["trait"].is_null()).flat_map(|block| ids(&block["items"])).collect()
    }

    fn names(&self, of: &Value) -> Vec<String> {
        ids(of).into_iter().filter_map(|id| Some(self.get(id)["name"].as_str()?.to_owned())).collect()
    }
}

fn ids(list: &Value) -> Vec<u64> {
    list.as_array().into_iter().flatten().filter_map(Value::as_u64).collect()
}
