//! What stands below the top bar before the page itself: what the operator must know, why a form that is no longer there was refused,
//! that Slipway does not answer, and that not all of the page was loaded.

use domain::form::{Flash, full_stop, is_carried};
use leptos::prelude::*;

use super::contact::{BANNER, Contact, UNLOADED};
use super::facts::Insecure;
use crate::ui::banner::Banner;
use crate::ui::form::FlashSlot;
use crate::ui::status::State;

/// The banners of a page in the frame.
#[component]
pub fn Banners() -> impl IntoView {
    view! { <div class="banners">{unencrypted()} {left_over()} {unanswered()} {unloaded()}</div> }.into_any()
}

/// That Slipway does not answer. It stands in every page, hidden, since a page that lost Slipway while it was loaded has no code to make it.
fn unanswered() -> impl IntoView {
    let contact = use_context::<Contact>();
    let hidden = move || contact.is_none_or(|contact| contact.answers().get());
    view! {
        <div id=BANNER role="status" hidden=hidden>
            <Banner title="Slipway does not answer." text="Trying again. What you see may be out of date." />
        </div>
    }
}

/// That not all of the code came, where loading the page again would take something away. It stands in every page, hidden, for the script
/// that wakes the page up.
fn unloaded() -> impl IntoView {
    // The address of the page itself.
    let reload = (String::new(), "Reload".to_owned());
    view! {
        <div id=UNLOADED role="status" hidden=true>
            <Banner
                title="This page was not loaded completely."
                text="It works, but does not update by itself. Before you reload it, copy what you still need: what you typed, and messages that are shown only once."
                action=reload
            />
        </div>
    }
}

/// Why a form was refused that came back without JavaScript to a page where it is no more: what it stood beside was removed meanwhile. Which
/// forms a page has is known only after this part of it is written; where the form is there and says it itself, the style sheet hides this.
fn left_over() -> impl IntoView {
    let slot = use_context::<FlashSlot>();
    move || {
        let text = slot.and_then(|slot| slot.0.with(|flash| flash.as_ref().and_then(refusal)));
        text.map(|text| {
            view! {
                <div class="left-over">
                    <Banner state=State::Bad title="This was not done." text=text />
                </div>
            }
        })
    }
}

/// What was wrong, in one line; nothing where the form was done.
fn refusal(flash: &Flash) -> Option<String> {
    let problems = flash.problems.iter().filter(|problem| !is_carried(&problem.field));
    let problems = problems.map(|problem| &problem.message);
    let said: Vec<String> = flash.summary.iter().chain(problems).cloned().map(full_stop).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// That whatever is typed can be read on the way, where that is so: also, and above all, where somebody signs in.
pub fn unencrypted() -> Option<AnyView> {
    let insecure = use_context::<Insecure>().is_some_and(|insecure| insecure.0);
    insecure.then(|| {
        view! {
            <Banner
                state=State::Warn
                title="This connection is not encrypted."
                text="Anyone on the network can read passwords. Give Slipway a certificate, or put it behind a proxy that has one."
            />
        }
        .into_any()
    })
}

#[cfg(test)]
mod tests {
    use domain::form::Problem;

    use super::*;

    #[test]
    fn what_was_done_is_no_refusal() {
        let done = Flash { message: Some("Saved".to_owned()), ..Flash::default() };
        assert_eq!(refusal(&done), None);
        let problems = vec![Problem::at("name", "Give it a name"), Problem::at("team", "Choose a team")];
        let refused = Flash { problems, ..Flash::default() };
        assert_eq!(refusal(&refused).as_deref(), Some("Give it a name. Choose a team."));
        let carried = Flash { problems: vec![Problem::at("anyway", "0123abcd")], ..Flash::default() };
        assert_eq!(refusal(&carried), None);
        let refused = Flash { summary: Some("It is gone".to_owned()), ..Flash::default() };
        assert_eq!(refusal(&refused).as_deref(), Some("It is gone."));
    }
}
