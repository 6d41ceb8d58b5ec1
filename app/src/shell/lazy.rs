//! Pages whose code comes when one of their part is first opened.
//!
//! - The browser's half is split by part, not by page: shared code is cut out once for each set of parts that need it, so with every page
//!   a part of its own a page would come in hundreds of files.
//! - A page takes its data in its view, so that the first file of all knows nothing of any page.
//! - A part that cannot be fetched stops nothing: see `super::missing_part`.

/// A page, for the routes of the application: `lazy_page!(CatalogPage in catalog, view)`, where `view` is a function of this module.
macro_rules! lazy_page {
    ($page:ident in $part:ident, $view:ident) => {
        #[doc = concat!("What `", stringify!($view), "` shows, for the routes.")]
        #[derive(Clone, Debug)]
        pub struct $page;

        const _: () = {
            #[cfg(feature = "hydrate")]
            #[::leptos::wasm_split::wasm_split(
                $part,
                wasm_split_path = ::leptos::wasm_split,
                preload(preload),
                fallible
            )]
            fn $view()
            -> ::core::result::Result<::leptos::prelude::AnyView, ::leptos::wasm_split::SplitLoaderError>
            {
                Ok(self::$view())
            }

            #[cfg(not(feature = "hydrate"))]
            async fn $view()
            -> ::core::result::Result<::leptos::prelude::AnyView, ::core::convert::Infallible>
            {
                Ok(self::$view())
            }

            impl ::leptos_router::LazyRoute for $page {
                fn data() -> Self {
                    Self
                }

                async fn view(_this: Self) -> ::leptos::prelude::AnyView {
                    // The router asks for it after `preload` has ended, when its part is there.
                    $view().await.unwrap_or_else(|_| ::leptos::prelude::IntoAny::into_any(()))
                }

                async fn preload() {
                    #[cfg(feature = "hydrate")]
                    if preload().await.is_err() {
                        $crate::shell::missing_part::load_document().await;
                    }
                }
            }
        };
    };
}

pub(crate) use lazy_page;
