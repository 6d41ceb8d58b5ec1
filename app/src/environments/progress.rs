//! What is being done, step by step, with logs; and, at the end, the receipt.

use std::collections::HashMap;

use domain::environments::life::StepState;
use domain::ids::StepId;
use jiff::Timestamp;
use leptos::prelude::*;

use super::functions::earlier_operations;
use super::view::{EnvironmentView, LogLevel, OperationView, StepView};
use super::{micros, state};
use crate::ui::prelude::*;

/// The newest operation.
pub fn panel(view: Signal<EnvironmentView>) -> AnyView {
    let operation = Memo::new(move |_| {
        view.with(|view| {
            // Lines come and go without the frame around them being made anew.
            view.operation.clone().map(|mut operation| {
                operation.steps.iter_mut().for_each(|step| step.lines.clear());
                operation
            })
        })
    });
    let log = view.with_untracked(|view| log_of(&view.row.id.to_string()));
    (move || {
        let log = log.clone();
        operation.get().map(|operation| {
            card(operation, &log, Some(log.clone()), move |id| {
                view.with(|view| {
                    let steps = view.operation.iter().flat_map(|operation| &operation.steps);
                    steps.filter(|step| step.id == id).flat_map(log_lines).collect()
                })
            })
        })
    })
    .into_any()
}

/// What was done before: over, so that it is read once.
pub fn earlier(view: Signal<EnvironmentView>) -> AnyView {
    let id = view.with_untracked(|view| view.row.id.to_string());
    // A new operation makes the one before an earlier one.
    let newest =
        Memo::new(move |_| view.with(|view| view.operation.as_ref().map(|newest| newest.created_at)));
    let log = log_of(&id);
    let earlier = Resource::new(move || newest.get(), move |_| earlier_operations(id.clone()));
    let shown = move |operation: OperationView| {
        let lines: HashMap<StepId, Vec<LogLine>> =
            operation.steps.iter().map(|step| (step.id, log_lines(step).collect())).collect();
        card(operation, &log, None, move |id| lines.get(&id).cloned().unwrap_or_default())
    };
    view! {
        <Transition>
            {move || {
                let shown = shown.clone();
                Suspend::new(async move {
                    let cards: Vec<AnyView> = earlier.await.unwrap_or_default().into_iter().map(shown).collect();
                    (!cards.is_empty())
                        .then(|| view! {
                            <details class="earlier">
                                <summary>"Earlier operations"</summary>
                                <div class="stack">{cards}</div>
                            </details>
                        })
                })
            }}
        </Transition>
    }
    .into_any()
}

/// The file of everything that was said while it was made and taken away.
fn log_of(environment: &str) -> String {
    format!("/environments/{environment}/log")
}

/// `whole` is where the file of all operations is offered.
fn card(
    operation: OperationView,
    log: &str,
    whole: Option<String>,
    lines_of: impl Fn(StepId) -> Vec<LogLine> + Clone + Send + Sync + 'static,
) -> AnyView {
    let total = operation.started_at.map(|from| took(from, operation.finished_at));
    let aside = {
        let file = whole.filter(|_| operation.started_at.is_some());
        let by = format!("requested by {}", operation.requested_by);
        let created = micros(operation.created_at);
        move || {
            view! {
                <span>{by} ", " <Time micros=created /></span>
                {file.map(|href| view! { <a class="link" href=href rel="external" download="">"Whole log"</a> })}
                <span class="num">{total}</span>
            }
        }
    };
    let title = match operation.cancel_requested && operation.finished_at.is_none() {
        true => format!("{} · stopping at the next safe point", operation.title),
        false => operation.title.clone(),
    };
    let steps = operation.steps.into_iter().map(|one| step(one, log, lines_of.clone())).collect_view();
    view! {
        <Card title=title aside=aside flush=true>
            <Steps>{steps}</Steps>
        </Card>
    }
    .into_any()
}

fn log_lines(step: &StepView) -> impl Iterator<Item = LogLine> + '_ {
    step.lines.iter().map(|line| LogLine { at: clock(line.at), text: coloured(line.level, &line.text) })
}

fn step(
    step: StepView,
    log: &str,
    lines_of: impl Fn(StepId) -> Vec<LogLine> + Send + Sync + 'static,
) -> AnyView {
    let id = step.id;
    let lines = Memo::new(move |_| lines_of(id));
    let text = match (&step.problem, step.usual.filter(|_| step.finished_at.is_none())) {
        (Some(problem), _) => problem.clone(),
        (None, Some((from, to))) => {
            let usual = format!("usually {}", span(from, to));
            if step.detail.is_empty() { usual } else { format!("{} · {usual}", step.detail) }
        }
        (None, None) => step.detail.clone(),
    };
    let quiet = matches!(step.state, StepState::Pending | StepState::Skipped);
    let time = step.started_at.filter(|_| !quiet).map(|from| took(from, step.finished_at));
    let (title, label) = (step.title.clone(), format!("Log of {}", step.title));
    let name = move || view! { {title} };
    let file = format!("{log}?step={id}");
    let logs = move || view! { <Log label=label lines=Signal::derive(move || lines.get()) download=file /> };
    let detail = step.problem_detail.clone();
    let hue = state(step.hue);
    if quiet {
        return view! { <Step state=hue word=step.word name=name text=text /> }.into_any();
    }
    let with_detail = move || {
        view! {
            {detail.map(|detail| view! { <p class="small dim cluster-words">{detail}</p> })}
            {logs()}
        }
    };
    view! { <Step state=hue word=step.word name=name text=text time=time.unwrap_or_default() logs=with_detail /> }.into_any()
}

/// "1.4 s", "2 min 10 s".
fn took(from: Timestamp, until: Option<Timestamp>) -> String {
    elapsed(micros(from), until.map(micros)).get()
}

/// The time of day in UTC, for log lines.
fn clock(at: Timestamp) -> String {
    let text = at.to_string();
    text.get(11..19).unwrap_or_default().to_owned()
}

fn coloured(level: LogLevel, text: &str) -> String {
    match level {
        LogLevel::Plain => text.to_owned(),
        LogLevel::Good => format!("\u{1b}[32m{text}\u{1b}[0m"),
        LogLevel::Warning => format!("\u{1b}[33m{text}\u{1b}[0m"),
        LogLevel::Bad => format!("\u{1b}[31m{text}\u{1b}[0m"),
    }
}

/// The proof that nothing is left.
pub fn receipt(view: Signal<EnvironmentView>) -> AnyView {
    let receipt = Memo::new(move |_| view.with(|view| view.receipt.clone()));
    (move || {
        receipt.get().map(|receipt| {
            let checked = micros(receipt.checked_at);
            let aside = move || view! { <span>"checked " <Time micros=checked /></span> };
            let deleted = receipt.deleted.into_iter().map(|(kind, name)| {
                view! { <li><span class="dim">{kind}</span> " " <code>{name}</code></li> }
            });
            let questions = receipt.questions.into_iter().map(|(asked, answer)| {
                view! {
                    <li>
                        <Icon of=Glyph::Search class="faint" />
                        <span>{asked} <br /> <b>{answer}</b></span>
                    </li>
                }
            });
            view! {
                <Card title="Receipt" aside=aside>
                    <div class="stack receipt">
                        <p>{receipt.sentence}</p>
                        <div>
                            <h3>"Deleted"</h3>
                            <ul class="deleted">{deleted.collect_view()}</ul>
                        </div>
                        <div>
                            <h3>"Checked afterwards"</h3>
                            <ul class="asked">{questions.collect_view()}</ul>
                        </div>
                    </div>
                </Card>
            }
        })
    })
    .into_any()
}
