//! What the operator must know, below the top bar on every page.

use leptos::prelude::*;

use super::facts::Insecure;
use crate::ui::banner::Banner;
use crate::ui::status::State;

/// The banners.
#[component]
pub fn Banners() -> impl IntoView {
    let insecure = use_context::<Insecure>().is_some_and(|insecure| insecure.0);
    view! {
        <div class="banners">
            {insecure
                .then(|| {
                    view! {
                        <Banner
                            state=State::Warn
                            title="This connection is not encrypted."
                            text="Whoever shares the network can read passwords. Give Slipway a certificate, or put it behind a proxy that has one."
                        />
                    }
                })}
        </div>
    }
    .into_any()
}
