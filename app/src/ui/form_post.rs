//! Posts a form from the page itself: the same body that the browser would send, so that the server sees no difference.

use domain::form::{FormOutcome, TOO_LARGE, UNREADABLE};
use leptos::ev::SubmitEvent;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    FormData, Headers, HtmlButtonElement, HtmlElement, HtmlFormElement, HtmlInputElement, RequestInit,
    Response, UrlSearchParams,
};

const FORBIDDEN: u16 = 403;
/// Of an answer that is shown as it is, in bytes.
const LONGEST_SENTENCE: usize = 600;

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

/// Whether the form of a submit event has a field that a person types in; others have but a button, and boxes to tick.
pub fn is_typed(event: &SubmitEvent) -> bool {
    let form = event.current_target().and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
    let fields = "input:not([type=hidden], [type=checkbox], [type=radio]), textarea, select";
    form.is_some_and(|form| form.query_selector(fields).is_ok_and(|found| found.is_some()))
}

/// Posts to a server function and reads its answer. What keeps it from answering is an outcome too, with what was typed left as it is:
/// where something was `typed`, the outcome says so.
pub async fn post(url: &str, body: String, typed: bool) -> FormOutcome {
    match send(url, body).await {
        Ok(outcome) => outcome,
        Err(Failure::Refused(sentence)) => refused(&sentence),
        Err(failure) => refused(words(&failure, typed)),
    }
}

/// The outcome where nothing could be sent.
pub fn failed(typed: bool) -> FormOutcome {
    refused(words(&Failure::Unsent, typed))
}

fn words(failure: &Failure, typed: bool) -> &'static str {
    match (failure, typed) {
        (Failure::Unreachable, true) => {
            "Slipway cannot be reached. What you typed is still here: try again in a moment"
        }
        (Failure::Unreachable, false) => "Slipway cannot be reached. Try again in a moment",
        (Failure::Status(401), true) => {
            "You are signed out. Sign in in another tab, then send this again: what you typed is still here"
        }
        (Failure::Status(401), false) => "You are signed out. Sign in in another tab, then try again",
        (Failure::Status(408), true) => {
            "What you sent did not arrive in time. Try again: what you typed is still here"
        }
        (Failure::Status(408), false) => "What you sent did not arrive in time. Try again",
        (Failure::Status(400), _) => UNREADABLE,
        (Failure::Status(413), _) => TOO_LARGE,
        (Failure::Answer | Failure::Status(500..), true) => {
            "Slipway did not say whether this was done. Reload the page to see. Until then, what you typed is still here"
        }
        (Failure::Answer | Failure::Status(500..), false) => {
            "Slipway did not say whether this was done. Reload the page to see"
        }
        (_, true) => {
            "This could not be done. Nothing was changed; what you typed is still here. Try again in a moment"
        }
        (_, false) => "This could not be done. Nothing was changed. Try again in a moment",
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
    /// The door did not let it through, and says why.
    Refused(String),
    /// Slipway, or a proxy in its place, refused it or failed.
    Status(u16),
    /// It could not be sent.
    Unsent,
    /// It was sent, and the answer tells nothing: what became of it is not known.
    Answer,
}

async fn send(url: &str, body: String) -> Result<FormOutcome, Failure> {
    let headers = Headers::new().map_err(|_| Failure::Unsent)?;
    let set = |name: &str, value: &str| headers.set(name, value).map_err(|_| Failure::Unsent);
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
        return Err(match response.status() {
            FORBIDDEN => said(&response).await.map_or(Failure::Status(FORBIDDEN), Failure::Refused),
            status => Failure::Status(status),
        });
    }
    let text = response.text().map_err(|_| Failure::Answer)?;
    let text = JsFuture::from(text).await.map_err(|_| Failure::Answer)?;
    let text = text.as_string().unwrap_or_default();
    serde_json::from_str(&text).map_err(|_| Failure::Answer)
}

/// What the answer says, where that is for a person to read.
async fn said(response: &Response) -> Option<String> {
    let kind = response.headers().get("content-type").ok().flatten()?;
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    sentence_of(&kind, &text)
}

/// A short plain text. Anything else is somebody's page: that of a proxy on the way, most likely.
fn sentence_of(kind: &str, text: &str) -> Option<String> {
    let text = text.trim();
    let plain = kind.starts_with("text/plain") && !text.is_empty() && text.len() <= LONGEST_SENTENCE;
    plain.then(|| text.to_owned())
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

#[cfg(test)]
mod tests {
    use super::{Failure, TOO_LARGE, UNREADABLE, sentence_of, words};

    #[test]
    fn that_what_was_typed_is_still_there_is_said_where_something_was_typed() {
        let failures = [
            Failure::Unreachable,
            Failure::Status(401),
            Failure::Status(408),
            Failure::Status(422),
            Failure::Status(504),
            Failure::Unsent,
            Failure::Answer,
        ];
        for failure in failures {
            assert!(words(&failure, true).to_lowercase().contains("what you typed is still here"));
            assert!(!words(&failure, false).contains("typed"));
        }
    }

    #[test]
    fn that_nothing_was_changed_is_said_only_where_it_is_known() {
        for typed in [true, false] {
            for unknown in [Failure::Answer, Failure::Status(502), Failure::Status(504)] {
                assert!(words(&unknown, typed).starts_with("Slipway did not say whether this was done."));
            }
            for known in [Failure::Unsent, Failure::Status(422)] {
                assert!(words(&known, typed).contains("Nothing was changed"));
            }
        }
    }

    #[test]
    fn what_would_be_refused_again_is_not_to_be_tried_again() {
        for (status, said) in [(400, UNREADABLE), (413, TOO_LARGE)] {
            assert_eq!(words(&Failure::Status(status), true), said);
            assert!(!said.to_lowercase().contains("try again"));
        }
    }

    #[test]
    fn a_refusal_is_shown_in_its_own_words_where_it_has_some() {
        let own = "This form did not come from Slipway's own pages";
        assert_eq!(sentence_of("text/plain; charset=utf-8", &format!("{own}\n")).as_deref(), Some(own));
        assert_eq!(sentence_of("text/html", "<h1>403 Forbidden</h1>"), None);
        assert_eq!(sentence_of("text/plain", " "), None);
        assert_eq!(sentence_of("text/plain", &"x".repeat(5_000)), None);
    }
}
