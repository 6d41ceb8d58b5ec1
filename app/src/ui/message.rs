//! What stands where there is nothing to show: an empty list, an error.

use domain::form::full_stop;
use leptos::children::ViewFnOnce;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::button::LinkButton;
use super::changes::Changes;
use super::icon::{Glyph, Icon};
use super::maybe::Maybe;
use crate::shell::contact::{READY, does_answer, pause};
use crate::shell::query::{sign_in_and_back, with_search};

/// The server's sentence for an open page whose session is over. [`ErrorState`] offers whoever reads it to sign in.
pub const SIGNED_OUT: &str =
    "You are signed out. Sign in again to go on. What this page shows may be out of date";

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

/// Something failed. Whoever is signed out can do nothing about it but sign in, and is led back afterwards.
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
    let action = match text.as_deref() {
        Some(SIGNED_OUT) => Some(sign_in_again()),
        _ => action.map(|action| action.run()),
    };
    view! {
        <div class="message bad" role="alert">
            <Icon of=Glyph::Problem />
            <p class="what">{what}</p>
            {text.map(|text| view! { <p>{full_stop(text)}</p> })}
            {id.map(|id| view! { <p class="small">"Quote " <code>{id}</code> " when you report it."</p> })}
            {action.map(|action| view! { <div class="row">{action}</div> })}
        </div>
    }
    .into_any()
}

/// The page to sign in is loaded anew: what this one knows of whoever was signed in is over.
fn sign_in_again() -> AnyView {
    let location = use_location();
    let href = to_sign_in(&location.pathname.get_untracked(), &location.search.get_untracked());
    view! {
        <a class="button primary" href=href rel="external">
            "Sign in"
        </a>
    }
    .into_any()
}

/// The page to sign in, which leads back to a path.
fn to_sign_in(path: &str, search: &str) -> String {
    let back = with_search(path, search.trim_start_matches('?'));
    sign_in_and_back(&back)
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

/// What stands in the place of a part of a page that could not be read. Once Slipway can be reached, everything on the page that follows
/// [`super::changes()`] is read again; what is typed elsewhere on it stays.
pub fn failed(what: &str, error: &ServerFnError) -> AnyView {
    let changes = use_context::<Changes>();
    once_it_answers(error, move || {
        if let Some(changes) = changes {
            changes.read_again();
        }
    });
    unread(what, error, None)
}

/// What stands on a page of which nothing could be read, with other `ways` on from there. Once Slipway can be reached, the page is loaded
/// again: nothing is typed on it.
pub fn page_failed(what: &str, error: &ServerFnError, ways: Option<AnyView>) -> AnyView {
    once_it_answers(error, || {
        if window().location().reload().is_err() {
            leptos::logging::warn!("the page cannot be loaded again");
        }
    });
    unread(what, error, ways)
}

/// What could not be read, why, and what to do: where the sentence says to try again, there is a link that does.
fn unread(what: &str, error: &ServerFnError, ways: Option<AnyView>) -> AnyView {
    let (what, text) = (what.to_owned(), sentence(error));
    let again = says_to_try_again(&text).then(|| {
        // The address of the page itself.
        view! { <LinkButton href="" icon=Glyph::Refresh reloads=true>"Try again"</LinkButton> }.into_any()
    });
    if again.is_none() && ways.is_none() {
        return view! { <ErrorState what=what text=text /> }.into_any();
    }
    let action = move || view! { {again} {ways} };
    view! { <ErrorState what=what text=text action=action /> }.into_any()
}

/// Whoever may not see something, or has to sign in, gains nothing by trying again.
fn says_to_try_again(sentence: &str) -> bool {
    sentence.to_lowercase().contains("try again")
}

/// Acts as soon as Slipway can serve, where it could not: it was not reached, or says now that it cannot. What fails although it can serve
/// is not asked for over and over.
fn once_it_answers(error: &ServerFnError, act: impl Fn() + Copy + 'static) {
    let unreachable = matches!(error, ServerFnError::Request(_));
    let shown = StoredValue::new(());
    Effect::new(move |_| {
        leptos::task::spawn_local(async move {
            let mut was_away = unreachable;
            loop {
                pause().await;
                let answers = does_answer(READY).await;
                // Something else may be shown by now.
                if shown.try_get_value().is_none() || (answers && !was_away) {
                    return;
                }
                if answers {
                    act();
                    return;
                }
                was_away = true;
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_signs_in_again_comes_back_to_the_page() {
        assert_eq!(to_sign_in("/environments", ""), "/sign-in?next=/environments");
        let filtered = "/sign-in?next=/catalog%3Fkind%3Dapi%26text%3Da%2520b";
        assert_eq!(to_sign_in("/catalog", "?kind=api&text=a%20b"), filtered);
    }

    #[test]
    fn trying_again_is_offered_where_it_may_help() {
        for error in [
            ServerFnError::Request("Failed to fetch".to_owned()),
            ServerFnError::Deserialization("<html>".to_owned()),
            ServerFnError::new("Slipway cannot reach its database. Try again in a moment"),
        ] {
            assert!(says_to_try_again(&sentence(&error)), "{error:?}");
        }
        assert!(!says_to_try_again(&sentence(&ServerFnError::new("Only administrators can see the queue"))));
    }

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
