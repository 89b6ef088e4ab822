#[derive(classtracker::DeepSizeOf)]
struct Wrong {
    #[deep_size(skipped)]
    text: String,
}

fn main() {}
