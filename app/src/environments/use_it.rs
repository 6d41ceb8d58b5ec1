//! What an environment gives out, to copy; and the facts about it.

use domain::environments::life::State;
use leptos::prelude::*;

use super::view::EnvironmentView;
use super::{entity_page, micros};
use crate::ui::prelude::*;

/// "Use it": outputs to copy.
pub fn panel(view: Signal<EnvironmentView>) -> AnyView {
    let outputs =
        Memo::new(move |_| view.with(|view| (view.outputs.clone(), view.row.state, view.row.team.clone())));
    (move || {
        let (outputs, state, team) = outputs.get();
        let Some(outputs) = outputs else {
            return view! { <Card title="Use it"><p class="dim">{format!("Only members of {team} see how to reach it.")}</p></Card> }
                .into_any();
        };
        let is_coming = outputs.is_empty() && state != State::Failed;
        if state.is_end() || state.is_leaving() || (outputs.is_empty() && !is_coming) {
            return ().into_any();
        }
        if is_coming {
            return view! { <Card title="Use it"><p class="dim">"How to reach it appears here once it is ready."</p></Card> }
                .into_any();
        }
        let fields = outputs.into_iter().map(|output| {
            let link = output.value.starts_with("http").then(|| {
                let href = output.value.clone();
                view! { <a class="small" href=href target="_blank" rel="noreferrer">"Open"</a> }
            });
            view! {
                <div class="output">
                    <h3>{output.title} " " {link}</h3>
                    <CopyField text=output.value />
                </div>
            }
        });
        view! { <Card title="Use it"><div class="stack">{fields.collect_view()}</div></Card> }.into_any()
    })
    .into_any()
}

/// "About".
pub fn about(view: Signal<EnvironmentView>) -> AnyView {
    let facts = Memo::new(move |_| view.with(|view| (view.row.clone(), view.namespace.clone())));
    (move || {
        let (row, namespace) = facts.get();
        view! {
            <Card title="About">
                <KeyValues>
                    <Fact name="Owner"><a href=entity_page(&row.team_reference)>{row.team}</a></Fact>
                    <Fact name="Requested by">{row.requested_by}</Fact>
                    <Fact name="Requested"><Time micros=micros(row.requested_at) /></Fact>
                    <Fact name="Namespace"><code>{namespace}</code></Fact>
                    <Fact name="Where">{row.cluster}</Fact>
                    {(!row.state.is_end() && !row.state.is_leaving()).then(|| view! {
                        <Fact name="Expires">
                            <Time micros=micros(row.expires_at) />
                            <br />
                            <span class="dim small">"warnings 2 d, 2 h and 30 min before"</span>
                        </Fact>
                    })}
                </KeyValues>
            </Card>
        }
    })
    .into_any()
}
