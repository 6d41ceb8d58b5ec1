//! A kubeconfig, pasted or from a file, and which of its contexts is meant.
//!
//! Without JavaScript it is pasted and the context is typed; with it the contexts are read while the form is filled in. It is never shown again.

use std::time::Duration;

use domain::clusters::{LARGEST_KUBECONFIG, TOO_LARGE_A_KUBECONFIG};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::functions::kubeconfig_contexts;
use super::view::{ContextChoice, Contexts};
use crate::ui::prelude::*;

/// After the last key, before the contexts are read.
const PAUSE: Duration = Duration::from_millis(300);

/// Said where another context was sent than the only one there is, which is then used without being named.
const NOT_ITS_CONTEXT: &str =
    "It has one context, and a different one was sent. Send the form again to use the one it has";

/// The fields.
#[component]
pub fn KubeconfigFields() -> impl IntoView {
    let found = RwSignal::new(None::<Contexts>);
    let form = expect_context::<FormState>();
    let of_context = form.problem("context");
    let problem = Signal::derive(move || match found.get() {
        Some(Contexts::Refused(sentence)) => Some(sentence),
        // What is wrong with the only context is wrong with the whole.
        Some(Contexts::Found(contexts)) => match contexts.as_slice() {
            // One that was typed before the field for it went away is not sent again.
            [only] => only.refused.clone().or_else(|| of_context.get().map(|_| NOT_ITS_CONTEXT.to_owned())),
            _ => None,
        },
        None => None,
    });
    // What stands in the field now: an answer for anything else is dropped.
    let typed = RwSignal::new(None::<String>);
    let look = move |event: leptos::ev::Event| {
        let Some(area) = area_of(&event) else { return };
        let text = text_of(&area);
        // Told again of what stands there already, nothing is to be asked anew.
        if text.is_some() && typed.with_untracked(|typed| *typed == text) {
            return;
        }
        // So large is no kubeconfig: it is neither copied nor sent, and refused at once.
        let refused = text.is_none().then(|| Contexts::Refused(TOO_LARGE_A_KUBECONFIG.to_owned()));
        // What was found is of the text before.
        if found.with_untracked(Option::is_some) || refused.is_some() {
            found.set(refused);
        }
        typed.set(text.clone());
        let Some(text) = text else { return };
        if text.trim().is_empty() {
            return;
        }
        let still =
            move |text: &str| typed.try_with_untracked(|typed| typed.as_deref() == Some(text)) == Some(true);
        let ask = move || {
            if !still(&text) {
                return;
            }
            leptos::task::spawn_local(async move {
                // Where they cannot be read now, the context is typed, and the form's own answer says what is wrong.
                let read = kubeconfig_contexts(text.clone()).await.ok();
                if still(&text) {
                    found.try_set(read);
                }
            });
        };
        set_timeout(ask, PAUSE);
    };
    let help = match form.lost("secret_kubeconfig", "the kubeconfig") {
        true => "Paste it again: what is secret never comes back to the page.",
        false => {
            "With a token or a client certificate in it. Stored encrypted, sent only to this cluster, never shown again."
        }
    };
    view! {
        <div class="kubeconfig wide" on:input=look>
            <div class="with-script">
                <FileDrop name="kubeconfig_file" label="From a file" fills="secret_kubeconfig" optional=true />
            </div>
            <Textarea
                name="secret_kubeconfig"
                label="Kubeconfig"
                code=true
                rows=8
                problem=problem
                placeholder="apiVersion: v1\nkind: Config\nclusters: …"
                help=help
            />
            {move || context_field(found.get())}
        </div>
    }
    .into_any()
}

fn context_field(found: Option<Contexts>) -> AnyView {
    match found {
        Some(Contexts::Found(contexts)) if contexts.len() > 1 => choose(contexts),
        Some(Contexts::Found(_)) => ().into_any(),
        _ => view! {
            <TextField
                name="context"
                label="Context"
                optional=true
                kind=TextKind::Code
                help="Only where the kubeconfig has several. Empty for its current one."
            />
        }
        .into_any(),
    }
}

fn choose(contexts: Vec<ContextChoice>) -> AnyView {
    let usable = |context: &&ContextChoice| context.refused.is_none();
    let first = contexts.iter().filter(usable).find(|context| context.current);
    let first = first.or_else(|| contexts.iter().find(usable)).map(|context| context.name.clone());
    let choices = contexts
        .iter()
        .map(|context| {
            let label = match &context.server {
                Some(server) => format!("{} ({server})", context.name),
                None => context.name.clone(),
            };
            let choice = Choice::new(context.name.clone(), label);
            if context.refused.is_some() { choice.refused() } else { choice }
        })
        .collect();
    let refused: Vec<_> = contexts
        .into_iter()
        .filter_map(|context| Some((context.name, context.refused?)))
        .map(|(name, sentence)| view! { <li>{format!("{name} cannot be used. {sentence}")}</li> })
        .collect();
    view! {
        <Select name="context" label="Context" choices=choices value=first.unwrap_or_default() help="The one to use for this cluster." />
        {(!refused.is_empty()).then(|| view! { <ul class="refused small dim">{refused}</ul> })}
    }
    .into_any()
}

/// The field that somebody types or pastes in, or that a file was read into.
fn area_of(event: &leptos::ev::Event) -> Option<web_sys::HtmlTextAreaElement> {
    event.target()?.dyn_into().ok()
}

/// What stands in it; none where that is too large, which is known before it is copied: it has at least as many bytes as UTF-16 code units.
fn text_of(area: &web_sys::HtmlTextAreaElement) -> Option<String> {
    let is_large = |length: usize| length > LARGEST_KUBECONFIG;
    let units = usize::try_from(area.text_length()).unwrap_or(usize::MAX);
    if is_large(units) {
        return None;
    }
    Some(area.value()).filter(|text| !is_large(text.len()))
}
