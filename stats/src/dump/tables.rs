//! What is written once and then referred to by number: names, sites, calls, traces.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use super::column::{Column, Values};
use super::decode::{Bad, reference};
use super::wire::{NewWire, Packed};
use crate::{Frame, Site, Trace};

/// The values of one kind that the frames so far have brought, with their numbers, and those of them that are new.
pub(super) struct Table<K: ?Sized> {
    known: HashMap<Arc<K>, u64>,
    /// The same by where they are, which is found sooner. The table keeps them, so nothing else comes to be there.
    places: HashMap<usize, u64>,
    new: Column,
    /// How many were known before the frame that is being written.
    before: u64,
}

impl<K: ?Sized> Default for Table<K> {
    fn default() -> Self {
        Self { known: HashMap::new(), places: HashMap::new(), new: Column::default(), before: 0 }
    }
}

impl<K: ?Sized + Eq + Hash> Table<K> {
    /// The number of the value. If that is new, it is taken to be written by `write`.
    fn number(&mut self, key: &Arc<K>, write: impl FnOnce(&K, &mut Column)) -> u64 {
        let place = Arc::as_ptr(key).addr();
        if let Some(number) = self.places.get(&place) {
            return *number;
        }
        if let Some(number) = self.known.get(Borrow::<K>::borrow(key)) {
            return *number;
        }
        let number = self.known.len() as u64;
        self.known.insert(Arc::clone(key), number);
        self.places.insert(place, number);
        write(key, &mut self.new);
        number
    }

    fn begin(&mut self) {
        self.before = self.known.len() as u64;
        self.new.clear();
    }

    fn roll_back(&mut self) {
        self.known.retain(|_, number| *number < self.before);
        self.places.retain(|_, number| *number < self.before);
    }

    fn packed(&self) -> Packed<'_> {
        Packed(&self.new.0)
    }
}

/// All that is numbered, on the writer's side.
#[derive(Default)]
pub(super) struct Known {
    classes: Table<str>,
    /// Those of referents and of types in the census.
    names: Table<str>,
    sites: Table<Site>,
    frames: Table<Frame>,
    traces: Table<Trace>,
}

impl Known {
    pub(super) fn class(&mut self, class: &Arc<str>) -> u64 {
        self.classes.number(class, |class, new| new.push_text(class))
    }

    pub(super) fn name(&mut self, name: &Arc<str>) -> u64 {
        self.names.number(name, |name, new| new.push_text(name))
    }

    pub(super) fn site(&mut self, site: &Arc<Site>) -> u64 {
        self.sites.number(site, push_site)
    }

    pub(super) fn trace(&mut self, trace: &Arc<Trace>) -> u64 {
        let frames = &mut self.frames;
        self.traces.number(trace, |trace, new| {
            new.push(((trace.frames.len() as u64) << 1) | u64::from(trace.cut));
            for call in &trace.frames {
                new.push(frames.number(call, push_frame));
            }
        })
    }

    /// How many values there are in all.
    pub(super) fn len(&self) -> usize {
        let named = self.classes.known.len() + self.names.known.len() + self.sites.known.len();
        named + self.frames.known.len() + self.traces.known.len()
    }

    /// Begins a frame: what comes from now on is new in it.
    pub(super) fn begin(&mut self) {
        self.classes.begin();
        self.names.begin();
        self.sites.begin();
        self.frames.begin();
        self.traces.begin();
    }

    /// Forgets what came since the last [`begin`](Self::begin).
    pub(super) fn roll_back(&mut self) {
        self.classes.roll_back();
        self.names.roll_back();
        self.sites.roll_back();
        self.frames.roll_back();
        self.traces.roll_back();
    }

    pub(super) fn wire(&self) -> NewWire<'_> {
        NewWire { classes: self.classes.packed(), sites: self.sites.packed(), names: self.names.packed() }
    }

    pub(super) fn new_calls(&self) -> Packed<'_> {
        self.frames.packed()
    }

    pub(super) fn new_traces(&self) -> Packed<'_> {
        self.traces.packed()
    }
}

fn push_site(site: &Site, new: &mut Column) {
    new.push_text(&site.file);
    new.push(site.line.into());
    new.push(site.column.into());
}

fn push_frame(call: &Frame, new: &mut Column) {
    new.push_text(&call.function);
    new.push(u64::from(call.site.is_some()));
    if let Some(site) = &call.site {
        push_site(site, new);
    }
}

/// All that is numbered, on the reader's side.
#[derive(Default, Clone)]
pub(super) struct Tables {
    pub(super) classes: Vec<Arc<str>>,
    pub(super) names: Vec<Arc<str>>,
    pub(super) sites: Vec<Arc<Site>>,
    pub(super) frames: Vec<Arc<Frame>>,
    pub(super) traces: Vec<Arc<Trace>>,
}

impl Tables {
    pub(super) fn add(&mut self, wire: &NewWire<'_>) -> Result<(), Bad> {
        add_names(&mut self.classes, Values::new(wire.classes.0, "new classes"))?;
        let mut sites = Values::new(wire.sites.0, "new sites");
        while !sites.is_empty() {
            self.sites.push(Arc::new(next_site(&mut sites)?));
        }
        add_names(&mut self.names, Values::new(wire.names.0, "new names"))
    }

    pub(super) fn add_traces(&mut self, frames: Packed<'_>, traces: Packed<'_>) -> Result<(), Bad> {
        let mut calls = Values::new(frames.0, "new calls");
        while !calls.is_empty() {
            let mut call = Frame::new(calls.next_text()?);
            call.site = match calls.next()? {
                0 => None,
                1 => Some(next_site(&mut calls)?),
                other => return Err(calls.bad("0 or 1 before a call's site", other)),
            };
            self.frames.push(Arc::new(call));
        }
        let mut values = Values::new(traces.0, "new traces");
        while !values.is_empty() {
            let head = values.next()?;
            let count = values.checked_count(head >> 1)?;
            let mut calls = Vec::with_capacity(count);
            for _ in 0..count {
                calls.push(self.frame(values.next()?)?);
            }
            let mut trace = Trace::new(calls);
            trace.cut = head & 1 == 1;
            self.traces.push(Arc::new(trace));
        }
        Ok(())
    }

    pub(super) fn class(&self, number: u64) -> Result<Arc<str>, Bad> {
        referred(&self.classes, number, "a class")
    }

    pub(super) fn name(&self, number: u64) -> Result<Arc<str>, Bad> {
        referred(&self.names, number, "a name")
    }

    pub(super) fn site(&self, number: u64) -> Result<Arc<Site>, Bad> {
        referred(&self.sites, number, "a site")
    }

    fn frame(&self, number: u64) -> Result<Arc<Frame>, Bad> {
        referred(&self.frames, number, "a call")
    }

    pub(super) fn trace(&self, number: u64) -> Result<Arc<Trace>, Bad> {
        referred(&self.traces, number, "a trace")
    }
}

fn add_names(table: &mut Vec<Arc<str>>, mut names: Values<'_>) -> Result<(), Bad> {
    while !names.is_empty() {
        table.push(names.next_text()?.into());
    }
    Ok(())
}

fn next_site(sites: &mut Values<'_>) -> Result<Site, Bad> {
    Ok(Site { file: sites.next_text()?.to_owned(), line: sites.next_u32()?, column: sites.next_u32()? })
}

fn referred<T: ?Sized>(table: &[Arc<T>], number: u64, what: &'static str) -> Result<Arc<T>, Bad> {
    let found = usize::try_from(number).ok().and_then(|number| table.get(number));
    found.map(Arc::clone).ok_or_else(|| reference(what, table.len(), number))
}
