//! The foot of a form.

use leptos::prelude::*;

use super::button::{ButtonKind, LinkButton};
use super::maybe::Maybe;

/// The foot of a form: the button that sends it comes first (filled where it loses something), then the way back, then a remark. A form of
/// one card has it in the footer of that, a longer one below its cards.
#[component]
pub fn FormFoot(
    /// Where whoever changes nothing goes; none where the form stands on a page that shows more.
    #[prop(optional, into)]
    cancel: Maybe<String>,
    /// What to know before sending it, in a short sentence.
    #[prop(optional, into)]
    remark: Maybe<String>,
    /// The button that sends it.
    children: Children,
) -> impl IntoView {
    let (cancel, remark) = (cancel.0, remark.0);
    view! {
        <div class="form-foot">
            {children()}
            {cancel.map(|href| view! { <LinkButton href=href kind=ButtonKind::Quiet>"Cancel"</LinkButton> })}
            {remark.map(|remark| view! { <span class="remark">{remark}</span> })}
        </div>
    }
    .into_any()
}
