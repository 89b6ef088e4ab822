//! What cannot be derived, and what the compiler says of it.
//!
//! The compiler's words are compared, so the cases are built apart, with all dependencies of this package: it has few.

#[test]
fn what_cannot_be_derived_is_one_error() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/errors/*.rs");
}
