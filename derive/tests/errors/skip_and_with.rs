fn nothing(_: &String, _: &mut classtracker::Walk<'_>) {}

#[derive(classtracker::DeepSizeOf)]
struct Wrong {
    #[deep_size(skip, with = nothing)]
    text: String,
}

fn main() {}
