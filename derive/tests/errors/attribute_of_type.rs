#[derive(classtracker::DeepSizeOf)]
#[deep_size(skip)]
struct Wrong(String);

fn main() {}
