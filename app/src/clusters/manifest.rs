//! How to make an account for Slipway in a cluster.

use leptos::prelude::*;

use crate::ui::prelude::*;

/// The command that does it, and what it prints.
#[component]
pub fn Manifest(
    /// The text of `slipway cluster manifest`.
    text: String,
) -> impl IntoView {
    view! {
        <Card title="An account for Slipway">
            <div class="stack">
                <p>
                    "Slipway needs an account in the cluster with few permissions. Create it with an administrator's kubeconfig:"
                </p>
                <CopyField text="slipway cluster manifest | kubectl apply -f -" />
                <p class="dim">
                    "It begins with the commands that make a kubeconfig for that account."
                </p>
                <details class="manifest">
                    <summary>"Show what it prints"</summary>
                    <Code label="What slipway cluster manifest prints" text=text language=Language::Yaml />
                </details>
            </div>
        </Card>
    }
    .into_any()
}
