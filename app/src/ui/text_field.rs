//! A line of text.

use domain::form::SECRET_PREFIX;
use leptos::html;
use leptos::prelude::*;

use super::field::Wiring;
use super::maybe::Maybe;

/// What is typed, so that browsers and telephones help: the `type` and `inputmode` of the control.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextKind {
    /// Any text.
    #[default]
    Text,
    /// A name, an id or code: in the typeface of code, never corrected.
    Code,
    /// A secret: hidden while typed, never given back. Its field's name begins with `secret_`.
    Secret,
    /// An address of a page.
    Url,
    /// An address of mail.
    Email,
}

/// A line of text.
#[component]
pub fn TextField(
    /// The name that the form posts.
    #[prop(into)]
    name: String,
    /// Above it.
    #[prop(into)]
    label: String,
    /// What is typed.
    #[prop(optional)]
    kind: TextKind,
    /// Below it, short.
    #[prop(optional, into)]
    help: Maybe<String>,
    /// What stands in it at first.
    #[prop(optional, into)]
    value: String,
    /// Follows what is typed, and is followed.
    #[prop(optional)]
    bind: Option<RwSignal<String>>,
    /// What the page itself finds wrong while somebody types.
    #[prop(optional, into)]
    problem: Signal<Option<String>>,
    /// May be left empty.
    #[prop(optional)]
    optional: bool,
    /// For the browser's own help: `username`, `current-password`, `new-password`, `name`.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// An example, while it is empty.
    #[prop(optional, into)]
    placeholder: Maybe<String>,
    /// Cannot be changed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Can be read and copied, not changed.
    #[prop(optional)]
    readonly: bool,
    /// Takes the focus when the page opens: at most one a page.
    #[prop(optional)]
    autofocus: bool,
    /// What the browser offers while somebody types.
    #[prop(optional)]
    suggestions: Vec<String>,
    /// Over the whole width of a form in two columns.
    #[prop(optional)]
    wide: bool,
) -> impl IntoView {
    let (help, placeholder) = (help.0, placeholder.0);
    debug_assert_eq!(
        kind == TextKind::Secret,
        name.starts_with(SECRET_PREFIX),
        "{name}: secrets are known by their name"
    );
    let wiring = Wiring::new(&name, value, problem, help.is_some());
    let node = NodeRef::<html::Input>::new();
    wiring.follow(bind, node);
    let (input, mode) = match kind {
        TextKind::Secret => ("password", None),
        TextKind::Url => ("url", Some("url")),
        TextKind::Email => ("email", Some("email")),
        TextKind::Text | TextKind::Code => ("text", None),
    };
    let plain = kind != TextKind::Text;
    let class = if kind == TextKind::Code { "input mono" } else { "input" };
    let list = (!suggestions.is_empty()).then(|| format!("{}-suggestions", wiring.id));
    let offered = list.clone().map(|list| {
        let options =
            suggestions.into_iter().map(|value| view! { <option value=value></option> }).collect_view();
        view! { <datalist id=list>{options}</datalist> }
    });
    let control = view! {
        <input
            list=list
            node_ref=node
            class=class
            type=input
            inputmode=mode
            id=wiring.id.clone()
            name=name
            value=wiring.value.clone()
            on:input=move |event| {
                if let Some(bind) = bind {
                    bind.set(event_target_value(&event));
                }
            }
            placeholder=placeholder
            autocomplete=autocomplete.unwrap_or("off")
            autocapitalize=plain.then_some("off")
            spellcheck=plain.then_some("false")
            required=!optional
            disabled=move || disabled.get()
            readonly=readonly
            autofocus=wiring.takes_focus(autofocus)
            aria-invalid=wiring.invalid()
            aria-describedby=wiring.described_by()
        />
        {offered}
    };
    wiring.around(label, optional, help, wide, control.into_any())
}
