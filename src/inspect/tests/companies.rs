//! Objects with parts of every kind: shared, locked, in collections, one inside the other.

use crate::DeepSizeOf;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

#[derive(DeepSizeOf)]
pub(super) struct Company {
    name: Arc<str>,
    pub(super) people: Vec<Person>,
    by_name: HashMap<String, Arc<Mutex<Person>>>,
    pub(super) kind: Kind,
}

#[derive(DeepSizeOf)]
pub(super) struct Person {
    name: String,
    company: Arc<str>,
    friends: Vec<Arc<Mutex<Person>>>,
}

#[derive(DeepSizeOf)]
pub(super) enum Kind {
    Small,
    Large { parts: Vec<Company> },
}

pub(super) fn person(name: u8, friends: &[Arc<Mutex<Person>>]) -> Person {
    Person { name: "x".repeat(name.into()), company: Arc::from("company"), friends: friends.to_vec() }
}

pub(super) fn company(people: &[u8], known: &[Arc<Mutex<Person>>], name: &Arc<str>, inner: Option<Company>) -> Company {
    Company {
        name: Arc::clone(name),
        people: people.iter().map(|&name| person(name, &known[..usize::from(name) % (known.len() + 1)])).collect(),
        by_name: known.iter().enumerate().map(|(key, person)| (key.to_string(), Arc::clone(person))).collect(),
        kind: inner.map_or(Kind::Small, |inner| Kind::Large { parts: vec![inner] }),
    }
}

/// A handle to a person for each name that is `known`; companies of all of them, some with another one inside; and the name that these
/// share, which is none's alone while it is held.
pub(super) fn companies(
    known: Vec<u8>,
    people: &[(Vec<u8>, bool)],
) -> (Vec<Arc<Mutex<Person>>>, Vec<Company>, Arc<str>) {
    let mut handles = Vec::new();
    for name in known {
        let next = person(name, &handles);
        handles.push(Arc::new(Mutex::new(next)));
    }
    let name: Arc<str> = Arc::from("company");
    let companies = people.iter().map(|(people, nested)| {
        let inner = nested.then(|| company(people, &handles, &name, None));
        company(people, &handles, &name, inner)
    });
    let companies = companies.collect();
    (handles, companies, name)
}
