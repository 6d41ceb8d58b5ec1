//! What the last call to a cluster told, in words.

use domain::form::full_stop;
use leptos::prelude::*;

use super::view::ClusterView;
use crate::settings::micros;
use crate::ui::prelude::*;

/// The card.
#[component]
pub fn Verdict(cluster: ClusterView) -> impl IntoView {
    let (state, word) = cluster.state();
    let unknown_version = cluster.why_no_version();
    let heading = match (&cluster.last_error, cluster.missing_rights.is_empty(), cluster.last_contact_at) {
        (Some(error), ..) => error.clone(),
        (None, false, _) => {
            "Slipway's account lacks permissions. Apply slipway-manifest.yaml of this page, then test again"
                .to_owned()
        }
        (None, true, Some(_)) => "It answers. The last test found no missing permissions".to_owned(),
        (None, true, None) => "It has not been tested yet. Use Test to check it".to_owned(),
    };
    let missing: Vec<_> = cluster
        .missing_rights
        .into_iter()
        .map(|right| view! { <li><StatusIcon state=State::Warn /><span>{right}</span></li> })
        .collect();
    let version = match cluster.server_version {
        Some(version) => view! { <code>{version}</code> }.into_any(),
        None => view! { <Unknown reason=unknown_version /> }.into_any(),
    };
    let contact = match cluster.last_contact_at {
        Some(at) => view! { <Time micros=micros(at) /> }.into_any(),
        None => view! { <Unknown reason="It has never answered" /> }.into_any(),
    };
    let error_at = cluster.last_error_at.filter(|_| cluster.last_error.is_some());
    view! {
        <Card title="State" aside=move || view! { <Status state=state text=word /> }>
            <div class="stack">
                <p class="verdict">{full_stop(heading)}</p>
                {(!missing.is_empty())
                    .then(|| view! { <div><h3>"Missing"</h3><ul class="checks">{missing}</ul></div> })}
                <KeyValues>
                    <Fact name="Kubernetes">{version}</Fact>
                    <Fact name="Last answer">{contact}</Fact>
                    {error_at.map(|at| view! { <Fact name="Last error"><Time micros=micros(at) /></Fact> })}
                    <Fact name="Signs in with">{cluster.how}</Fact>
                    {cluster.server.map(|server| view! { <Fact name="API"><code>{breakable(&server)}</code></Fact> })}
                </KeyValues>
            </div>
        </Card>
    }
    .into_any()
}
