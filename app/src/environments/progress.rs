//! What is being done, step by step, with logs; and, at the end, the receipt.

use std::collections::HashMap;
use std::sync::Arc;

use domain::environments::life::StepState;
use domain::environments::plan::is_limit;
use domain::ids::StepId;
use jiff::Timestamp;
use leptos::prelude::*;

use super::functions::earlier_operations;
use super::view::{EnvironmentView, LogLevel, NOTHING, OperationView, StepView};
use super::{micros, state};
use crate::ui::prelude::*;

/// What is shown of a log: how many lines came before, and the lines.
type Shown = (usize, Vec<LogLine>);

/// The newest operation. Another one is another card; within a card only what changed is made anew, so that
/// nobody is disturbed who reads a log there.
pub fn panel(view: Signal<EnvironmentView>) -> AnyView {
    // Lines come and go without the frame around them being made anew.
    let operation = Memo::new(move |_| view.with(|view| view.operation.clone().map(without_lines)));
    let newest = newest(view);
    let log = view.with_untracked(|view| log_of(&view.row.id.to_string()));
    // What stands above everything on the page.
    let above = Memo::new(move |_| {
        view.with(|view| format!("{} {}", view.reason.as_deref().unwrap_or_default(), view.row.status.next))
    });
    (move || {
        newest.get()?;
        let first = operation.get_untracked()?;
        let operation = Signal::derive(move || operation.get().unwrap_or_else(|| first.clone()));
        let lines_of = move |id: StepId| {
            view.with(|view| {
                let mut steps = view.operation.iter().flat_map(|operation| &operation.steps);
                steps.find(|step| step.id == id).map(log_lines).unwrap_or_default()
            })
        };
        Some(card(operation, &log, Some(log.clone()), above.into(), lines_of))
    })
    .into_any()
}

/// What was done before: over, so that it is read once.
pub fn earlier(view: Signal<EnvironmentView>) -> AnyView {
    let id = view.with_untracked(|view| view.row.id.to_string());
    // A new operation makes the one before an earlier one.
    let newest = newest(view);
    let log = log_of(&id);
    let earlier = Resource::new(move || newest.get(), move |_| earlier_operations(id.clone()));
    let shown = move |operation: OperationView| {
        let lines: HashMap<StepId, Shown> =
            operation.steps.iter().map(|step| (step.id, log_lines(step))).collect();
        let lines = Arc::new(lines);
        let lines_of = move |id: StepId| lines.get(&id).cloned().unwrap_or_default();
        let (operation, above) = (Signal::stored(without_lines(operation)), Signal::stored(String::new()));
        card(operation, &log, None, above, lines_of)
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

/// When the newest operation was asked for: it tells that one from others.
fn newest(view: Signal<EnvironmentView>) -> Memo<Option<Timestamp>> {
    Memo::new(move |_| view.with(|view| view.operation.as_ref().map(|newest| newest.created_at)))
}

fn without_lines(mut operation: OperationView) -> OperationView {
    operation.steps.iter_mut().for_each(|step| step.lines.clear());
    operation
}

/// The file of everything that was said while it was made and taken away.
fn log_of(environment: &str) -> String {
    format!("/environments/{environment}/log")
}

/// `whole` is where the file of all operations is offered; `above` is what the page says already.
fn card(
    operation: Signal<OperationView>,
    log: &str,
    whole: Option<String>,
    above: Signal<String>,
    lines_of: impl Fn(StepId) -> Shown + Clone + Send + Sync + 'static,
) -> AnyView {
    let total = took(move || operation.with(|one| Some((one.started_at?, one.finished_at))));
    let begun = Memo::new(move |_| operation.with(|one| one.started_at.is_some()));
    let stopping =
        Memo::new(move |_| operation.with(|one| one.cancel_requested && one.finished_at.is_none()));
    let (title, by, created) = operation.with_untracked(|one| {
        (one.title.clone(), format!("requested by {}", one.requested_by), micros(one.created_at))
    });
    let file = move || {
        let href = whole.clone().filter(|_| begun.get());
        href.map(|href| view! { <a class="link" href=href rel="external" download="">"Whole log"</a> })
    };
    let aside = move || {
        view! {
            {move || stopping.get().then(|| view! { <b>"stopping at the next safe point"</b> })}
            <span>{by} ", " <Time micros=created /></span>
            {file}
            <span class="num">{move || total.get()}</span>
        }
    };
    // An operation keeps the steps that it was made with.
    let steps = operation.with_untracked(|one| one.steps.clone()).into_iter();
    let steps = steps.map(|first| step(first, operation, log, above, lines_of.clone())).collect_view();
    view! {
        <Card title=title aside=aside flush=true>
            <Steps>{steps}</Steps>
        </Card>
    }
    .into_any()
}

fn log_lines(step: &StepView) -> Shown {
    let before = step.lines.first().and_then(|first| usize::try_from(first.number).ok());
    let lines = step.lines.iter();
    let lines = lines.map(|line| LogLine { at: clock(line.at), text: coloured(line.level, &line.text) });
    (before.unwrap_or_default(), lines.collect())
}

/// A step of an operation, as it stands there from now on.
fn step(
    first: StepView,
    operation: Signal<OperationView>,
    log: &str,
    above: Signal<String>,
    lines_of: impl Fn(StepId) -> Shown + Send + Sync + 'static,
) -> AnyView {
    let id = first.id;
    let (title, label) = (first.title.clone(), format!("Log of {}", first.title));
    let name = move || view! { {title} };
    let file = format!("{log}?step={id}");
    let step = Memo::new(move |_| {
        let now = operation.with(|one| one.steps.iter().find(|step| step.id == id).cloned());
        now.unwrap_or_else(|| first.clone())
    });
    let hue = Memo::new(move |_| step.with(|step| state(step.hue)));
    let word = Memo::new(move |_| step.with(|step| step.word.clone()));
    let text = Memo::new(move |_| {
        let words = step.with(|step| above.with(|above| words(step, above)));
        Some(words).filter(|words| !words.is_empty())
    });
    let time = took(move || {
        step.with(|step| {
            // One that was passed over never began, or was cancelled while it ran.
            let waits = step.state == StepState::Pending;
            Some((step.started_at.filter(|_| !waits)?, step.finished_at))
        })
    });
    let shown = Memo::new(move |_| lines_of(id));
    // What the sentence of the problem or the log below says itself is not said between them as well.
    let detail = Memo::new(move |_| {
        let detail = step.with(|step| step.problem_detail.clone())?;
        let is_said = step.with(|step| step.problem.as_ref().is_some_and(|said| said.contains(&detail)))
            || shown.with(|(_, lines)| lines.iter().any(|line| line.text.contains(&detail)));
        (!is_said).then_some(detail)
    });
    let lines = Signal::derive(move || shown.with(|(_, lines)| lines.clone()));
    let before = Signal::derive(move || shown.with(|(before, _)| *before));
    let logs = move || {
        view! {
            {move || detail.get().map(|detail| view! { <p class="small dim cluster-words">{detail}</p> })}
            <Log label=label.clone() lines=lines before=before download=file.clone() />
        }
    };
    view! { <Step state=hue word=word name=name text=text time=time logs=logs /> }.into_any()
}

/// What is known of a step, in a line. A reason that stands `above` everything on the page is not told a second time.
fn words(step: &StepView, above: &str) -> String {
    match (&step.problem, step.usual.filter(|_| step.finished_at.is_none())) {
        (Some(problem), _) if above.contains(problem.trim_end_matches('.')) => {
            let word = if step.state == StepState::Running { "Held up" } else { step.word.as_str() };
            format!("{word}: the reason stands above.")
        }
        (Some(problem), _) => problem.clone(),
        (None, Some((from, to))) => {
            let usual = format!("usually {}", span(from, to));
            if step.detail.is_empty() { usual } else { format!("{} · {usual}", step.detail) }
        }
        // How long it took stands beside it.
        (None, None) if step.finished_at.is_some() && is_limit(&step.detail) => String::new(),
        (None, None) => step.detail.clone(),
    }
}

/// "1.4 s", "2 min 10 s"; nothing before it began. It moves each second, so it is read only where it stands.
fn took(
    ran: impl Fn() -> Option<(Timestamp, Option<Timestamp>)> + Send + Sync + 'static,
) -> Memo<Option<String>> {
    Memo::new(move |_| ran().map(|(from, until)| elapsed(micros(from), until.map(micros)).get()))
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

/// The proof that nothing is left, or what could not be proven.
pub fn receipt(view: Signal<EnvironmentView>) -> AnyView {
    let receipt = Memo::new(move |_| view.with(|view| view.receipt.clone()));
    (move || {
        receipt.get().map(|receipt| {
            let checked = micros(receipt.checked_at);
            let happened = if receipt.given_up { "given up " } else { "checked " };
            let aside = move || view! { <span>{happened} <Time micros=checked /></span> };
            let is_checked = !receipt.given_up && !receipt.questions.is_empty();
            let deleted = is_checked.then(|| deleted(receipt.deleted));
            let title = if receipt.given_up { "Not checked" } else { "Checked afterwards" };
            let questions = (!receipt.questions.is_empty()).then(|| questions(title, receipt.questions));
            let by_hand = receipt.by_hand.map(|by_hand| view! { <p>{by_hand}</p> });
            view! {
                <Card title="Receipt" aside=aside>
                    <div class="stack receipt">
                        <p>{receipt.sentence}</p>
                        {by_hand}
                        {deleted}
                        {questions}
                    </div>
                </Card>
            }
        })
    })
    .into_any()
}

fn deleted(deleted: Vec<(String, String)>) -> AnyView {
    if deleted.is_empty() {
        return view! { <p class="dim">"There was nothing left to delete."</p> }.into_any();
    }
    let deleted = deleted.into_iter().map(|(kind, name)| {
        view! { <li><span class="dim">{kind}</span> " " <code>{name}</code></li> }
    });
    view! {
        <div>
            <h3>"Deleted"</h3>
            <ul class="deleted">{deleted.collect_view()}</ul>
        </div>
    }
    .into_any()
}

fn questions(title: &'static str, questions: Vec<(String, String)>) -> AnyView {
    let questions = questions.into_iter().map(|(asked, answer)| {
        let icon = match answer == NOTHING {
            true => view! { <StatusIcon state=State::Ok /> }.into_any(),
            false => view! { <Icon of=Glyph::Search class="faint" /> }.into_any(),
        };
        view! {
            <li>
                {icon}
                <span>{asked} <br /> <b>{answer}</b></span>
            </li>
        }
    });
    view! {
        <div>
            <h3>{title}</h3>
            <ul class="asked">{questions.collect_view()}</ul>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::environments::status::step_words;

    use super::*;

    fn step(state: StepState, problem: Option<&str>) -> StepView {
        let (word, hue) = step_words(state, false);
        StepView {
            id: "01930d9c-7e2a-7c11-9d55-2f6f1f3c9a10".parse().expect("an id"),
            title: "Deploy".to_owned(),
            detail: "2 objects".to_owned(),
            state,
            word: word.to_owned(),
            hue,
            started_at: None,
            finished_at: None,
            next_attempt_at: None,
            attempt: 1,
            problem: problem.map(str::to_owned),
            problem_detail: None,
            usual: None,
            lines: Vec::new(),
        }
    }

    #[test]
    fn a_reason_stands_once_on_the_page() {
        let problem = Some("The image does not exist");
        let above = "The image does not exist. Retry, or destroy it.";
        let said = |state| words(&step(state, problem), above);
        assert_eq!(said(StepState::Failed), "Failed: the reason stands above.");
        assert_eq!(said(StepState::RetryWait), "Waiting to try again: the reason stands above.");
        assert_eq!(said(StepState::Running), "Held up: the reason stands above.");
        let elsewhere = words(&step(StepState::Failed, problem), "It was cancelled before it was ready.");
        assert_eq!(elsewhere, "The image does not exist");
        assert_eq!(words(&step(StepState::Done, None), above), "2 objects");
    }
}
