//! `#[derive(DeepSizeOf)]` of classtracker: implements `classtracker::Inspect` and `deepsize::DeepSizeOf`, the second by the
//! first.
//!
//! The stages, in order: `parse` reads the item (with `attributes`), `check` refuses what cannot be sized, `bounds`
//! finds what the type parameters must fulfil, `expand` writes the impls. Generated code names nothing but
//! `classtracker::__private` and `core`, by absolute paths.
#![forbid(unsafe_code)]

mod attributes;
mod bounds;
mod check;
mod expand;
mod parse;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Derives `classtracker::Inspect` and `deepsize::DeepSizeOf`; the crate using it need not depend on deepsize.
///
/// Structs, tuple structs, unit structs, enums, packed structs, recursive and generic types can be derived, unions cannot. A
/// field's type must implement `Inspect`, or deepsize's trait alone, or `Copy`. Type parameters are bound by `Inspect`
/// where a field owns values of them: not in `PhantomData`, references, pointers or skipped fields.
///
/// # Attributes
///
/// On a field:
/// - `#[deep_size(skip)]`: what it owns is not counted, its flat bytes are.
/// - `#[deep_size(with = path)]`: `path(&field, walk)` tells what it owns: `fn(&Field, &mut classtracker::Walk<'_>)`.
/// - `#[deep_size(name = "…")]`: its name in a breakdown.
///
/// On the type: `#[deep_size(crate = path)]`, where classtracker is to be found when it is renamed or re-exported.
///
/// ```
/// use classtracker::DeepSizeOf;
///
/// #[derive(DeepSizeOf)]
/// struct Employee {
///     name: String,
///     skills: Vec<String>,
/// }
///
/// let employee = Employee { name: "Ada".to_owned(), skills: Vec::new() };
/// assert_eq!(employee.deep_size_of(), size_of::<Employee>() + employee.name.capacity());
/// ```
#[proc_macro_derive(DeepSizeOf, attributes(deep_size))]
pub fn derive_deep_size_of(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derive(input).unwrap_or_else(|error| error.to_compile_error()).into()
}

fn derive(input: DeriveInput) -> syn::Result<proc_macro2::TokenStream> {
    check::shape(&input)?;
    let item = parse::item(input)?;
    Ok(expand::item(&item))
}
