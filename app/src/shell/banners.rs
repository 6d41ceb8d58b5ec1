//! What the operator must know, below the top bar on every page.

use leptos::prelude::*;

use super::facts::Insecure;
use crate::ui::banner::Banner;
use crate::ui::status::State;

/// The banners of a page in the frame.
#[component]
pub fn Banners() -> impl IntoView {
    view! { <div class="banners">{unencrypted()}</div> }.into_any()
}

/// That whatever is typed can be read on the way, where that is so: also, and above all, where somebody signs in.
pub fn unencrypted() -> Option<AnyView> {
    let insecure = use_context::<Insecure>().is_some_and(|insecure| insecure.0);
    insecure.then(|| {
        view! {
            <Banner
                state=State::Warn
                title="This connection is not encrypted."
                text="Anyone on the network can read passwords. Give Slipway a certificate, or put it behind a proxy that has one."
            />
        }
        .into_any()
    })
}
