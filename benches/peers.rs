//! Creating and dropping one object, beside what others take who also know how many there are.
//!
//! Prints `name <tab> value <tab> bound <tab> ok|over`, a line for each figure; the spread goes to stderr. Each pair is measured in turn,
//! many times, and the median of the pairs' ratios counts. A bound of `-` means that the figure is for comparison only. Then the
//! same as nanoseconds, from the same machine at the same time.

mod churn;
mod report;

use std::any::Any;
use std::collections::HashMap;
use std::hint::black_box;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use churn::{DROPS, churn, pairs};
use classtracker::{Trackable, Tracked};
use report::{report, show};
use type_census::Tabulate;

/// 40 bytes, as in all the others.
type Words = [u64; 5];

const WORDS: Words = [1; 5];

struct ByCountme {
    _words: Words,
    _count: countme::Count<Self>,
}

#[derive(Tabulate)]
struct ByRelaxedCensus {
    _words: Words,
    _instance: type_census::Instance<Self>,
}

#[derive(Tabulate)]
#[Tabulate(Counter = "type_census::counter::DistributedCounter<32>")]
struct ByDistributedCensus {
    _words: Words,
    _instance: type_census::Instance<Self>,
}

struct ByTrackable {
    _words: Words,
    _tracked: Trackable<Self>,
}

fn main() {
    countme::enable(true);
    for threads in [1, 2] {
        let tracked = || churn(threads, || Tracked::new(black_box(WORDS)));
        let trackable =
            || churn(threads, || Box::new(ByTrackable { _words: black_box(WORDS), _tracked: Trackable::new() }));
        let by_countme =
            || churn(threads, || Box::new(ByCountme { _words: black_box(WORDS), _count: countme::Count::new() }));
        let by_relaxed = || {
            churn(threads, || {
                Box::new(ByRelaxedCensus { _words: black_box(WORDS), _instance: type_census::Instance::new() })
            })
        };
        let by_distributed = || {
            churn(threads, || {
                Box::new(ByDistributedCensus { _words: black_box(WORDS), _instance: type_census::Instance::new() })
            })
        };
        let by_recipe = || churn(threads, || recipe(black_box(WORDS)));

        // The one with a bound first.
        let bound = if threads == 2 { Some(0.4) } else { None };
        let name = format!("create+drop tracked / Box with countme, {threads} thread(s)");
        match bound {
            Some(bound) => report(&name, bound, pairs(tracked, by_countme)),
            None => show(&name, pairs(tracked, by_countme)),
        }
        show(&format!("create+drop tracked / the recipe, {threads} thread(s)"), pairs(tracked, by_recipe));
        let name = |other: &str| format!("create+drop Box with a Trackable / Box with {other}, {threads} thread(s)");
        show(&name("countme"), pairs(trackable, by_countme));
        show(&name("type-census"), pairs(trackable, by_relaxed));
        show(&name("type-census, distributed"), pairs(trackable, by_distributed));

        let boxes = || churn(threads, || Box::new(black_box(WORDS)));
        let arcs = || churn(threads, || Arc::new(black_box(WORDS)));
        let all: [(&str, &dyn Fn() -> f64); 8] = [
            ("Box", &boxes),
            ("Arc", &arcs),
            ("Tracked", &tracked),
            ("Box with a Trackable", &trackable),
            ("Box with countme", &by_countme),
            ("Box with type-census", &by_relaxed),
            ("Box with type-census, distributed", &by_distributed),
            ("the recipe", &by_recipe),
        ];
        for (name, run) in all {
            let nanoseconds = (0..9).map(|_| run() / DROPS as f64 * 1e9).collect();
            show(&format!("{name}, {threads} thread(s), ns"), nanoseconds);
        }
    }
}

/// As one would write it in an afternoon: a weak handle to each object in a list for its class, under one lock; the dead are taken out
/// when the list has doubled.
fn recipe(words: Words) -> Arc<Words> {
    type Class = (Vec<Weak<dyn Any + Send + Sync>>, usize);
    static LIVE: Mutex<Option<HashMap<&'static str, Class>>> = Mutex::new(None);

    let object = Arc::new(words);
    let shared: Arc<dyn Any + Send + Sync> = object.clone();
    let mut live = LIVE.lock().unwrap_or_else(PoisonError::into_inner);
    let (list, limit) =
        live.get_or_insert_default().entry(std::any::type_name::<Words>()).or_insert((Vec::new(), 1024));
    list.push(Arc::downgrade(&shared));
    if list.len() > *limit {
        list.retain(|weak| weak.strong_count() > 0);
        *limit = (2 * list.len()).max(1024);
    }
    object
}
