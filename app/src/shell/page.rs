//! A page within the frame: its breadcrumb in the top bar, its head, its content.

use leptos::children::ViewFnOnce;
use leptos::html;
use leptos::prelude::*;
use leptos_meta::Title;
use wasm_bindgen::JsCast;

use crate::ui::breadcrumb::{Breadcrumb, Crumb};
use crate::ui::icon::{Glyph, Icon};
use crate::ui::maybe::Maybe;

/// A page. Its anatomy is the same everywhere: name and badges with the actions at the right, a line of facts, tabs, content.
#[component]
pub fn Page(
    /// Its name: the title of the document and the heading.
    #[prop(into)]
    title: String,
    /// The way to it, without itself.
    #[prop(optional)]
    crumbs: Vec<Crumb>,
    /// Before the heading.
    #[prop(optional, into)]
    icon: Maybe<Glyph>,
    /// After the heading: badges and the status.
    #[prop(optional, into)]
    badges: Option<ViewFnOnce>,
    /// At the right: one main action at most.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    /// Below the heading: each child a fact.
    #[prop(optional, into)]
    facts: Option<ViewFnOnce>,
    /// The tabs.
    #[prop(optional, into)]
    tabs: Option<ViewFnOnce>,
    /// The content.
    children: Children,
) -> impl IntoView {
    let icon = icon.0;
    let mut way = crumbs;
    way.push(Crumb::here(title.clone()));
    let main = NodeRef::<html::Main>::new();
    take_focus(main);
    super::arrivals::arrive(&title);
    wake_up();
    view! {
        <Title text=document_title(&title) />
        <div class="crumbs">
            <Breadcrumb crumbs=way />
        </div>
        <main class="page" id="main" tabindex="-1" node_ref=main>
            // What it is comes before what can be done with it, also by keyboard and on a telephone.
            <div class="page-head">
                <div class="page-title">
                    {icon.map(|of| view! { <Icon of=of /> })}
                    <h1>{title}</h1>
                    {badges.map(|badges| badges.run())}
                </div>
                <div class="page-facts">{facts.map(|facts| facts.run())}</div>
                {actions.map(|actions| view! { <div class="page-actions">{actions.run()}</div> })}
            </div>
            {tabs.map(|tabs| tabs.run())}
            {children()}
        </main>
    }
    .into_any()
}

/// The title of the document: the page's own, and whose it is.
fn document_title(title: &str) -> String {
    format!("{title} · Slipway")
}

/// The page answers from now on: its own code is there, and the next frame shows what it woke up to.
fn wake_up() {
    Effect::new(|_| request_animation_frame(crate::ui::dom::say_awake));
}

/// A page that comes without a load of the document takes the focus, where the link that led to it is gone: so a screen reader goes on there,
/// or in the field that asks for it, as the browser does where it loads a document.
/// In the next frame, since a page that waited for its data is made before it stands in the document.
fn take_focus(main: NodeRef<html::Main>) {
    Effect::new(move |_| {
        if main.get().is_some() && crate::ui::dom::is_awake() {
            request_animation_frame(move || focus_if_lost(main));
        }
    });
}

fn focus_if_lost(main: NodeRef<html::Main>) {
    let lost = document().active_element().is_none_or(|active| active.tag_name() == "BODY");
    if let Some(Some(main)) = main.try_get_untracked()
        && lost
    {
        let asks = main.query_selector("[autofocus]").ok().flatten();
        let asks = asks.and_then(|asks| asks.dyn_into::<web_sys::HtmlElement>().ok());
        let focused = match asks {
            Some(asks) => asks.focus(),
            None => {
                let options = web_sys::FocusOptions::new();
                options.set_prevent_scroll(true);
                main.focus_with_options(&options)
            }
        };
        if focused.is_err() {
            leptos::logging::warn!("the page cannot be focused");
        }
    }
}

/// A page without the frame: signing in.
#[component]
pub fn PageAlone(
    /// The title of the document.
    #[prop(into)]
    title: String,
    /// The content.
    children: Children,
) -> impl IntoView {
    wake_up();
    view! {
        <Title text=document_title(&title) />
        <div class="alone">
            <header class="brand">
                <Icon of=Glyph::Boat />
                "Slipway"
            </header>
            <main id="main">
                <h1>{title}</h1>
                {super::banners::unencrypted()}
                {children()}
            </main>
        </div>
        <crate::ui::toast::ToastRegion />
    }
    .into_any()
}
