//! The tables of the queue: how many there are, and the jobs.

use leptos::prelude::*;

use super::functions::RetryJob;
use super::micros;
use super::view::{JobRow, KindCounts, QueueFilter, about_words, kind_words, state_words};
use crate::ui::prelude::*;

/// In microseconds: a job that is due is taken at once while a worker is free.
const LATE: i64 = 10_000_000;

/// How many jobs of each kind are in each state.
#[component]
pub fn Counts(kinds: Vec<KindCounts>) -> impl IntoView {
    if kinds.is_empty() {
        return ().into_any();
    }
    let columns = vec![
        Column::new("Kind"),
        Column::number("Waiting"),
        Column::number("Running"),
        Column::number("Failed"),
        Column::number("Ended").minor(),
        Column::number("Cancelled").minor(),
        Column::number("Next due"),
    ];
    let rows: Vec<_> = kinds.into_iter().map(counts).collect();
    view! {
        <Card flush=true title="By kind" aside=|| view! { <span>"ended and cancelled jobs are deleted after a while"</span> }>
            <Table label="Jobs by kind" columns=columns stacks=true>
                {rows}
            </Table>
        </Card>
    }
    .into_any()
}

fn counts(kind: KindCounts) -> impl IntoView {
    let of_kind = QueueFilter { kind: Some(kind.kind.clone()), ..QueueFilter::default() };
    let cell = |state: &str, number: i64| {
        let href = QueueFilter { state: Some(state.to_owned()), ..of_kind.clone() }.href();
        let label = state_words(state).1.to_lowercase();
        let class = match state {
            "failed" if number > 0 => "num bad",
            "done" | "cancelled" => "num minor",
            _ => "num",
        };
        let shown = if number == 0 {
            view! { <span class="faint zero">"0"</span> }.into_any()
        } else {
            view! { <a href=href>{number}</a> }.into_any()
        };
        view! { <td class=class data-label=label>{shown}</td> }
    };
    view! {
        <tr>
            <td class="main">
                <a href=of_kind.href()>{kind_words(&kind.kind).to_owned()}</a>
            </td>
            {cell("waiting", kind.waiting)}
            {cell("running", kind.running)}
            {cell("failed", kind.failed)}
            {cell("done", kind.done)}
            {cell("cancelled", kind.cancelled)}
            <td class="num dim" data-label="next due">
                {match kind.first_due_at.map(micros) {
                    Some(at) => due(at).into_any(),
                    None => view! { <span title="None is waiting">"none"</span> }.into_any(),
                }}
            </td>
        </tr>
    }
}

/// When the next one is due; how late the oldest is, where it should run by now.
fn due(at: i64) -> impl IntoView {
    let (now, late) = (page_now(), elapsed(at, None));
    // The clock may tick while this row gives way to a newer one: what it told is gone by then.
    move || match now.try_get().is_some_and(|now| now - at > LATE) {
        true => view! { <span class="soon">"late by " {late.try_get()}</span> }.into_any(),
        false => view! { <Time micros=at /> }.into_any(),
    }
}

/// The jobs.
#[component]
pub fn Jobs(
    jobs: Vec<JobRow>,
    /// What is said when there are none.
    nothing: String,
    /// Whether there may be others.
    narrowed: bool,
    /// The address of this list.
    here: String,
) -> impl IntoView {
    let columns = vec![
        Column::new("Job"),
        Column::new("State"),
        Column::number("Runs"),
        Column::new("Worker").minor(),
        Column::number("Changed"),
        Column::actions("Actions"),
    ];
    let rows = if jobs.is_empty() {
        let action = move || {
            narrowed.then(|| view! { <LinkButton href="/settings/queue" small=true>"Show all"</LinkButton> })
        };
        view! { <NoRows columns=6><EmptyState why=nothing icon=Glyph::ListChecks action=action /></NoRows> }
            .into_any()
    } else {
        jobs.into_iter().map(|job| row(job, here.clone())).collect_view().into_any()
    };
    view! {
        <Table label="Jobs" columns=columns stacks=true>
            {rows}
        </Table>
    }
    .into_any()
}

fn row(job: JobRow, here: String) -> AnyView {
    let (hue, word) = state_words(&job.state);
    let due = (job.state == "waiting")
        .then(|| view! { <span class="under">"due " <Time micros=micros(job.due_at) /></span> });
    let tries = match job.failures {
        0 => None,
        1 => Some("1 failed".to_owned()),
        many => Some(format!("{many} failed in a row")),
    };
    let (id, kind) = (job.id.to_string(), kind_words(&job.kind).to_owned());
    let about = match (job.about, job.key) {
        // The key is made of its id.
        (Some((href, name)), _) => {
            Some(view! { <span class="under"><a href=href>{name}</a></span> }.into_any())
        }
        (None, Some(key)) => about_words(&job.kind, &key)
            .map(|words| view! { <span class="under">{words.to_owned()}</span> }.into_any()),
        (None, None) => None,
    };
    // What was cancelled has nothing left to do.
    let retry = (job.state == "failed").then(|| {
        view! {
            <Form action=RetryJob::PATH of=("id", id.clone()) class="retry">
                <input type="hidden" name="back" value=here />
                <SubmitButton kind=ButtonKind::Plain icon=Glyph::Retry small=true>"Retry"</SubmitButton>
            </Form>
        }
    });
    view! {
        <tr>
            <td class="main">
                <span title=id.clone()>{kind}</span>
                {about}
            </td>
            <td class="wrap">
                <Status state=hue text=word />
                {due}
                {job.last_error.map(|error| view! { <p class="why">{error}</p> })}
            </td>
            <td class="num" data-label="runs">
                {job.attempt}
                {tries.map(|tries| view! { <span class="under">{tries}</span> })}
            </td>
            <td class="dim minor" data-label="worker">
                {match job.lease_owner {
                    Some(owner) => view! { <code>{owner}</code> }.into_any(),
                    None => view! { <Unknown reason="No worker is running it now" /> }.into_any(),
                }}
            </td>
            <td class="num dim" data-label="changed">
                <Time micros=micros(job.changed_at) />
            </td>
            <td class="num">{retry}</td>
        </tr>
    }
    .into_any()
}
