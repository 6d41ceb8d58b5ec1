//! What an environment gives out, to copy; where to look when it does not work; and the facts about it, with what was asked for.

use domain::environments::form::{Given, GivenValue};
use domain::environments::life::{Action, State};
use domain::environments::lifetime::print;
use domain::environments::namespace::{TEAM_ROLE, team_group};
use leptos::prelude::*;

use super::view::{EndedView, EnvironmentView};
use super::{cluster_name, entity_page, micros};
use crate::ui::prelude::*;

/// "Use it": outputs to copy.
pub fn panel(view: Signal<EnvironmentView>) -> AnyView {
    let outputs = Memo::new(move |_| {
        view.with(|view| {
            let row = &view.row;
            // Nothing of it is there that could be used.
            let over = row.state.is_end() || row.state.is_leaving() || row.deleted_there;
            (view.outputs.clone(), over, row.state, row.team.clone())
        })
    });
    let troubled = Memo::new(move |_| view.with(|view| view.row.trouble));
    (move || {
        let (outputs, over, state, team) = outputs.get();
        if over {
            return ().into_any();
        }
        let Some(outputs) = outputs else {
            return view! { <Card title="Use it"><p class="dim">{format!("Only members of {team} see how to reach it.")}</p></Card> }
                .into_any();
        };
        if outputs.is_empty() && state == State::Failed {
            return ().into_any();
        }
        if outputs.is_empty() {
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
        let fields = fields.collect_view();
        let doubt = move || {
            troubled.get().then(|| view! { <p class="dim">"It is not ready, so this may not work now."</p> })
        };
        view! { <Card title="Use it"><div class="stack">{doubt} {fields}</div></Card> }.into_any()
    })
    .into_any()
}

/// "Look into it": commands that show why it does not work, and who may run them.
pub fn look(view: Signal<EnvironmentView>) -> AnyView {
    let commands = Memo::new(move |_| {
        view.with(|view| (view.look.clone(), view.row.cluster.clone(), team_group(&view.row.team_reference)))
    });
    (move || {
        let (commands, cluster, group) = commands.get();
        if commands.is_empty() {
            return ().into_any();
        }
        let fields = commands.into_iter().map(|command| {
            view! {
                <div class="output">
                    <h3>{command.title}</h3>
                    <CopyField text=command.text />
                </div>
            }
        });
        let fields = fields.collect_view();
        view! {
            <Card title="Look into it">
                <div class="stack">
                    {fields}
                    <p class="small dim">
                        {format!("Run them with your own kubeconfig of {cluster}. In this namespace, the role ")}
                        <code>{TEAM_ROLE}</code> " is given to the group " <code>{breakable(&group)}</code>
                        ": whoever runs the cluster can add you to it."
                    </p>
                </div>
            </Card>
        }
        .into_any()
    })
    .into_any()
}

/// "Parameters": what was asked for.
pub fn parameters(view: Signal<EnvironmentView>) -> AnyView {
    let given = Memo::new(move |_| view.with(|view| (view.parameters.clone(), view.row.team.clone())));
    (move || {
        let (parameters, team) = given.get();
        if parameters.is_empty() {
            return ().into_any();
        }
        let facts = parameters.into_iter().map(|given| fact(given, &team)).collect_view();
        view! { <Card title="Parameters"><KeyValues>{facts}</KeyValues></Card> }.into_any()
    })
    .into_any()
}

fn fact(given: Given, team: &str) -> AnyView {
    let value = match given.value {
        GivenValue::Text(text) => given_text(text),
        GivenValue::Secret => view! { <span class="dim">"Set"</span> }.into_any(),
        GivenValue::List(entries) => {
            let entries = entries.into_iter().map(|entry| view! { <li>{given_text(entry)}</li> });
            view! { <ul>{entries.collect_view()}</ul> }.into_any()
        }
        GivenValue::Map(pairs) => {
            let is_hidden = pairs.iter().any(|(_, value)| value.is_none());
            let entries = pairs.into_iter().map(|(name, value)| {
                let text = value.map_or_else(|| name.clone(), |value| format!("{name}={value}"));
                view! { <li><code>{breakable(&text)}</code></li> }
            });
            let entries = entries.collect_view();
            let hidden = is_hidden.then(|| {
                view! { <p class="dim small">{format!("Only members of {team} see the values.")}</p> }
            });
            view! { <ul>{entries}</ul> {hidden} }.into_any()
        }
    };
    view! { <Fact name=given.label>{value}</Fact> }.into_any()
}

/// An image or an address is read letter by letter, and ends a line between its words.
fn given_text(text: String) -> AnyView {
    match is_address(&text) {
        true => view! { <code>{breakable(&text)}</code> }.into_any(),
        false => text.into_any(),
    }
}

/// What is still to come before it expires, in small print.
fn before_expiry(view: &EnvironmentView) -> Option<String> {
    let times: Vec<String> = view.warnings_to_come.iter().copied().map(print).collect();
    let warnings = match times.split_last() {
        None => None,
        Some((only, [])) => Some(format!("Warning {only} before.")),
        Some((last, others)) => Some(format!("Warnings {} and {last} before.", others.join(", "))),
    };
    // Instead of the button that others have there.
    let longest = view.actions.contains(&Action::Extend) && view.has_longest_lifetime();
    let longest = longest.then(|| "It already has the longest lifetime.".to_owned());
    let said: Vec<String> = warnings.into_iter().chain(longest).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// "About".
pub fn about(view: Signal<EnvironmentView>) -> AnyView {
    let facts = Memo::new(move |_| {
        view.with(|view| {
            let (before, ended) = (before_expiry(view), view.ended.clone());
            (view.row.clone(), view.cluster, view.namespace.clone(), before, ended)
        })
    });
    (move || {
        let (row, cluster, namespace, before, ended) = facts.get();
        let place = cluster_name(&row, cluster);
        let ended = ended.map(|ended| end(row.status.word.clone(), ended));
        view! {
            <Card title="About">
                <KeyValues>
                    <Fact name="Owner"><a href=entity_page(&row.team_reference)>{row.team}</a></Fact>
                    <Fact name="Requested by">{row.requested_by}</Fact>
                    <Fact name="Requested"><Time micros=micros(row.requested_at) /></Fact>
                    <Fact name="Namespace"><code>{namespace}</code></Fact>
                    <Fact name="Where">{place}</Fact>
                    {row.still_expires.then(|| view! {
                        <Fact name="Expires">
                            // How long that is, the page says above.
                            <DateTime micros=micros(row.expires_at) />
                            {before.map(|before| view! { <br /> <span class="dim small">{before}</span> })}
                        </Fact>
                    })}
                    {ended}
                </KeyValues>
            </Card>
        }
    })
    .into_any()
}

/// When it was destroyed or given up, as its state calls it, and by whom.
fn end(word: String, ended: EndedView) -> AnyView {
    let by = ended.by.map(|by| view! { <Fact name=format!("{word} by")>{by}</Fact> });
    view! {
        <Fact name=word><DateTime micros=micros(ended.at) /></Fact>
        {by}
    }
    .into_any()
}
