//! The fields of a cluster, for connecting and for changing one.

use domain::form::{ANYWAY, TWIN};
use leptos::prelude::*;

use super::kubeconfig_fields::KubeconfigFields;
use super::labels;
use super::view::{ClusterForm, ConnectView, TeamChoice};
use crate::ui::prelude::*;

/// How Slipway signs in. `before` says how it does now, where a cluster is changed.
#[component]
pub fn AccessFields(
    /// Whether Slipway runs in a cluster.
    in_cluster: bool,
    /// How it signs in now.
    #[prop(optional_no_strip)]
    before: Option<String>,
) -> impl IntoView {
    let card = |value: &str, name: &str, text: &str, icon: Glyph| RadioCard {
        value: value.to_owned(),
        name: name.to_owned(),
        text: text.to_owned(),
        icon,
        disabled: false,
    };
    let mut cards = Vec::new();
    if let Some(before) = &before {
        cards.push(card("keep", "Unchanged", before, Glyph::Check));
    }
    if in_cluster {
        let text = "The service account of Slipway's own pod. For the cluster it runs in.";
        cards.push(card("own_account", labels::OWN_ACCOUNT, text, Glyph::Server));
    }
    let name = if before.is_some() { "Another kubeconfig" } else { "A kubeconfig" };
    cards.push(card("kubeconfig", name, "For any cluster that Slipway can reach.", Glyph::Key));
    let chosen = cards.first().map(|card| card.value.clone()).unwrap_or_default();
    // One way alone is no choice.
    let choice = if cards.len() == 1 {
        view! { <input type="hidden" name="access" value=chosen /> }.into_any()
    } else {
        view! { <RadioCards name="access" label=labels::ACCESS cards=cards value=chosen /> }.into_any()
    };
    view! {
        <div class="access wide">
            {choice}
            <KubeconfigFields />
            <OtherConnection />
        </div>
    }
    .into_any()
}

/// A link to the connection that leads to the same cluster, where that is why a form was refused.
#[component]
fn OtherConnection() -> impl IntoView {
    let other = expect_context::<FormState>().problem(TWIN);
    move || {
        other.get().map(|id| {
            view! { <a class="link" href=format!("/settings/clusters/{id}")>"See the other connection"</a> }
        })
    }
}

/// Where a trial found something wrong, a box to keep it in spite of what was told. Another fault asks again: its box is made anew, so that
/// the tick for the one before is not taken for it.
#[component]
pub fn KeepAnyway() -> impl IntoView {
    let problem = expect_context::<FormState>().problem(ANYWAY);
    let told = Memo::new(move |_| problem.get());
    let help = "It is saved in spite of what Slipway found. Use Test on its page once that is set right.";
    view! {
        <For each=move || told.get() key=String::clone let(told)>
            <Checkbox name=ANYWAY label="Keep it anyway" value=told help=help />
        </For>
    }
}

/// How environments live there, and who may have some.
#[component]
pub fn SettingsFields(
    /// What stands in them, and the teams.
    facts: ConnectView,
) -> impl IntoView {
    let ConnectView { form, teams, .. } = facts;
    let ClusterForm {
        ingress_class, ingress_namespace, base_domain, https, dns_namespace, dns_labels, ..
    } = form;
    let (limit, chosen, registries) = (form.environments_per_team, form.teams, form.registries);
    view! {
        <Card title="Addresses">
            <div class="form-grid">
                <TextField name="base_domain" label=labels::BASE_DOMAIN value=base_domain kind=TextKind::Code optional=true placeholder="envs.example.com" help="Environments get addresses such as NAME.envs.example.com. Empty for no addresses." />
                <TextField name="ingress_class" label=labels::INGRESS_CLASS value=ingress_class kind=TextKind::Code optional=true placeholder="nginx" help="Empty for the cluster's default." />
                <TextField name="ingress_namespace" label=labels::INGRESS_NAMESPACE value=ingress_namespace kind=TextKind::Code optional=true placeholder="ingress-nginx" help="Traffic from this namespace is allowed in. Empty allows none." />
                <Checkbox name="https" label=labels::HTTPS value="true" checked=https switch=true help="Addresses then begin with https." />
            </div>
        </Card>
        <Card title="DNS">
            <div class="form-grid">
                <TextField name="dns_namespace" label=labels::DNS_NAMESPACE value=dns_namespace kind=TextKind::Code optional=true placeholder="kube-system" help="Environments can resolve names with it. Empty: kube-system." />
                <TextField name="dns_labels" label="Labels of its pods" value=dns_labels kind=TextKind::Code optional=true placeholder="k8s-app=kube-dns" help="LABEL=VALUE, separated by commas. Empty: k8s-app=kube-dns." />
            </div>
        </Card>
        <Card title="Images">
            <div class="form-grid">
                <Registries registries=registries />
            </div>
        </Card>
        <Card title="Who may use it">
            <div class="form-grid">
                <Teams teams=teams chosen=chosen />
                <NumberField name="environments_per_team" label=labels::PER_TEAM value=limit min=1 max=10_000 optional=true help="How many one team may have here at once. Empty for no limit." />
            </div>
        </Card>
    }
    .into_any()
}

/// The credentials of image registries: never shown, kept when left empty.
#[component]
fn Registries(registries: Vec<String>) -> impl IntoView {
    let kept = (!registries.is_empty()).then(|| {
        let label = format!("Delete the credentials for {}", registries.join(", "));
        view! { <Checkbox name="forget_registry" label=label value="true" help="New environments then pull without them." /> }
    });
    let form = expect_context::<FormState>();
    let (name, problem) = ("secret_registry", form.problem("secret_registry"));
    let lost = form.lost(name, "the registry credentials");
    // Left empty now, they would be lost in silence: the server asks once, whatever else is wrong with the form after that.
    let asked =
        Memo::new(move |before: Option<&bool>| before == Some(&true) || problem.with(Option::is_some));
    let asks = move || {
        let asks = lost && !asked.get();
        asks.then(|| view! { <input type="hidden" name="registry_lost" value="true" /> })
    };
    let help = match kept {
        _ if lost => "Paste it again: what is secret never comes back to the page.",
        Some(_) => "Leave empty to keep the stored credentials. They are never shown.",
        None => {
            "A Docker config.json with auths. Environments pull private images with it. It is stored encrypted and never shown."
        }
    };
    view! {
        {asks}
        <Textarea name=name label="Registry credentials" optional=true wide=true rows=4 code=true help=help placeholder=r#"{"auths": {"registry.example.com": {"auth": "…"}}}"# />
        {kept}
    }
    .into_any()
}

#[component]
fn Teams(teams: Vec<TeamChoice>, chosen: Vec<String>) -> impl IntoView {
    if teams.is_empty() {
        return view! {
            <div class="field wide">
                <p class="dim">"The catalog has no teams yet, so every team added later can use it."</p>
            </div>
        }
        .into_any();
    }
    let boxes: Vec<_> = teams
        .into_iter()
        .map(|team| {
            let checked = chosen.contains(&team.reference);
            view! { <Checkbox name="teams[]" label=team.name value=team.reference checked=checked /> }
        })
        .collect();
    view! {
        <fieldset class="field wide">
            <legend>"Teams"</legend>
            <div class="team-boxes">{boxes}</div>
            <div class="help">"Choose none to allow every team. Sub-teams are included."</div>
        </fieldset>
    }
    .into_any()
}
