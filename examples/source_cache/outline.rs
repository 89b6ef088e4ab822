//! From syntax to what the cache keeps of it.

use syn::{Attribute, Expr, ExprLit, Fields, ForeignItem, Ident, ImplItem, Lit, Meta, TraitItem, Type};

use crate::model::{Item, Kind};

/// The parser recurses as deep as the brackets are nested, and must not run out of stack. People nest ten deep.
const DEEPEST: usize = 1000;

/// The items of a source, or why it is none.
pub(crate) fn of(text: &str) -> Result<Vec<Item>, String> {
    if nesting(text) > DEEPEST {
        return Err(format!("brackets are nested more than {DEEPEST} deep"));
    }
    let file = syn::parse_file(text).map_err(|error| error.to_string())?;
    Ok(file.items.iter().flat_map(items).collect())
}

/// How deep brackets are nested, those in texts and comments included, which hardly matters.
fn nesting(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut deepest = 0;
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

fn items(item: &syn::Item) -> Vec<Item> {
    let item = match item {
        syn::Item::Const(it) => leaf(Kind::Constant, &it.ident, &it.attrs),
        syn::Item::Enum(it) => {
            let variants = it.variants.iter().map(|it| node(Kind::Variant, &it.ident, &it.attrs, fields(&it.fields)));
            node(Kind::Enum, &it.ident, &it.attrs, variants.collect())
        }
        syn::Item::Fn(it) => leaf(Kind::Function, &it.sig.ident, &it.attrs),
        syn::Item::ForeignMod(it) => return it.items.iter().filter_map(foreign).collect(),
        syn::Item::Impl(it) => {
            let members = it.items.iter().filter_map(associated).collect();
            Item { kind: Kind::Impl, name: type_name(&it.self_ty), docs: docs(&it.attrs), members }
        }
        syn::Item::Macro(it) => match &it.ident {
            Some(ident) => leaf(Kind::Macro, ident, &it.attrs),
            None => return Vec::new(),
        },
        syn::Item::Mod(it) => match &it.content {
            Some((_, inner)) => node(Kind::Module, &it.ident, &it.attrs, inner.iter().flat_map(items).collect()),
            None => leaf(Kind::Module, &it.ident, &it.attrs),
        },
        syn::Item::Static(it) => leaf(Kind::Constant, &it.ident, &it.attrs),
        syn::Item::Struct(it) => node(Kind::Struct, &it.ident, &it.attrs, fields(&it.fields)),
        syn::Item::Trait(it) => node(Kind::Trait, &it.ident, &it.attrs, it.items.iter().filter_map(required).collect()),
        syn::Item::TraitAlias(it) => leaf(Kind::Trait, &it.ident, &it.attrs),
        syn::Item::Type(it) => leaf(Kind::Type, &it.ident, &it.attrs),
        syn::Item::Union(it) => {
            let members = it.fields.named.iter().filter_map(field).collect();
            node(Kind::Struct, &it.ident, &it.attrs, members)
        }
        // Imports define nothing.
        _ => return Vec::new(),
    };
    vec![item]
}

fn associated(item: &ImplItem) -> Option<Item> {
    Some(match item {
        ImplItem::Const(it) => leaf(Kind::Constant, &it.ident, &it.attrs),
        ImplItem::Fn(it) => leaf(Kind::Function, &it.sig.ident, &it.attrs),
        ImplItem::Type(it) => leaf(Kind::Type, &it.ident, &it.attrs),
        _ => return None,
    })
}

fn required(item: &TraitItem) -> Option<Item> {
    Some(match item {
        TraitItem::Const(it) => leaf(Kind::Constant, &it.ident, &it.attrs),
        TraitItem::Fn(it) => leaf(Kind::Function, &it.sig.ident, &it.attrs),
        TraitItem::Type(it) => leaf(Kind::Type, &it.ident, &it.attrs),
        _ => return None,
    })
}

fn foreign(item: &ForeignItem) -> Option<Item> {
    Some(match item {
        ForeignItem::Fn(it) => leaf(Kind::Function, &it.sig.ident, &it.attrs),
        ForeignItem::Static(it) => leaf(Kind::Constant, &it.ident, &it.attrs),
        ForeignItem::Type(it) => leaf(Kind::Type, &it.ident, &it.attrs),
        _ => return None,
    })
}

fn fields(fields: &Fields) -> Vec<Item> {
    fields.iter().filter_map(field).collect()
}

/// A field, if it has a name.
fn field(field: &syn::Field) -> Option<Item> {
    Some(leaf(Kind::Field, field.ident.as_ref()?, &field.attrs))
}

fn leaf(kind: Kind, name: &Ident, attributes: &[Attribute]) -> Item {
    node(kind, name, attributes, Vec::new())
}

fn node(kind: Kind, name: &Ident, attributes: &[Attribute], members: Vec<Item>) -> Item {
    Item { kind, name: name.to_string(), docs: docs(attributes), members }
}

/// The documentation, which the parser hands over as attributes, a line each.
fn docs(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => Some(line.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What to call the type of an `impl`.
fn type_name(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path.path.segments.last().map_or_else(String::new, |last| last.ident.to_string()),
        Type::Reference(reference) => format!("&{}", type_name(&reference.elem)),
        Type::Slice(slice) => format!("[{}]", type_name(&slice.elem)),
        _ => "_".into(),
    }
}
