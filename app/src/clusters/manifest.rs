//! How to make an account for Slipway in a cluster: a file for `kubectl`, which the page itself gives.

use leptos::prelude::*;

use crate::ui::prelude::*;

/// Where the file is, for administrators.
pub const FILE: &str = "/settings/clusters/manifest";

/// The file, and the command that applies it.
#[component]
pub fn Manifest(
    /// The text of `slipway cluster manifest`.
    text: String,
) -> impl IntoView {
    view! {
        <Card title="An account for Slipway">
            <div class="stack">
                <p>
                    "Slipway needs an account in the cluster with few permissions. To create it you need kubectl and an administrator's kubeconfig. Download the file "
                    <a class="link" href=FILE rel="external" download="slipway-manifest.yaml">
                        "slipway-manifest.yaml"
                    </a> " and apply it:"
                </p>
                <CopyField text="kubectl apply -f slipway-manifest.yaml" />
                <p class="dim">
                    "The file begins with the commands that make a kubeconfig for that account. "
                    <code>"slipway cluster manifest"</code>
                    " prints the same; in a clone of the source the program is "
                    <code>"target/debug/slipway"</code> "."
                </p>
                <details class="manifest">
                    <summary>"Show the file"</summary>
                    <Code label="slipway-manifest.yaml" text=text language=Language::Yaml />
                </details>
            </div>
        </Card>
    }
    .into_any()
}
