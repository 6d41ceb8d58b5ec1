//! How to make an account for Slipway in a cluster: a file for `kubectl`, which the page itself gives.

use leptos::prelude::*;

use crate::ui::prelude::*;

/// Where the file is, for administrators.
const FILE: &str = "/settings/clusters/manifest";

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
                    {link()} " and apply it:"
                </p>
                <CopyField text="kubectl apply -f slipway-manifest.yaml" />
                <p class="dim">
                    "The file begins with the commands that make a kubeconfig for that account. "
                    <code>"slipway cluster manifest"</code>
                    " prints the same."
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

/// Where a cluster works, the file alone: it is needed again for a new token, or once a new version of Slipway needs more permissions.
pub fn manifest_again() -> AnyView {
    view! {
        <Card title="An account for Slipway">
            <p>
                {link()}
                " gives Slipway's account its permissions, and begins with the commands that make a kubeconfig with a new token."
            </p>
        </Card>
    }
    .into_any()
}

/// The file, to download.
pub fn link() -> impl IntoView {
    view! {
        <a class="link" href=FILE rel="external" download="slipway-manifest.yaml">
            "slipway-manifest.yaml"
        </a>
    }
}
