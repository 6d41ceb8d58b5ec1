//! Beside the form of a request: what it would make, asked of the server at first and while somebody types. Nothing is kept.

use std::collections::HashMap;
use std::time::Duration;

use domain::environments::plan::{Made, WillMake};
use leptos::prelude::*;

use super::request_fields::Inputs;
use super::request_functions::{Preview, preview_environment};
use crate::ui::prelude::*;

/// Waiting this long after a key spares the server what is typed past.
const PAUSE: Duration = Duration::from_millis(250);

/// The card. The server shows in it what the form came with; without JavaScript that is what it was last sent with.
#[component]
pub fn WillMakeCard(
    /// The blueprint's id.
    blueprint: String,
    /// What stands in the form, after each key.
    typed: RwSignal<Inputs>,
    /// The labels of its fields, by their names.
    labels: Inputs,
) -> impl IntoView {
    let settled: RwSignal<Inputs> = RwSignal::new(typed.get_untracked());
    Effect::new(move |_| {
        let inputs = typed.get();
        if settled.with_untracked(|settled| *settled == inputs) {
            return;
        }
        let settle = move || {
            if typed.try_with_untracked(|typed| *typed == inputs) == Some(true) {
                settled.set(inputs);
            }
        };
        set_timeout(settle, PAUSE);
    });
    let preview = Resource::new(move || settled.get(), move |inputs| ask(blueprint.clone(), inputs));
    let labels = StoredValue::new(labels);
    view! {
        <aside class="stays">
            <Card title="This will create">
                <div role="status">
                    <Transition fallback=|| view! { <Skeleton lines=3 /> }>
                        {move || Suspend::new(async move {
                            let preview = preview.await;
                            let typed = settled.get_untracked();
                            labels.with_value(|labels| shown(preview, labels, &typed))
                        })}
                    </Transition>
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
    let parameters: HashMap<String, String> = inputs
        .into_iter()
        .filter_map(|(name, value)| {
            Some((name.strip_prefix("parameters[")?.strip_suffix(']')?.to_owned(), value))
        })
        .collect();
    preview_environment(blueprint, name, team, entity, cluster, lifetime, parameters).await
}

fn shown(preview: Result<Preview, ServerFnError>, labels: &Inputs, typed: &Inputs) -> AnyView {
    let note = |text: String| view! { <p class="dim small">{text}</p> }.into_any();
    match preview {
        Ok(Preview::Makes(lines)) => {
            let lines = lines.into_iter().map(line).collect_view();
            view! { <ul class="checks">{lines}</ul> }.into_any()
        }
        Ok(Preview::NotYet(problems)) => {
            let lines = problems.into_iter().map(|problem| {
                let label = labels.get(&problem.field).cloned();
                let filled = typed.get(&problem.field).is_some_and(|value| !value.trim().is_empty());
                match label {
                    // Nobody needs to be told what is wrong with an empty field.
                    Some(label) if !filled => {
                        view! { <li><Icon of=Glyph::Off class="faint" /> <span>{label}</span></li> }.into_any()
                    }
                    label => {
                        let label = label.map(|label| format!("{label}: "));
                        view! { <li><Icon of=Glyph::Problem class="ink-bad" /> <span>{label} {problem.message}</span></li> }.into_any()
                    }
                }
            });
            view! {
                <p class="dim small">"Fill in or fix these to see it:"</p>
                <ul class="checks">{lines.collect_view()}</ul>
            }
            .into_any()
        }
        Err(error) => note(sentence(&error)),
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
