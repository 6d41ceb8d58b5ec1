//! Beside the form of a request: what it would make, asked of the server while somebody types. Nothing is kept.

use std::collections::HashMap;
use std::time::Duration;

use domain::environments::plan::{Made, WillMake};
use leptos::prelude::*;

use super::request_fields::Inputs;
use super::request_functions::{Preview, preview_environment};
use crate::ui::prelude::*;

/// Waiting this long after a key spares the server what is typed past.
const PAUSE: Duration = Duration::from_millis(250);

/// The card. Without JavaScript nobody tells what is typed, so it is not shown.
#[component]
pub fn WillMakeCard(
    /// The blueprint's id.
    blueprint: String,
    /// What stands in the form, after each key.
    typed: RwSignal<Option<Inputs>>,
) -> impl IntoView {
    let settled: RwSignal<Option<Inputs>> = RwSignal::new(None);
    Effect::new(move |_| {
        let Some(inputs) = typed.get() else { return };
        let settle = move || {
            if typed.try_with_untracked(|typed| typed.as_ref() == Some(&inputs)) == Some(true) {
                settled.set(Some(inputs));
            }
        };
        set_timeout(settle, PAUSE);
    });
    let preview = Resource::new(
        move || settled.get(),
        move |inputs| {
            let blueprint = blueprint.clone();
            async move {
                match inputs {
                    Some(inputs) => ask(blueprint, inputs).await.map(Some),
                    None => Ok(None),
                }
            }
        },
    );
    view! {
        <aside class="with-script">
            <Card title="It will make">
                <div role="status">
                    <Transition fallback=|| view! { <Skeleton lines=3 /> }>
                        {move || Suspend::new(async move { shown(preview.await) })}
                    </Transition>
                </div>
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

fn shown(preview: Result<Option<Preview>, ServerFnError>) -> AnyView {
    let note = |text: String| view! { <p class="dim small">{text}</p> }.into_any();
    match preview {
        Ok(None) => note("It is shown here as you fill in the form.".to_owned()),
        Ok(Some(Preview::Makes(lines))) => {
            let lines = lines.into_iter().map(line).collect_view();
            view! { <ul class="will-make">{lines}</ul> }.into_any()
        }
        Ok(Some(Preview::NotYet(problems))) => note(match problems.len() {
            0 | 1 => "One field needs a look first.".to_owned(),
            number => format!("{number} fields need a look first."),
        }),
        Err(error) => note(sentence(&error)),
    }
}

fn line(line: WillMake) -> AnyView {
    let icon = match line.what {
        Made::Namespace => Glyph::Box,
        Made::Objects => Glyph::Environment,
        Made::Host => Glyph::Globe,
    };
    view! { <li><Icon of=icon /> <span>{line.words}</span></li> }.into_any()
}
