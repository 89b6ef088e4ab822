#[derive(classtracker::DeepSizeOf)]
struct Wrong {
    #[deep_size(name = text)]
    text: String,
}

fn main() {}
