//! Pages whose code comes when one of their part is first opened.
//!
//! - The browser's half is split by part, not by page: shared code is cut out once for each set of parts that need it, so with every page
//!   a part of its own a page would come in hundreds of files.
//! - A page takes its data in its view, so that the first file of all knows nothing of any page.

/// A function that gives a view, and whose code comes with the rest of its part: `async` for its callers on either side.
///
/// `lazy_part!(environments, pub fn tab(entity: Signal<String>) = shown, preload_tab)`: `tab` calls `shown`, and `preload_tab` fetches
/// the code alone.
macro_rules! lazy_part {
    ($part:ident, $vis:vis fn $name:ident($($arg:ident: $of:ty),*) = $shown:path, $preload:ident) => {
        #[cfg(feature = "hydrate")]
        #[::leptos::wasm_split::wasm_split(
            $part,
            wasm_split_path = ::leptos::wasm_split,
            preload(#[allow(dead_code)] $preload)
        )]
        $vis fn $name($($arg: $of),*) -> ::leptos::prelude::AnyView {
            $shown($($arg),*)
        }

        #[cfg(not(feature = "hydrate"))]
        $vis async fn $name($($arg: $of),*) -> ::leptos::prelude::AnyView {
            // So that the document names the files that its browser will need.
            ::leptos::prefetch_lazy_fn_on_server(stringify!($part));
            $shown($($arg),*)
        }
    };
}

/// The route of a page: `lazy_page!(CatalogPage in catalog, view)`, where `view` is a function of this module.
macro_rules! lazy_page {
    ($page:ident in $part:ident, $view:ident) => {
        const _: () = {
    $crate::shell::lazy::lazy_part!($part, fn $view() = self::$view, preload);

            impl ::leptos_router::LazyRoute for $page {
                fn data() -> Self {
                    Self
                }

                async fn view(_this: Self) -> ::leptos::prelude::AnyView {
                    $view().await
                }

                async fn preload() {
                    #[cfg(feature = "hydrate")]
                    preload().await;
                }
            }
        };
    };
}

pub(crate) use {lazy_page, lazy_part};
