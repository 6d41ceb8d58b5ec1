//! A file from the person's machine.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use super::field::Wiring;
use super::icon::{Glyph, Icon};
use super::maybe::Maybe;

/// A file, chosen or dropped. Its text is put into a textarea of the form, where it can be read before it is sent; the file itself is not posted.
/// This needs JavaScript: without, the text is pasted.
#[component]
pub fn FileDrop(
    /// Its name, for its label.
    #[prop(into)]
    name: String,
    /// Above it.
    #[prop(into)]
    label: String,
    /// What may be chosen, as the browser knows it: `.yaml,.yml`.
    #[prop(optional, into)]
    accept: Maybe<String>,
    /// The name of the textarea that the text goes into.
    #[prop(into)]
    fills: String,
    /// Below it, short.
    #[prop(optional, into)]
    help: Maybe<String>,
    /// What the page itself finds wrong.
    #[prop(optional, into)]
    problem: Signal<Option<String>>,
    /// May be left empty.
    #[prop(optional)]
    optional: bool,
    /// Over the whole width of a form in two columns.
    #[prop(optional)]
    wide: bool,
) -> impl IntoView {
    let (accept, help) = (accept.0, help.0);
    let wiring = Wiring::new(&name, String::new(), problem, help.is_some());
    let chosen = RwSignal::new(None::<String>);
    let node = NodeRef::<html::Input>::new();
    let change = move |_| {
        let Some(input) = node.get_untracked() else { return };
        let Some(file) = input.files().and_then(|files| files.get(0)) else {
            chosen.set(None);
            return;
        };
        chosen.set(Some(format!("{} ({})", file.name(), size_text(file.size()))));
        leptos::task::spawn_local(fill(input, file, fills.clone()));
    };
    let control = view! {
        <div class="file-drop">
            <Icon of=Glyph::Upload class="faint" />
            {move || match chosen.get() {
                Some(name) => view! { <span class="chosen">{name}</span> }.into_any(),
                None => view! { <span>"Drop a file here, or choose one"</span> }.into_any(),
            }}
            <input
                node_ref=node
                type="file"
                id=wiring.id.clone()
                accept=accept
                on:change=change
                aria-invalid=wiring.invalid()
                aria-describedby=wiring.described_by()
            />
        </div>
    };
    wiring.around(label, optional, help, wide, control.into_any())
}

/// Reads a file into the textarea `target` of the same form.
async fn fill(input: web_sys::HtmlInputElement, file: web_sys::File, target: String) {
    let Ok(text) = JsFuture::from(file.text()).await else { return };
    let Some(form) = input.form() else { return };
    let selector = format!("textarea[name='{target}']");
    let area = form.query_selector(&selector).ok().flatten();
    if let Some(area) = area.and_then(|area| area.dyn_into::<web_sys::HtmlTextAreaElement>().ok()) {
        area.set_value(&text.as_string().unwrap_or_default());
        // Whoever reads what is typed there hears of it.
        let told = input_event().and_then(|event| area.dispatch_event(&event));
        if told.is_err() {
            leptos::logging::warn!("a text that was put into a field cannot be told of");
        }
    }
}

/// As a key makes it: it is heard on what stands around the field too.
fn input_event() -> Result<web_sys::Event, wasm_bindgen::JsValue> {
    let init = web_sys::EventInit::new();
    init.set_bubbles(true);
    web_sys::Event::new_with_event_init_dict("input", &init)
}

/// A size in the unit that reads best, powers of 1,000.
fn size_text(bytes: f64) -> String {
    match bytes {
        b if b < 1_000.0 => format!("{b} B"),
        b if b < 1_000_000.0 => format!("{:.1} kB", b / 1_000.0),
        b => format!("{:.1} MB", b / 1_000_000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::size_text;

    #[test]
    fn sizes_read_well() {
        for (bytes, expected) in
            [(0.0, "0 B"), (999.0, "999 B"), (5_400.0, "5.4 kB"), (2_000_000.0, "2.0 MB")]
        {
            assert_eq!(size_text(bytes), expected);
        }
    }
}
