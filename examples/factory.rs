//! The classic: a factory, and a thousand employees.
//!
//! ```text
//! cargo run --release --example factory
//! ```

use std::collections::HashMap;

use classtracker::{ClassTracker, DeepSizeOf, TrackOptions, Tracked};

#[derive(DeepSizeOf)]
struct Employee {
    name: String,
    skills: Vec<String>,
    wage: u64,
}

#[derive(DeepSizeOf, Default)]
struct Factory {
    name: String,
    staff: Vec<Tracked<Employee>>,
    by_skill: HashMap<String, Vec<usize>>,
}

impl Factory {
    fn hire(&mut self, number: usize) {
        const SKILLS: [&str; 5] = ["welding", "assembly", "paint", "logistics", "quality control"];
        let skills: Vec<String> = SKILLS[..=number % SKILLS.len()].iter().map(ToString::to_string).collect();
        for skill in &skills {
            self.by_skill.entry(skill.clone()).or_default().push(self.staff.len());
        }
        self.staff.push(Tracked::new(Employee { name: format!("Employee {number}"), skills, wage: 3000 }));
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tracker = ClassTracker::new();
    tracker.track_class::<Employee>();
    tracker.track_class_with::<Factory>(TrackOptions::new().resolution_level(1));

    let mut factory = Tracked::new(Factory { name: "Plant 1".into(), ..Factory::default() });
    tracker.create_snapshot("empty factory");

    if let Some(mut factory) = Tracked::get_mut(&mut factory) {
        (0..1000).for_each(|number| factory.hire(number));
    }
    tracker.create_snapshot("thousand hired");

    if let Some(mut factory) = Tracked::get_mut(&mut factory) {
        factory.staff.truncate(400);
    }
    tracker.create_snapshot("crisis");

    let wages: u64 = factory.staff.iter().map(|employee| employee.wage).sum();
    println!(
        "{}: {} employees, {} skills, {wages} in wages\n",
        factory.name,
        factory.staff.len(),
        factory.by_skill.len()
    );
    let best = factory.staff.iter().max_by_key(|employee| employee.skills.len());
    println!("most skilled: {}\n", best.map_or("nobody", |employee| &employee.name));

    tracker.stats().print_summary();
    let path = std::env::temp_dir().join("factory.ctdump");
    tracker.stats().dump(&path)?;
    println!("\nwritten to {}", path.display());
    Ok(())
}
