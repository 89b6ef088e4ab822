//! Who is alive, by the names of classes.

use std::fmt;
use std::panic::Location;
use std::time::Duration;

use super::names::{ClassNameError, distinct, select};
use super::{Bundle, Shown};
use crate::registry::{self, registry};

/// A class, and who is alive of it.
///
/// See [`live_instances`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct ClassInstances {
    /// The class' full path, with a number behind it if it is not the only class of this name.
    pub class: String,
    /// Whether its objects stand by value: then they are only counted.
    pub by_value: bool,
    /// How many are alive.
    pub live: u64,
    /// Those that are alive, in order of their serials; none of a class by value.
    pub instances: Vec<Instance>,
}

/// A live object in a [`Tracked`](crate::Tracked).
///
/// See [`live_instances`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct Instance {
    /// Its serial.
    pub serial: u64,
    /// When it was made, from the first use of tracking on.
    pub birth: Duration,
    /// Where it was made; `None` once sixteen million places are known.
    pub site: Option<&'static Location<'static>>,
    /// What hangs on it.
    pub bundle: Option<Bundle>,
}

/// The live objects of the named classes, whether or not anybody tracks them, in order of the classes' names and of the objects' serials.
///
/// `classes` is one name or several with spaces between, or `*` for all. A name is a class' full path, or any end of it, with its generic
/// arguments or without: `Employee` means `app::staff::Employee`, and all other classes that end so. A class is known from its first
/// object on.
///
/// # Errors
/// [`ClassNameError`] for a name that no class has, or a text without a name.
///
/// ```standalone_crate
/// use classtracker::{DeepSizeOf, Tracked, live_instances};
///
/// #[derive(DeepSizeOf)]
/// struct Employee { name: String }
///
/// let staff: Vec<_> = ["Ada", "Grace"].map(|name| Tracked::new(Employee { name: name.into() })).into();
/// let answer = live_instances("Employee")?;
/// assert_eq!((answer[0].live, answer[0].instances.len()), (2, 2));
/// assert_eq!(answer[0].instances[1].site, Tracked::site(&staff[1]));
/// println!("{}", answer[0]);
///
/// let error = live_instances("Employe").unwrap_err();
/// assert_eq!(error.to_string(), "no class `Employe`: one other class has had objects");
/// # drop(staff);
/// # Ok::<(), classtracker::ClassNameError>(())
/// ```
pub fn live_instances(classes: &str) -> Result<Vec<ClassInstances>, ClassNameError> {
    let known: Vec<_> = registry().classes().into_iter().filter(|class| class.totals().0 > 0).collect();
    let mut names = distinct(&known);
    let chosen = select(classes, &known, &names)?;
    let answer = chosen.into_iter().map(|index| {
        let class = known[index];
        let by_value = class.counted().is_some();
        let instances: Vec<_> = registry::objects(class)
            .into_iter()
            .map(|object| Instance {
                serial: object.serial,
                birth: object.birth,
                site: registry().location(object.site),
                bundle: object.bundle,
            })
            .collect();
        let (created, dropped) = class.totals();
        let live = if by_value { created - dropped } else { instances.len() as u64 };
        ClassInstances { class: std::mem::take(&mut names[index]), by_value, live, instances }
    });
    Ok(answer.collect())
}

impl fmt::Display for ClassInstances {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by_value = if self.by_value { ", by value" } else { "" };
        writeln!(f, "{}  live: {}{by_value}", self.class, self.live)?;
        let width = self.instances.last().map_or(0, |last| last.serial.to_string().len());
        for Instance { serial, birth, site, bundle } in &self.instances {
            write!(f, "  #{serial:<width$}  {:.3}s", birth.as_secs_f64())?;
            if let Some(site) = site {
                write!(f, "  {site}")?;
            }
            if let Some(bundle) = bundle {
                write!(f, "  {}", Shown(bundle))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
