//! What stands where there is nothing to show: an empty list, an error.

use domain::form::full_stop;
use leptos::children::ViewFnOnce;
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::maybe::Maybe;

/// Nothing here yet: one sentence why, one action.
#[component]
pub fn EmptyState(
    /// Why: "No environments yet".
    #[prop(into)]
    why: String,
    /// Its icon.
    #[prop(default = Glyph::Inbox)]
    icon: Glyph,
    /// More about it, in a sentence.
    #[prop(optional, into)]
    text: Maybe<String>,
    /// What to do about it: one button or link.
    #[prop(optional, into)]
    action: Option<ViewFnOnce>,
) -> impl IntoView {
    let text = text.0;
    view! {
        <div class="message">
            <Icon of=icon />
            <p class="what">{why}</p>
            {text.map(|text| view! { <p>{text}</p> })}
            {action.map(|action| view! { <div class="row">{action.run()}</div> })}
        </div>
    }
    .into_any()
}

/// Something failed.
#[component]
pub fn ErrorState(
    /// What failed: "The catalog could not be read".
    #[prop(into)]
    what: String,
    /// What was not lost, and what to do.
    #[prop(optional, into)]
    text: Maybe<String>,
    /// The id to quote.
    #[prop(optional, into)]
    id: Maybe<String>,
    /// What to do about it: buttons or links.
    #[prop(optional, into)]
    action: Option<ViewFnOnce>,
) -> impl IntoView {
    let (text, id) = (text.0, id.0);
    view! {
        <div class="message bad" role="alert">
            <Icon of=Glyph::Problem />
            <p class="what">{what}</p>
            {text.map(|text| view! { <p>{full_stop(text)}</p> })}
            {id.map(|id| view! { <p class="small">"Quote " <code>{id}</code> " when you report it."</p> })}
            {action.map(|action| view! { <div class="row">{action.run()}</div> })}
        </div>
    }
    .into_any()
}

/// The sentence of an error, for the person: the server's own. Everything else is in the words of the framework, or of a proxy on the way,
/// and goes no further.
pub fn sentence(error: &ServerFnError) -> String {
    let said: &str = match error {
        ServerFnError::ServerError(sentence) => sentence,
        ServerFnError::Request(_) => {
            "Slipway cannot be reached. What you see may be out of date. Try again in a moment"
        }
        _ => "Slipway did not answer as expected. Reload the page, or try again in a moment",
    };
    said.to_owned()
}

/// What stands in the place of something that could not be read.
pub fn failed(what: &'static str, error: &ServerFnError) -> AnyView {
    view! { <ErrorState what=what text=sentence(error) /> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_reads_the_words_of_the_framework() {
        let html = "Invalid format: missing delimiter in \"<html>502 Bad Gateway</html>\"".to_owned();
        let said = sentence(&ServerFnError::Deserialization(html));
        assert_eq!(said, "Slipway did not answer as expected. Reload the page, or try again in a moment");
        let missing = sentence(&ServerFnError::MissingArg("id".to_owned()));
        assert_eq!(missing, said);
        assert_eq!(sentence(&ServerFnError::new("The disk is full")), "The disk is full");
    }
}
