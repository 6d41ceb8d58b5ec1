//! A file from the person's machine.

use domain::form::LARGEST;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use super::field::Wiring;
use super::icon::{Glyph, Icon};
use super::maybe::Maybe;

/// What is said of a file that no form can take.
const TOO_LARGE: &str = "This file is larger than 1 MiB, so it cannot be sent. Choose another one";
/// What is said of a file that is no text.
const NO_TEXT: &str = "This file is not text in UTF-8, so it cannot be used here. Choose another one";

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
    let refused = RwSignal::new(None::<&'static str>);
    let problem = Signal::derive(move || refused.get().map(str::to_owned).or_else(|| problem.get()));
    let wiring = Wiring::new(&name, String::new(), problem, help.is_some());
    let chosen = RwSignal::new(None::<String>);
    let node = NodeRef::<html::Input>::new();
    let change = move |_| {
        let Some(input) = node.get_untracked() else { return };
        refused.set(None);
        let Some(file) = input.files().and_then(|files| files.get(0)) else {
            chosen.set(None);
            return;
        };
        chosen.set(Some(format!("{} ({})", file.name(), size_text(file.size()))));
        if file.size() > LARGEST as f64 {
            refused.set(Some(TOO_LARGE));
            return;
        }
        let fills = fills.clone();
        leptos::task::spawn_local(async move {
            if !fill(input, file, fills).await {
                refused.try_set(Some(NO_TEXT));
            }
        });
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

/// Reads a file into the textarea `target` of the same form; false where it is no text.
async fn fill(input: web_sys::HtmlInputElement, file: web_sys::File, target: String) -> bool {
    let Ok(text) = JsFuture::from(file.text()).await else { return false };
    let text = text.as_string().unwrap_or_default();
    if !is_text(&text) {
        return false;
    }
    let Some(form) = input.form() else { return true };
    let selector = format!("textarea[name='{target}']");
    let area = form.query_selector(&selector).ok().flatten();
    if let Some(area) = area.and_then(|area| area.dyn_into::<web_sys::HtmlTextAreaElement>().ok()) {
        area.set_value(&text);
        // Whoever reads what is typed there hears of it.
        let told = input_event().and_then(|event| area.dispatch_event(&event));
        if told.is_err() {
            leptos::logging::warn!("a text that was put into a field cannot be told of");
        }
    }
    true
}

/// Whether what the browser read was text: it puts U+FFFD for whatever is not UTF-8.
fn is_text(read: &str) -> bool {
    !read.contains(['\0', '\u{fffd}'])
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
    use super::{LARGEST, TOO_LARGE, is_text, size_text};

    #[test]
    fn what_is_no_text_is_known() {
        assert!(is_text("kind: Config\n# å") && is_text(""));
        assert!(!is_text("PK\u{3}\0") && !is_text("\u{fffd}ELF"));
    }

    #[test]
    fn what_is_too_large_is_told_the_limit() {
        assert!(TOO_LARGE.contains(&format!("larger than {} MiB", LARGEST >> 20)));
    }

    #[test]
    fn sizes_read_well() {
        for (bytes, expected) in
            [(0.0, "0 B"), (999.0, "999 B"), (5_400.0, "5.4 kB"), (2_000_000.0, "2.0 MB")]
        {
            assert_eq!(size_text(bytes), expected);
        }
    }
}
