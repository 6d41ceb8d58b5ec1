//! Posts a form from the page itself: the same body that the browser would send, so that the server sees no difference.

use domain::form::FormOutcome;
use leptos::ev::SubmitEvent;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    FormData, Headers, HtmlButtonElement, HtmlElement, HtmlFormElement, HtmlInputElement, RequestInit,
    Response, UrlSearchParams,
};

/// What the form of a submit event would send, as `application/x-www-form-urlencoded`, taken at the moment of sending.
pub fn body_of(event: &SubmitEvent) -> Option<String> {
    encoded(&data_of(event)?)
}

/// The query of a form that only asks; fields left empty are not named.
pub fn query_of(event: &SubmitEvent) -> Option<String> {
    let data = data_of(event)?;
    let all = encoded(&data)?;
    let filled: Vec<&str> = all.split('&').filter(|pair| !pair.ends_with('=')).collect();
    Some(filled.join("&"))
}

/// Posts to a server function and reads its answer. What keeps it from answering is an outcome too, with what was typed left as it is.
pub async fn post(url: &str, body: String) -> FormOutcome {
    match send(url, body).await {
        Ok(outcome) => outcome,
        Err(Failure::Unreachable) => {
            refused("Slipway cannot be reached. What you typed is still here: try again in a moment")
        }
        Err(Failure::Status(401)) => refused(
            "You are signed out. Sign in in another tab, then send this again: what you typed is still here",
        ),
        Err(Failure::Status(408)) => {
            refused("What you sent did not arrive in time. Try again: what you typed is still here")
        }
        Err(Failure::Status(413)) => refused("What you sent is too large"),
        Err(Failure::Status(_) | Failure::Answer) => failed(),
    }
}

/// The outcome where the server failed.
pub fn failed() -> FormOutcome {
    refused(
        "This could not be done. Nothing was changed; what you typed is still here. Try again in a moment",
    )
}

/// Goes to a path as a new document.
pub fn leave(to: &str) {
    let location = leptos::prelude::window().location();
    let here = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    let left = if here == to { location.reload() } else { location.assign(to) };
    if left.is_err() {
        leptos::logging::error!("{to} cannot be opened");
    }
}

/// Puts the cursor where the first problem is.
pub fn focus_first_problem(form: &HtmlFormElement) {
    let found = |selector: &str| form.query_selector(selector).ok().flatten();
    let first = found("[aria-invalid=true]").or_else(|| found(".form-problems"));
    if let Some(element) = first.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // A group of radio buttons is no control itself: its first one is.
        let inner = element.query_selector("input").ok().flatten().and_then(|input| input.dyn_into().ok());
        let failed = inner.unwrap_or(element).focus().is_err();
        if failed {
            leptos::logging::warn!("the first problem cannot be focused");
        }
    }
}

enum Failure {
    Unreachable,
    Status(u16),
    Answer,
}

async fn send(url: &str, body: String) -> Result<FormOutcome, Failure> {
    let headers = Headers::new().map_err(|_| Failure::Answer)?;
    let set = |name: &str, value: &str| headers.set(name, value).map_err(|_| Failure::Answer);
    set("accept", "application/json")?;
    let init = RequestInit::new();
    init.set_method("POST");
    set("content-type", "application/x-www-form-urlencoded")?;
    init.set_body(&JsValue::from_str(&body));
    init.set_headers(&headers);
    let promise = leptos::prelude::window().fetch_with_str_and_init(url, &init);
    let response = JsFuture::from(promise).await.map_err(|_| Failure::Unreachable)?;
    let response: Response = response.dyn_into().map_err(|_| Failure::Answer)?;
    if !response.ok() {
        return Err(Failure::Status(response.status()));
    }
    let text = response.text().map_err(|_| Failure::Answer)?;
    let text = JsFuture::from(text).await.map_err(|_| Failure::Unreachable)?;
    let text = text.as_string().unwrap_or_default();
    serde_json::from_str(&text).map_err(|_| Failure::Answer)
}

fn refused(summary: &str) -> FormOutcome {
    FormOutcome::Invalid { problems: Vec::new(), summary: Some(summary.to_owned()) }
}

/// The fields, with the button that sent them.
fn data_of(event: &SubmitEvent) -> Option<FormData> {
    let form = event.current_target()?.dyn_into::<HtmlFormElement>().ok()?;
    let data = FormData::new_with_form(&form).ok()?;
    if let Some((name, value)) = event.submitter().as_ref().and_then(named)
        && !name.is_empty()
    {
        data.append_with_str(&name, &value).ok()?;
    }
    Some(data)
}

fn named(submitter: &HtmlElement) -> Option<(String, String)> {
    if let Some(button) = submitter.dyn_ref::<HtmlButtonElement>() {
        return Some((button.name(), button.value()));
    }
    submitter.dyn_ref::<HtmlInputElement>().map(|input| (input.name(), input.value()))
}

fn encoded(data: &FormData) -> Option<String> {
    let fields = UrlSearchParams::new_with_str_sequence_sequence(data).ok()?;
    fields.to_string().as_string()
}
