//! Beside the form of a request: what it would make. The first comes with the form; while somebody types, the server is asked again.
//! Nothing is kept.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::environments::plan::{Made, WillMake};
use domain::form::full_stop;
use leptos::prelude::*;

use super::request_functions::preview_environment;
use super::view::{Inputs, Preview, parameters};
use crate::ui::prelude::*;

/// Waiting this long after a key spares the server what is typed past.
const PAUSE: Duration = Duration::from_millis(250);

/// The card, within the form. The server shows in it what the form came with; without JavaScript that is what it
/// was last sent with.
#[component]
pub fn WillMakeCard(
    /// The blueprint's id.
    blueprint: String,
    /// What stands in the form, after each key.
    typed: RwSignal<Inputs>,
    /// What it makes with what stands in it at first.
    preview: Result<Preview, ServerFnError>,
    /// The labels of its fields, by their names.
    labels: BTreeMap<String, String>,
    /// What the browser found wrong, by the names of the fields. There it stands before what the server said.
    found: RwSignal<BTreeMap<String, String>>,
) -> impl IntoView {
    // What is shown, with what it was asked for.
    let answer = RwSignal::new((preview, typed.get_untracked()));
    Effect::new(move |before: Option<()>| {
        let inputs = typed.get();
        if before.is_none() {
            return;
        }
        let blueprint = blueprint.clone();
        let still = move |inputs: &Inputs| typed.try_with_untracked(|typed| typed == inputs) == Some(true);
        let send = move || {
            if !still(&inputs) {
                return;
            }
            leptos::task::spawn_local(async move {
                let preview = ask(blueprint, inputs.clone()).await;
                // An answer that comes late is for what was typed over.
                if still(&inputs) {
                    answer.try_set((preview, inputs));
                }
            });
        };
        set_timeout(send, PAUSE);
    });
    let form = use_context::<FormState>();
    let at_field = move |field: &str| {
        let found = found.with(|found| found.get(field).cloned());
        found.or_else(|| form?.problem(field).get())
    };
    view! {
        <aside class="stays">
            <Card title="This will create">
                <div role="status">
                    {move || answer.with(|(preview, typed)| shown(preview, &labels, typed, &at_field))}
                </div>
                <p class="small dim without-script">"Without JavaScript, it shows what you last submitted."</p>
            </Card>
        </aside>
    }
    .into_any()
}

async fn ask(blueprint: String, mut inputs: Inputs) -> Result<Preview, ServerFnError> {
    let mut take = |name: &str| inputs.remove(name).unwrap_or_default();
    let (name, team, entity) = (take("name"), take("team"), take("entity"));
    let (cluster, lifetime) = (take("cluster"), take("lifetime"));
    let parameters = parameters(&inputs).into_iter().collect();
    preview_environment(blueprint, name, team, entity, cluster, lifetime, parameters).await
}

/// `at_field` gives what a field says is wrong with it.
fn shown(
    preview: &Result<Preview, ServerFnError>,
    labels: &BTreeMap<String, String>,
    typed: &Inputs,
    at_field: &impl Fn(&str) -> Option<String>,
) -> AnyView {
    let note = |text: String| view! { <p class="dim small">{text}</p> }.into_any();
    match preview {
        Ok(Preview::Makes(lines)) => {
            let lines = lines.iter().cloned().map(line).collect_view();
            view! { <ul class="checks">{lines}</ul> }.into_any()
        }
        Ok(Preview::NotYet(problems)) => {
            let lines = problems.iter().cloned().map(|problem| {
                let label = labels.get(&problem.field).cloned();
                let filled = typed.get(&problem.field).is_some_and(|value| !value.trim().is_empty());
                match label {
                    // Nobody needs to be told what is wrong with an empty field.
                    Some(label) if !filled => {
                        view! { <li><Icon of=Glyph::Off class="faint" /> <span>{label}</span></li> }
                            .into_any()
                    }
                    label => {
                        let said = at_field(&problem.field).as_ref() == Some(&problem.message);
                        let words = match label {
                            // Its field says it already.
                            Some(label) if said => label,
                            Some(label) => format!("{label}: {}", full_stop(problem.message)),
                            None => full_stop(problem.message),
                        };
                        view! { <li><Icon of=Glyph::Problem class="ink-bad" /> <span>{words}</span></li> }
                            .into_any()
                    }
                }
            });
            view! {
                <p class="dim small">"Fill in or fix these to see it:"</p>
                <ul class="checks">{lines.collect_view()}</ul>
            }
            .into_any()
        }
        Err(error) => note(full_stop(sentence(error))),
    }
}

fn line(line: WillMake) -> AnyView {
    let icon = match line.what {
        Made::Namespace => Glyph::Box,
        Made::Objects => Glyph::Environment,
        Made::Host => Glyph::Globe,
    };
    view! { <li><Icon of=icon class="faint" /> <span>{line.words}</span></li> }.into_any()
}
