//! The typed form of a blueprint: checked while it is filled in by the same rules as on the server.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::environments::form::{self, Control, Field};
use domain::environments::lifetime::{Lifetime, SHORTEST, print, requested};
use domain::environments::name::EnvironmentName;
use domain::form::full_stop;
use leptos::prelude::*;

use super::entity_page;
use super::request_functions::RequestEnvironment;
use super::view::{AgainOf, Inputs, Named, RequestFacts, parameter, parameters};
use super::will_make::WillMakeCard;
use crate::shell::facts::is_administrator;
use crate::ui::prelude::*;

/// Longer than a press on a button.
const AFTER_PRESS: Duration = Duration::from_millis(200);

/// The form and its side.
#[component]
pub fn RequestFields(facts: RequestFacts) -> impl IntoView {
    let typed = RwSignal::new(facts.typed);
    let labels = labels(&facts.fields);
    let schema = StoredValue::new(facts.schema);
    let lifetime = facts.blueprint.lifetime;
    let problems: RwSignal<BTreeMap<String, String>> = RwSignal::new(BTreeMap::new());
    // Looks at what stands in the form when a field was left: only what was touched is complained about.
    let touched: RwSignal<Vec<String>> = RwSignal::new(Vec::new());
    let type_on = move |event: leptos::ev::Event| {
        if let Some((_, inputs)) = posted_fields(&event) {
            typed.set(inputs);
        }
    };
    let look = move |event: leptos::ev::Event| {
        let Some((name, inputs)) = posted_fields(&event) else { return };
        touched.update(|touched| {
            if !touched.contains(&name) {
                touched.push(name);
            }
        });
        let own = own_problems(&inputs, &lifetime);
        let found =
            schema.with_value(|schema| form::read(schema, &parameters(&inputs))).err().unwrap_or_default();
        let touched = touched.get_untracked();
        let found = found.into_iter().map(|problem| (parameter(&problem.field), problem.message));
        let found = found.chain(own).filter(|(name, _)| touched.contains(name)).collect();
        // A press on a button leaves the field first: what is said moves nothing under the finger before the press is over.
        set_timeout(move || _ = problems.try_set(found), AFTER_PRESS);
    };
    let problem = move |name: &str| {
        let name = name.to_owned();
        Signal::derive(move || problems.with(|problems| problems.get(&name).cloned()))
    };
    let choices = |named: Vec<Named>| {
        named.into_iter().map(|one| Choice::new(one.value, one.label)).collect::<Vec<_>>()
    };
    let mut clusters = choices(facts.clusters);
    if facts.cluster.is_none() {
        clusters.insert(0, Choice::new("", "Choose a cluster"));
    }
    let mut teams = choices(facts.teams);
    if facts.team.is_none() {
        teams.insert(0, Choice::new("", "Choose a team"));
    }
    let back = match (&facts.again, facts.entity.as_deref()) {
        (Some(again), _) => format!("/environments/{}", again.id),
        (None, Some(entity)) => entity_page(entity),
        (None, None) => "/environments".to_owned(),
    };
    let down = StoredValue::new(facts.clusters_down);
    let warned = Memo::new(move |_| {
        let chosen = typed.with(|typed| typed.get("cluster").cloned())?;
        down.with_value(|down| down.iter().find(|one| one.value == chosen).map(|one| one.label.clone()))
    });
    let none_works = facts.no_cluster_works.map(none_works);
    let warning = move || warned.get().map(|text| view! { <p class="help down">{text}</p> });
    let lifetime_help = format!(
        "{} by default, at least {}, at most {}. You are warned 2 d, 2 h and 30 min before the end, or halfway if it lives 30 min or less.",
        print(lifetime.default),
        print(SHORTEST),
        print(lifetime.maximum)
    );
    let first = typed.get_untracked();
    let first = move |name: &str| first.get(name).cloned().unwrap_or_default();
    let (name, entity, first_lifetime) = (first("name"), first("entity"), first("lifetime"));
    // Made within the form below: there a field finds what was typed and what is wrong with it.
    let fields = move || {
        let view = |field: Field| {
            let problem = problem(&parameter(&field.name));
            view_field(field, problem)
        };
        facts.fields.into_iter().map(view).collect_view()
    };
    let blueprint = facts.blueprint.id.to_string();
    let of = ("blueprint", blueprint.clone());
    // What it makes is read before it is asked for: on a narrow screen it stands between fields and button.
    view! {
        <Form action=RequestEnvironment::PATH of=of class="cols-2 request">
            <div on:change=look on:input=type_on>
                {none_works}
                <Card title="What you need">
                    {facts.again.map(again_note)}
                    <div class="form-grid">
                        <TextField name="name" label="Name" help="Becomes part of the namespace and of the address." value=name placeholder="payments-checkout" problem=problem("name") />
                        <Select name="team" label="Owner" choices=teams value=facts.team.unwrap_or_default() help="Its members can use, extend and retry it." />
                        <TextField name="entity" label="For service" value=entity help="A component of the catalog." optional=true placeholder="checkout" suggestions=facts.entities />
                        <div>
                            <Select name="cluster" label="Where" choices=clusters value=facts.cluster.unwrap_or_default() />
                            <div role="status">{warning}</div>
                        </div>
                        {fields()}
                        <TextField name="lifetime" label="Lifetime" help=lifetime_help optional=true value=first_lifetime placeholder="3d" problem=problem("lifetime") />
                    </div>
                </Card>
            </div>
            <WillMakeCard blueprint=blueprint typed=typed preview=facts.preview labels=labels found=problems />
            <FormFoot cancel=back remark="You see each step on its page, and can destroy it at any time.">
                <SubmitButton icon=Glyph::Environment>"Request"</SubmitButton>
            </FormFoot>
        </Form>
    }
    .into_any()
}

/// What the form was filled from, and what of it is typed again.
fn again_note(again: AgainOf) -> AnyView {
    let href = format!("/environments/{}", again.id);
    let rest = match again.to_type.split_last() {
        None => None,
        Some((only, [])) => Some(format!(" Type again if it is needed: {only}.")),
        Some((last, others)) => {
            Some(format!(" Type again what is needed: {} and {last}.", others.join(", ")))
        }
    };
    let lives = again.lives.then(|| {
        format!(" {} stays, and counts toward its team's limit, until it is destroyed.", again.name)
    });
    view! {
        <p class="next-line dim">
            "Filled in from " <a class="link" href=href>"an earlier environment"</a> "." {lives} {rest}
        </p>
    }
    .into_any()
}

/// That no cluster works, `since` when, and who can do something about it.
fn none_works(since: String) -> AnyView {
    let administrator = is_administrator();
    let who = if administrator { "" } else { " An administrator can mend it." };
    let text = format!("{since} What you request cannot be made until one works again.{who}");
    let action = administrator.then(|| ("/settings/clusters".to_owned(), "Clusters".to_owned()));
    let title = "No cluster that you can use works at present.";
    view! { <div class="next-line"><Banner title=title text=text action=action /></div> }.into_any()
}

/// What is wrong with the fields that every request has, as far as the browser can know.
fn own_problems(inputs: &Inputs, lifetime: &Lifetime) -> Vec<(String, String)> {
    let typed = |name: &str| inputs.get(name).map(String::as_str).unwrap_or_default();
    let name = EnvironmentName::new(typed("name")).err().map(|refused| refused.to_string());
    let lifetime = requested(lifetime, typed("lifetime")).err().map(|refused| refused.to_string());
    [("name", name), ("lifetime", lifetime)]
        .into_iter()
        .filter_map(|(field, problem)| Some((field.to_owned(), problem?)))
        .collect()
}

/// The labels of all fields.
fn labels(fields: &[Field]) -> Inputs {
    let common = [
        ("name", "Name"),
        ("team", "Owner"),
        ("entity", "For service"),
        ("cluster", "Where"),
        ("lifetime", "Lifetime"),
    ];
    let common = common.into_iter().map(|(name, label)| (name.to_owned(), label.to_owned()));
    common.chain(fields.iter().map(|field| (parameter(&field.name), field.label.clone()))).collect()
}

/// The help of a choice, with what is said of each of its options.
fn with_options(help: Option<String>, options: &[form::Choice]) -> Option<String> {
    let told = options.iter().filter_map(|option| {
        let help = option.help.as_deref()?;
        Some(format!("{}: {}.", option.label, help.trim_end_matches('.')))
    });
    let words: Vec<String> = help.into_iter().chain(told).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The help of `NAME=value` lines, whatever a blueprint says of them.
fn with_comments(help: Option<String>) -> String {
    let help = help.map(|help| format!("{} ", full_stop(help))).unwrap_or_default();
    format!("{help}Lines that begin with # are skipped.")
}

fn view_field(field: Field, problem: Signal<Option<String>>) -> AnyView {
    let name = parameter(&field.name);
    let (label, optional) = (field.label, !field.required);
    let (help, initial, placeholder) = (field.help, field.initial, field.placeholder);
    match field.control {
        Control::Toggle => {
            let checked = initial == "true" || initial == "on";
            view! { <Checkbox name=name label=label value="true" checked=checked switch=true help=help problem=problem /> }.into_any()
        }
        Control::Choice { options, segmented } => {
            let help = with_options(help, &options);
            let choices: Vec<Choice> = options.into_iter().map(|option| Choice::new(option.value, option.label)).collect();
            if segmented {
                view! { <Segmented name=name label=label choices=choices value=initial help=help problem=problem /> }.into_any()
            } else {
                view! { <Select name=name label=label choices=choices value=initial help=help problem=problem optional=optional /> }
                    .into_any()
            }
        }
        Control::Number { unit, min, max, .. } => {
            let (min, max) = (min.map(|number| number as i64), max.map(|number| number as i64));
            view! {
                <NumberField name=name label=label unit=unit min=min max=max value=initial help=help problem=problem optional=optional />
            }
            .into_any()
        }
        control @ (Control::List | Control::Map) => {
            let help = if matches!(control, Control::Map) { Some(with_comments(help)) } else { help };
            view! {
                <Textarea name=name label=label value=initial help=help code=true rows=3 problem=problem optional=optional placeholder=placeholder wide=true />
            }
            .into_any()
        }
        Control::Secret { .. } => {
            view! { <TextField name=name label=label kind=TextKind::Secret help=help problem=problem optional=optional /> }
                .into_any()
        }
        Control::Text { .. } | Control::Entity { .. } => {
            view! {
                <TextField name=name label=label value=initial help=help problem=problem optional=optional placeholder=placeholder />
            }
            .into_any()
        }
    }
}

/// The field that the event is about, and everything that stands in its form.
#[cfg(feature = "hydrate")]
fn posted_fields(event: &leptos::ev::Event) -> Option<(String, Inputs)> {
    use wasm_bindgen::JsCast;
    let target = event.target()?;
    let element: web_sys::Element = target.dyn_into().ok()?;
    let name = element.get_attribute("name")?;
    let form: web_sys::HtmlFormElement = element.closest("form").ok()??.dyn_into().ok()?;
    let data = web_sys::FormData::new_with_form(&form).ok()?;
    let mut inputs = BTreeMap::new();
    for entry in js_sys::try_iter(&data.entries()).ok()?? {
        let pair: js_sys::Array = entry.ok()?.dyn_into().ok()?;
        if let (Some(name), Some(value)) = (pair.get(0).as_string(), pair.get(1).as_string()) {
            inputs.insert(name, value);
        }
    }
    Some((name, inputs))
}

/// On the server nothing is typed.
#[cfg(not(feature = "hydrate"))]
fn posted_fields(_event: &leptos::ev::Event) -> Option<(String, Inputs)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_said_of_a_map_tells_of_comments() {
        let skipped = "Lines that begin with # are skipped.";
        assert_eq!(with_comments(None), skipped);
        assert_eq!(with_comments(Some("One a line".to_owned())), format!("One a line. {skipped}"));
    }
}
