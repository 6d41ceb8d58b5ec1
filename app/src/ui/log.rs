//! The log of a step or a pod.

use leptos::html;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ansi::{Pen, Piece, pieces};
use super::icon::{Glyph, Icon};
use super::maybe::Maybe;

/// A line of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// The time of day in UTC, as it is shown; empty where it is not known.
    pub at: String,
    /// What the program wrote, with its colours.
    pub text: String,
}

/// A log. It keeps its end in sight while lines come, unless somebody scrolled up.
#[component]
pub fn Log(
    /// What it is the log of, read by screen readers: "Log of Deploy".
    #[prop(into)]
    label: String,
    /// Its lines.
    #[prop(into)]
    lines: Signal<Vec<LogLine>>,
    /// How many lines came before those: only the whole log has them.
    #[prop(optional, into)]
    before: Signal<usize>,
    /// Where the whole log can be had as a file, which works without JavaScript too.
    #[prop(optional, into)]
    download: Maybe<String>,
    /// Said while there are no lines.
    #[prop(default = "No output yet".to_owned(), into)]
    none: String,
) -> impl IntoView {
    let download = download.0;
    let wrap = RwSignal::new(true);
    let node = NodeRef::<html::Div>::new();
    let follow = StoredValue::new(true);
    let shown =
        Memo::new(move |_| lines.with(|lines| rows(lines)).into_iter().enumerate().collect::<Vec<_>>());
    Effect::new(move |_| {
        shown.track();
        if let Some(node) = node.get()
            && follow.get_value()
        {
            request_animation_frame(move || node.set_scroll_top(node.scroll_height()));
        }
    });
    let scrolled = move |_| {
        if let Some(node) = node.get_untracked() {
            follow.set_value(node.scroll_top() + node.client_height() >= node.scroll_height() - 8);
        }
    };
    let tools = {
        view! {
            <div class="tools" hidden=move || lines.with(Vec::is_empty)>
                <span>{move || lines.with(|lines| count(before.get(), lines.len()))}</span>
                <button
                    type="button"
                    class="with-script"
                    aria-pressed=move || wrap.get().to_string()
                    on:click=move |_| wrap.update(|wrap| *wrap = !*wrap)
                >
                    "Wrap"
                </button>
                {download
                    .map(|href| {
                        view! {
                            <a href=href rel="external" download="">
                                <Icon of=Glyph::Download />
                                "Download"
                            </a>
                        }
                    })}
            </div>
        }
    };
    view! {
        <div class=move || if wrap.get() { "log" } else { "log nowrap" }>
            {tools}
            {move || {
                lines.with(Vec::is_empty).then(|| view! { <p class="none">{none.clone()}</p> })
            }}
            <div
                class="lines"
                role="log"
                // New lines are many: they are read when asked for, not as they come.
                aria-live="off"
                aria-label=label
                tabindex="0"
                node_ref=node
                on:scroll=scrolled
            >
                {move || {
                    left_out(before.get()).map(|text| view! { <span class="line c3">{text}</span> })
                }}
                <For each=move || shown.get() key=|(number, line)| (*number, line.clone()) let((_, (at, text, times)))>
                    <span class="line">
                        {(!at.is_empty()).then(|| view! { <span class="t">{at} " "</span> })}
                        {text.into_iter().map(piece).collect_view()}
                        {(times > 1).then(|| view! { <span class="t">{format!(" ×{times}")}</span> })}
                    </span>
                </For>
            </div>
        </div>
    }
    .into_any()
}

/// The lines as they are shown: when, the text, how often. One that came several times in a row stands there once, with its last time.
fn rows(lines: &[LogLine]) -> Vec<(String, Vec<Piece>, usize)> {
    let mut pen = Pen::default();
    let mut rows: Vec<(String, Vec<Piece>, usize)> = Vec::new();
    for line in lines {
        let text = pieces(&line.text, &mut pen);
        match rows.last_mut() {
            Some((at, last, times)) if *last == text && !text.is_empty() => {
                at.clone_from(&line.at);
                *times += 1;
            }
            _ => rows.push((line.at.clone(), text, 1)),
        }
    }
    rows
}

/// How much is shown.
fn count(before: usize, shown: usize) -> String {
    match (before, shown) {
        (0, 1) => "1 line, times in UTC".to_owned(),
        (0, _) => format!("{shown} lines, times in UTC"),
        _ => format!("Last {shown} of {} lines, times in UTC", before + shown),
    }
}

/// Says where the lines are that came before those that are shown.
fn left_out(before: usize) -> Option<String> {
    match before {
        0 => None,
        1 => Some("1 earlier line is in the downloaded log".to_owned()),
        _ => Some(format!("{before} earlier lines are in the downloaded log")),
    }
}

fn piece(piece: Piece) -> AnyView {
    if piece.class.is_empty() {
        return piece.text.into_any();
    }
    view! { <span class=piece.class>{piece.text}</span> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_comes_again_in_a_row_stands_there_once() {
        let line = |at: &str, text: &str| LogLine { at: at.to_owned(), text: text.to_owned() };
        let lines = [
            line("1", "wait"),
            line("2", "wait"),
            line("3", ""),
            line("4", ""),
            line("5", "wait"),
            line("6", "\u{1b}[31mwait"),
        ];
        let shown: Vec<(String, usize)> =
            rows(&lines).into_iter().map(|(at, _, times)| (at, times)).collect();
        let expected = [("2", 2), ("3", 1), ("4", 1), ("5", 1), ("6", 1)];
        assert_eq!(shown, expected.map(|(at, times)| (at.to_owned(), times)));
    }

    #[test]
    fn what_is_left_out_is_said() {
        assert_eq!((count(0, 1).as_str(), left_out(0)), ("1 line, times in UTC", None));
        assert_eq!(count(0, 2_000), "2000 lines, times in UTC");
        assert_eq!(count(500, 2_000), "Last 2000 of 2500 lines, times in UTC");
        assert_eq!(left_out(1).as_deref(), Some("1 earlier line is in the downloaded log"));
        assert_eq!(left_out(500).as_deref(), Some("500 earlier lines are in the downloaded log"));
    }
}
