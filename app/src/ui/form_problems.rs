//! What is wrong with a form as a whole, above its fields.

use domain::form::full_stop;
use leptos::prelude::*;

use super::form::FormState;
use super::icon::{Glyph, Icon};

/// Shows the summary, the problems of fields as links to them where there are several, and what is to be pasted again. Nothing when all is
/// well. Where a form came back and no field is wrong, it asks for the focus: the reason stands here alone.
#[component]
pub fn FormProblems(
    /// The form.
    state: FormState,
) -> impl IntoView {
    let (summary, problems, again) = (state.summary(), state.problems(), state.again());
    move || {
        let (summary, problems, again) = (summary.get(), problems.get(), paste(&again.get()));
        let focus = state.came_back() && problems.iter().all(|(one, _)| one.field.is_empty());
        let several = problems.len() > 1;
        let whole: Vec<String> = problems
            .iter()
            .filter(|(one, _)| one.field.is_empty())
            .map(|(one, _)| one.message.clone())
            .collect();
        if summary.is_none() && whole.is_empty() && again.is_none() && !several {
            return None;
        }
        let at_fields = problems.into_iter().filter(|(one, _)| several && !one.field.is_empty());
        let links: Vec<_> = at_fields
            .map(|(one, label)| {
                let label = label.map(|label| view! { <b>{label}": "</b> });
                let href = format!("#{}", state.field_id(&one.field));
                view! { <li><a href=href rel="external">{label}{full_stop(one.message)}</a></li> }
            })
            .collect();
        Some(view! {
            <div class="form-problems" role="alert" tabindex="-1" autofocus=focus>
                <Icon of=Glyph::Problem />
                <div>
                    {summary.map(|text| view! { <p>{full_stop(text)}</p> })}
                    {whole.into_iter().map(|text| view! { <p>{full_stop(text)}</p> }).collect_view()}
                    {again.map(|text| view! { <p>{text}</p> })}
                    {(!links.is_empty()).then(|| view! { <ul>{links}</ul> })}
                </div>
            </div>
        })
    }
}

/// What did not come back to the page because it is secret.
fn paste(again: &[&str]) -> Option<String> {
    (!again.is_empty()).then(|| {
        format!("Paste {} again: what is secret does not come back to the page.", again.join(" and "))
    })
}
