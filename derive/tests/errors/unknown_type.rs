struct Unknown(#[allow(dead_code)] String);

#[derive(classtracker::DeepSizeOf)]
struct Wrong {
    text: String,
    unknown: Unknown,
}

fn main() {}
