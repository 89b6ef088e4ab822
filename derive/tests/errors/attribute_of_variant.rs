#[derive(classtracker::DeepSizeOf)]
enum Wrong {
    #[deep_size(skip)]
    Variant(String),
}

fn main() {}
