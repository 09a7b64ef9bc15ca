//! `#[db_test]`: one test body, run on SQLite and on PostgreSQL.

use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;
use quote::{format_ident, quote};
use syn::{Error, Expr, FnArg, ItemFn, MetaNameValue, Type, parse::Nothing, parse_macro_input};

/// Makes two tests of an `async fn name(records: Records)` or `async fn name(db: TestDb)`: `sqlite_name` and `postgres_name`,
/// each on a fresh database with the migrations named in `#[db_test(migrations = crate::migrations())]` (anything that is
/// `AsRef<[Migration]>`; none by default). The body returns nothing or a `Result<(), E>`.
#[proc_macro_attribute]
pub fn db_test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let body = parse_macro_input!(item as ItemFn);
    let migrations = match migrations(arguments) {
        Ok(migrations) => migrations,
        Err(error) => return error.into_compile_error().into(),
    };
    expand(&body, &migrations).unwrap_or_else(Error::into_compile_error).into()
}

fn migrations(arguments: TokenStream) -> syn::Result<Expr> {
    if arguments.is_empty() {
        syn::parse::<Nothing>(arguments)?;
        return syn::parse2(quote!([]));
    }
    let argument: MetaNameValue = syn::parse(arguments)?;
    if !argument.path.is_ident("migrations") {
        return Err(Error::new_spanned(argument.path, "the one argument is `migrations = <expression>`"));
    }
    Ok(argument.value)
}

fn expand(body: &ItemFn, migrations: &Expr) -> syn::Result<Tokens> {
    let name = &body.sig.ident;
    if body.sig.asyncness.is_none() {
        return Err(Error::new_spanned(&body.sig, "a database test is an `async fn`"));
    }
    let argument = match body.sig.inputs.first() {
        Some(FnArg::Typed(argument)) if body.sig.inputs.len() == 1 => last_name(&argument.ty),
        _ => None,
    };
    let given = match argument.as_deref() {
        Some("Records") => quote!(db.records()),
        Some("TestDb") => quote!(db),
        _ => return Err(Error::new_spanned(&body.sig, "a database test takes `records: Records` or `db: TestDb`")),
    };
    // Attributes such as #[ignore] and #[should_panic] belong to the tests, the lints to the body as well.
    let attributes = &body.attrs;
    let (signature, block) = (&body.sig, &body.block);
    let tests = [("sqlite", quote!(Sqlite)), ("postgres", quote!(Postgres))].map(|(prefix, engine)| {
        let test = format_ident!("{prefix}_{name}");
        quote! {
            #[test]
            #(#attributes)*
            fn #test() {
                let name = concat!(module_path!(), "::", stringify!(#test));
                ::db::testing::run(::db::Engine::#engine, name, #migrations, |db| #name(#given));
            }
        }
    });
    Ok(quote! {
        #signature #block
        #(#tests)*
    })
}

fn last_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    }
}
