//! From syntax to what matters of it.

use crate::attributes::{self, How};
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Generics, Ident, Index, Member, Path, Type, parse_quote};

/// The item to derive for.
pub(crate) struct Item {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// Where classtracker is.
    pub(crate) home: Path,
    /// Its fields cannot be borrowed.
    pub(crate) packed: bool,
    pub(crate) body: Body,
}

/// What it consists of.
pub(crate) enum Body {
    Struct(Vec<Field>),
    Enum(Vec<Variant>),
}

/// A variant of an enum.
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    pub(crate) fields: Vec<Field>,
}

/// A field of a struct or variant.
pub(crate) struct Field {
    pub(crate) member: Member,
    pub(crate) ty: Type,
    pub(crate) span: Span,
    /// In a breakdown.
    pub(crate) name: String,
    pub(crate) how: How,
}

impl Item {
    /// All fields, of all variants.
    pub(crate) fn fields(&self) -> Box<dyn Iterator<Item = &Field> + '_> {
        match &self.body {
            Body::Struct(fields) => Box::new(fields.iter()),
            Body::Enum(variants) => Box::new(variants.iter().flat_map(|variant| &variant.fields)),
        }
    }
}

/// Reads the item with all its attributes.
pub(crate) fn item(input: DeriveInput) -> syn::Result<Item> {
    let home = attributes::of_type(&input.attrs)?.unwrap_or_else(|| parse_quote!(::classtracker));
    let packed = attributes::is_packed(&input.attrs)?;
    let body = match input.data {
        Data::Struct(data) => Body::Struct(fields(data.fields)?),
        Data::Enum(data) => Body::Enum(
            data.variants
                .into_iter()
                .map(|variant| {
                    attributes::of_variant(&variant.attrs)?;
                    Ok(Variant { ident: variant.ident, fields: fields(variant.fields)? })
                })
                .collect::<syn::Result<_>>()?,
        ),
        Data::Union(data) => Body::Struct(fields(syn::Fields::Named(data.fields))?),
    };
    Ok(Item { ident: input.ident, generics: input.generics, home, packed, body })
}

fn fields(fields: syn::Fields) -> syn::Result<Vec<Field>> {
    fields
        .into_iter()
        .enumerate()
        .map(|(index, field)| {
            let found = attributes::of_field(&field.attrs)?;
            let span = field.ty.span();
            let member = match field.ident {
                Some(ident) => Member::Named(ident),
                None => Member::Unnamed(Index { index: u32::try_from(index).unwrap_or(u32::MAX), span }),
            };
            let name = found.name.unwrap_or_else(|| match &member {
                Member::Named(ident) => ident.to_string().trim_start_matches("r#").to_owned(),
                Member::Unnamed(index) => index.index.to_string(),
            });
            Ok(Field { member, ty: field.ty, span, name, how: found.how })
        })
        .collect()
}
