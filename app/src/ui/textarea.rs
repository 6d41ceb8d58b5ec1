//! Several lines of text.

use leptos::html;
use leptos::prelude::*;

use super::field::Wiring;
use super::maybe::Maybe;

/// Several lines of text. It grows with what is typed.
#[component]
pub fn Textarea(
    /// The name that the form posts.
    #[prop(into)]
    name: String,
    /// Above it.
    #[prop(into)]
    label: String,
    /// Below it, short.
    #[prop(optional, into)]
    help: Maybe<String>,
    /// What stands in it at first.
    #[prop(optional, into)]
    value: String,
    /// How many lines it shows at first.
    #[prop(default = 4)]
    rows: u32,
    /// Code: in the typeface of code, never corrected.
    #[prop(optional)]
    code: bool,
    /// What the page itself finds wrong while somebody types.
    #[prop(optional, into)]
    problem: Signal<Option<String>>,
    /// May be left empty.
    #[prop(optional)]
    optional: bool,
    /// An example, while it is empty.
    #[prop(optional, into)]
    placeholder: Maybe<String>,
    /// Cannot be changed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Over the whole width of a form in two columns.
    #[prop(optional)]
    wide: bool,
) -> impl IntoView {
    let (help, placeholder) = (help.0, placeholder.0);
    let wiring = Wiring::new(&name, value, problem, help.is_some());
    let class = if code { "input mono" } else { "input" };
    let node = NodeRef::<html::Textarea>::new();
    let text = wiring.value.clone();
    // The framework writes the content of a textarea as it is, so on the server it is escaped here. (Parsers of HTML drop a first line
    // break, so one stands before the text.) In the browser the text goes in as a property.
    let content = if cfg!(feature = "ssr") { format!("\n{}", escaped(&text)) } else { String::new() };
    Effect::new(move |_| {
        if let Some(area) = node.get()
            && area.default_value().is_ok_and(|value| value.is_empty())
            && !text.is_empty()
            && area.set_default_value(&text).is_err()
        {
            leptos::logging::warn!("a text cannot be shown");
        }
    });
    let control = view! {
        <textarea
            node_ref=node
            class=class
            rows=rows.to_string()
            id=wiring.id.clone()
            name=name
            placeholder=placeholder
            autocomplete="off"
            autocapitalize=code.then_some("off")
            spellcheck=code.then_some("false")
            required=!optional
            disabled=move || disabled.get()
            autofocus=wiring.autofocus
            aria-invalid=wiring.invalid()
            aria-describedby=wiring.described_by()
            inner_html=content
        ></textarea>
    };
    wiring.around(label, optional, help, wide, control.into_any())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_was_typed_cannot_become_markup() {
        assert_eq!(escaped("</textarea><script>&amp;"), "&lt;/textarea&gt;&lt;script&gt;&amp;amp;");
    }
}
