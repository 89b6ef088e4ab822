//! Writes the impls.

use crate::attributes::How;
use crate::bounds;
use crate::parse::{Body, Field, Item, Variant};
use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};

/// Both impls of the item.
pub(crate) fn item(item: &Item) -> TokenStream {
    let Item { ident, home, .. } = item;
    let generics = bounds::bounded(item);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let body = match &item.body {
        Body::Struct(fields) => of_struct(item, fields),
        Body::Enum(variants) => of_enum(item, variants),
    };
    let of_all_values = of_all_values(item);
    quote! {
        #[doc(hidden)]
        #[allow(
            non_upper_case_globals,
            unused_attributes,
            unused_imports,
            unused_qualifications,
            unreachable_code,
            clippy::all,
            clippy::pedantic,
            clippy::nursery
        )]
        const _: () = {
            use #home::__private::{
                ByCopy as _, ByDeepSizeOf as _, ByInspect as _, ByNothing as _, ByWeak as _, OwnsByDeepSizeOf as _,
                OwnsByDrop as _, OwnsByInspect as _,
            };

            #[automatically_derived]
            impl #impl_generics #home::__private::Inspect for #ident #type_generics #where_clause {
                #[inline]
                fn inspect(&self, __walk: &mut #home::__private::Walk<'_>) {
                    __walk.value(self, |__walk| {
                        let _ = &mut *__walk;
                        #body
                    });
                }

                #of_all_values
            }

            #[automatically_derived]
            impl #impl_generics #home::__private::DeepSizeOf for #ident #type_generics #where_clause {
                #[inline]
                fn deep_size_of_children(
                    &self,
                    __context: &mut #home::__private::Context,
                ) -> ::core::primitive::usize {
                    #home::__private::deep_size_of_children(self, __context)
                }
            }
        };
    }
}

fn of_struct(item: &Item, fields: &[Field]) -> TokenStream {
    let calls = fields.iter().map(|field| {
        let member = &field.member;
        // The fields of a packed struct cannot be borrowed, but they can be copied.
        let value = if item.packed { quote!(&{ self.#member }) } else { quote!(&self.#member) };
        call(item, field, &value)
    });
    quote!(#(#calls)*)
}

fn of_enum(item: &Item, variants: &[Variant]) -> TokenStream {
    if variants.is_empty() {
        return quote!(match *self {});
    }
    let arms = variants.iter().map(|variant| {
        let ident = &variant.ident;
        let name = ident.to_string();
        let name = name.trim_start_matches("r#");
        let bindings = variant.fields.iter().enumerate().map(|(index, field)| {
            let (member, binding) = (&field.member, format_ident!("__{index}"));
            quote!(#member: #binding,)
        });
        let calls = variant.fields.iter().enumerate().map(|(index, field)| {
            let binding = format_ident!("__{index}");
            call(item, field, &quote!(#binding))
        });
        quote! {
            Self::#ident { #(#bindings)* .. } => __walk.variant(#name, self, |__walk| {
                let _ = &mut *__walk;
                #(#calls)*
            }),
        }
    });
    quote!(match self { #(#arms)* })
}

/// The call that walks a field; `value` is a reference to it.
fn call(item: &Item, field: &Field, value: &TokenStream) -> TokenStream {
    let (home, name) = (&item.home, &field.name);
    match &field.how {
        How::Skip => quote_spanned! {field.span=>
            __walk.field_with(#name, ::core::mem::size_of_val(#value), |_| {});
        },
        How::With(path) => quote_spanned! {field.span=>
            __walk.field_with(#name, ::core::mem::size_of_val(#value), |__walk| #path(#value, __walk));
        },
        How::Ask => quote_spanned! {field.span=>
            (&&&&&#home::__private::Field(#value)).walk(#name, __walk);
        },
    }
}

/// The type owns nothing when none of its fields does, and is steady when all of them are.
fn of_all_values(item: &Item) -> TokenStream {
    if bounds::may_be_unsized(item) {
        return TokenStream::new();
    }
    let home = &item.home;
    let (owns_nothing, is_steady) = (quote!(owns_nothing), quote!(is_steady));
    let (all_own_nothing, all_are_steady) = (of_all_fields(item, &owns_nothing), of_all_fields(item, &is_steady));
    quote! {
        #[inline]
        fn #owns_nothing() -> ::core::primitive::bool {
            true #(&& #all_own_nothing)*
        }

        #[inline]
        fn #is_steady() -> ::core::primitive::bool {
            #home::__private::is_steady(<Self as #home::__private::Inspect>::is_steady, || true #(&& #all_are_steady)*)
        }
    }
}

/// What the types of the fields answer to this question. A function that walks a field may do anything.
fn of_all_fields(item: &Item, question: &TokenStream) -> Vec<TokenStream> {
    let home = &item.home;
    let answer = |field: &Field| match &field.how {
        How::Skip => None,
        How::With(_) => Some(quote!(false)),
        How::Ask => {
            let ty = &field.ty;
            Some(quote_spanned! {field.span=> (&&&#home::__private::Type::<#ty>::new()).#question() })
        }
    };
    item.fields().filter_map(answer).collect()
}
