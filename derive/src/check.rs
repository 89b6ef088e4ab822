//! What cannot be sized is refused before anything is generated.

use syn::{Data, DeriveInput, Error};

/// Refuses unions: nobody knows which of their fields is there.
pub(crate) fn shape(input: &DeriveInput) -> syn::Result<()> {
    match &input.data {
        Data::Struct(_) | Data::Enum(_) => Ok(()),
        Data::Union(data) => Err(Error::new(
            data.union_token.span,
            "`DeepSizeOf` cannot be derived for a union: which field is there is not known; implement `Inspect` by hand",
        )),
    }
}
