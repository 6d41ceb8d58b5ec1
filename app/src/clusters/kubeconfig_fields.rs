//! A kubeconfig, pasted or from a file, and which of its contexts is meant.
//!
//! Without JavaScript it is pasted and the context is typed; with it the contexts are read while the form is filled in. It is never shown again.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use super::functions::kubeconfig_contexts;
use super::view::{ContextChoice, Contexts};
use crate::ui::prelude::*;

/// The fields.
#[component]
pub fn KubeconfigFields() -> impl IntoView {
    let found = RwSignal::new(None::<Contexts>);
    let problem = Signal::derive(move || match found.get() {
        Some(Contexts::Refused(sentence)) => Some(sentence),
        _ => None,
    });
    let look = move |event: leptos::ev::Event| {
        let Some(changed) = Changed::of(&event) else { return };
        leptos::task::spawn_local(async move {
            let Some(text) = changed.text().await else { return };
            let read = if text.trim().is_empty() { None } else { kubeconfig_contexts(text).await.ok() };
            found.try_set(read);
        });
    };
    view! {
        <div class="kubeconfig wide" on:change=look>
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
                help="With a token or a client certificate in it. Stored encrypted, sent only to this cluster, never shown again."
            />
            {move || context_field(found.get())}
        </div>
    }
    .into_any()
}

fn context_field(found: Option<Contexts>) -> AnyView {
    match found {
        Some(Contexts::Found(contexts)) if contexts.len() > 1 => choose(contexts),
        Some(Contexts::Found(contexts)) => {
            let refused = contexts.into_iter().find_map(|context| context.refused);
            refused.map(|sentence| view! { <Banner state=State::Bad title=sentence /> }).into_any()
        }
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

/// What was changed: the text, or the file that is read into it.
enum Changed {
    Text(String),
    File(web_sys::File),
}

impl Changed {
    fn of(event: &leptos::ev::Event) -> Option<Self> {
        let target = event.target()?;
        if let Some(area) = target.dyn_ref::<web_sys::HtmlTextAreaElement>() {
            return Some(Self::Text(area.value()));
        }
        let input = target.dyn_ref::<web_sys::HtmlInputElement>().filter(|input| input.type_() == "file")?;
        input.files()?.get(0).map(Self::File)
    }

    async fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::File(file) => JsFuture::from(file.text()).await.ok()?.as_string(),
        }
    }
}
