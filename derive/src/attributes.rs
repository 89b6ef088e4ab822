//! `#[deep_size(…)]` and the part of `#[repr(…)]` that matters.

use syn::meta::ParseNestedMeta;
use syn::{Attribute, ExprPath, LitStr, Path, parenthesized};

/// What the attributes of a field say.
#[derive(Default)]
pub(crate) struct FieldAttributes {
    pub(crate) how: How,
    pub(crate) name: Option<String>,
}

/// How a field is walked.
#[derive(Default)]
pub(crate) enum How {
    /// By what its type knows.
    #[default]
    Ask,
    /// Not at all.
    Skip,
    /// By a function.
    With(ExprPath),
}

/// Reads the attributes of a field.
pub(crate) fn of_field(attributes: &[Attribute]) -> syn::Result<FieldAttributes> {
    let mut found = FieldAttributes::default();
    each(attributes, |meta| {
        let twice = || meta.error("a field can have only one of `skip` and `with`, and only once");
        if meta.path.is_ident("skip") {
            let How::Ask = found.how else {
                return Err(twice());
            };
            found.how = How::Skip;
            Ok(())
        } else if meta.path.is_ident("with") {
            let How::Ask = found.how else {
                return Err(twice());
            };
            found.how = How::With(meta.value()?.parse()?);
            Ok(())
        } else if meta.path.is_ident("name") {
            if found.name.is_some() {
                return Err(meta.error("a field has only one name"));
            }
            found.name = Some(meta.value()?.parse::<LitStr>()?.value());
            Ok(())
        } else {
            Err(meta.error("unknown attribute of a field: expected `skip`, `with = path` or `name = \"…\"`"))
        }
    })?;
    Ok(found)
}

/// Reads the attributes of the type: where the crate is.
pub(crate) fn of_type(attributes: &[Attribute]) -> syn::Result<Option<Path>> {
    let mut found = None;
    each(attributes, |meta| {
        if !meta.path.is_ident("crate") {
            return Err(meta.error("unknown attribute of a type: expected `crate = path`"));
        }
        if found.is_some() {
            return Err(meta.error("the crate is named only once"));
        }
        found = Some(meta.value()?.call(Path::parse_mod_style)?);
        Ok(())
    })?;
    Ok(found)
}

/// Sees to it that a variant has no attributes: there are none for variants.
pub(crate) fn of_variant(attributes: &[Attribute]) -> syn::Result<()> {
    each(attributes, |meta| Err(meta.error("a variant has no such attributes: they go to its fields")))
}

/// Whether the fields of the type are packed, so that they cannot be borrowed.
pub(crate) fn is_packed(attributes: &[Attribute]) -> syn::Result<bool> {
    let mut packed = false;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("repr")) {
        attribute.parse_nested_meta(|meta| {
            packed |= meta.path.is_ident("packed");
            // `packed(2)` and `align(8)` bring a number.
            if meta.input.peek(syn::token::Paren) {
                let number;
                parenthesized!(number in meta.input);
                number.parse::<proc_macro2::TokenStream>()?;
            }
            Ok(())
        })?;
    }
    Ok(packed)
}

fn each(attributes: &[Attribute], mut read: impl FnMut(ParseNestedMeta<'_>) -> syn::Result<()>) -> syn::Result<()> {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("deep_size")) {
        attribute.parse_nested_meta(&mut read)?;
    }
    Ok(())
}
