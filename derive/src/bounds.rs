//! What the type parameters must fulfil: those are bound whose values a field owns, and nothing else.

use crate::attributes::How;
use crate::parse::Item;
use quote::ToTokens;
use std::collections::HashSet;
use syn::visit::{self, Visit};
use syn::{
    GenericArgument, GenericParam, Generics, Ident, PathArguments, Type, TypeParamBound, TypePath, WherePredicate,
    parse_quote,
};

/// The generics of the item with the bounds that its impls need.
pub(crate) fn bounded(item: &Item) -> Generics {
    let home = &item.home;
    let mut found = Owned {
        parameters: item.generics.type_params().map(|parameter| parameter.ident.clone()).collect(),
        types: Vec::new(),
        seen: HashSet::new(),
    };
    for field in item.fields().filter(|field| matches!(field.how, How::Ask)) {
        found.visit_type(&field.ty);
    }
    let mut generics = item.generics.clone();
    if !found.types.is_empty() {
        let clause = generics.make_where_clause();
        for ty in found.types {
            clause.predicates.push(parse_quote!(#ty: #home::__private::Inspect));
        }
    }
    generics
}

/// Whether a parameter may have no known size, so that the last field, and the type, may have none.
pub(crate) fn may_be_unsized(item: &Item) -> bool {
    let relaxed = |bound: &TypeParamBound| matches!(bound, TypeParamBound::Trait(bound) if bound.maybe.is_some());
    let by_parameter = item.generics.params.iter().any(|parameter| match parameter {
        GenericParam::Type(parameter) => parameter.bounds.iter().any(relaxed),
        _ => false,
    });
    let by_clause =
        item.generics.where_clause.iter().flat_map(|clause| &clause.predicates).any(
            |predicate| matches!(predicate, WherePredicate::Type(predicate) if predicate.bounds.iter().any(relaxed)),
        );
    let by_field = item.fields().last().is_some_and(|field| match &field.ty {
        Type::Slice(_) | Type::TraitObject(_) => true,
        Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| ["str", "CStr", "OsStr", "Path"].iter().any(|name| last.ident == name)),
        _ => false,
    });
    by_parameter || by_clause || by_field
}

/// Collects the parameters, and the types that are associated to them, of which a field owns values.
struct Owned {
    parameters: HashSet<Ident>,
    types: Vec<Type>,
    seen: HashSet<String>,
}

impl Owned {
    fn add(&mut self, ty: Type) {
        if self.seen.insert(ty.to_token_stream().to_string()) {
            self.types.push(ty);
        }
    }

    fn mentions_parameter(&self, ty: &Type) -> bool {
        struct Mentions<'p>(&'p HashSet<Ident>, bool);
        impl<'ast> Visit<'ast> for Mentions<'_> {
            fn visit_ident(&mut self, ident: &'ast Ident) {
                self.1 |= self.0.contains(ident);
            }
        }
        let mut mentions = Mentions(&self.parameters, false);
        mentions.visit_type(ty);
        mentions.1
    }
}

impl<'ast> Visit<'ast> for Owned {
    fn visit_type(&mut self, ty: &'ast Type) {
        match ty {
            // They own nothing, whatever they point to.
            Type::Reference(_) | Type::Ptr(_) | Type::FnPtr(_) => {}
            _ => visit::visit_type(self, ty),
        }
    }

    fn visit_type_path(&mut self, path: &'ast TypePath) {
        if let Some(qualified) = &path.qself {
            if self.mentions_parameter(&qualified.ty) {
                self.add(Type::Path(path.clone()));
            }
            return;
        }
        let segments = &path.path.segments;
        if let Some(first) = segments.first()
            && path.path.leading_colon.is_none()
            && self.parameters.contains(&first.ident)
        {
            return self.add(Type::Path(path.clone()));
        }
        let Some(last) = segments.last() else { return };
        if last.ident == "PhantomData" {
            return;
        }
        if let PathArguments::AngleBracketed(arguments) = &last.arguments {
            for argument in &arguments.args {
                if let GenericArgument::Type(ty) = argument {
                    self.visit_type(ty);
                }
            }
        }
    }

    /// What a trait object is generic over is not what it owns.
    fn visit_type_param_bound(&mut self, _bound: &'ast TypeParamBound) {}
}
