//! A question or a list over the page. It needs JavaScript: whatever is done in it has a page of its own as well.

use leptos::children::ViewFnOnce;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::button::IconButton;
use super::icon::Glyph;

/// The browser's own dialog: it keeps the focus within, closes on Escape and gives the focus back.
#[component]
pub fn Dialog(
    /// Its id.
    #[prop(into)]
    id: String,
    /// Its title.
    #[prop(into)]
    title: String,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Wider.
    #[prop(optional)]
    wide: bool,
    /// Its buttons.
    #[prop(optional, into)]
    footer: Option<ViewFnOnce>,
    /// What it shows.
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    follow(node, open);
    let heading = format!("{id}-title");
    let heading_id = heading.clone();
    view! {
        <dialog
            id=id
            class=if wide { "dialog wide" } else { "dialog" }
            node_ref=node
            aria-labelledby=heading
            on:close=move |_| open.set(false)
            on:click=move |event| close_outside(node, &event)
        >
            <header>
                <h2 id=heading_id>{title}</h2>
                <IconButton
                    label="Close"
                    icon=Glyph::Close
                    small=true
                    on_click=Callback::new(move |()| open.set(false))
                />
            </header>
            <div class="body">{children()}</div>
            {footer.map(|footer| view! { <footer>{footer.run()}</footer> })}
        </dialog>
    }
    .into_any()
}

/// Opens and closes the element as the signal says.
pub fn follow(node: NodeRef<html::Dialog>, open: RwSignal<bool>) {
    Effect::new(move |_| {
        let wanted = open.get();
        let Some(dialog) = node.get() else { return };
        if wanted && !dialog.open() {
            if dialog.show_modal().is_err() {
                leptos::logging::warn!("a dialog cannot be opened");
            }
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
}

/// A click beside the dialog closes it: the backdrop belongs to the element, its content does not.
pub fn close_outside(node: NodeRef<html::Dialog>, event: &leptos::ev::MouseEvent) {
    if let Some(dialog) = node.get_untracked()
        && event
            .target()
            .is_some_and(|target| target.dyn_ref::<web_sys::HtmlDialogElement>() == Some(&dialog))
    {
        dialog.close();
    }
}
