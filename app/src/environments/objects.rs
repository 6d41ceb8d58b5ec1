//! What stands in the cluster, with its status; of what was given up, what was last seen there.

use domain::environments::life::State as Life;
use domain::environments::status::Hue;
use leptos::prelude::*;

use super::view::EnvironmentView;
use super::{micros, state};
use crate::ui::prelude::*;

/// The tab.
pub fn panel(view: Signal<EnvironmentView>) -> AnyView {
    let objects = Memo::new(move |_| view.with(|view| view.objects.clone()));
    let seen = Memo::new(move |_| view.with(|view| view.objects_seen_at));
    let given_up = Memo::new(move |_| view.with(|view| view.row.state == Life::GivenUp));
    let without = Memo::new(move |_| {
        view.with(|view| {
            let (state, cluster, looked) =
                (view.row.state, &view.row.cluster, view.objects_seen_at.is_some());
            without_objects(state, view.nothing_there, looked, cluster, view.cluster_down.as_deref())
        })
    });
    (move || {
        let (rows, given_up) = (objects.get(), given_up.get());
        if rows.is_empty() {
            let (why, text) = without.get();
            return view! { <EmptyState why=why icon=Glyph::Box text=text /> }.into_any();
        }
        let (title, said) = match given_up {
            true => ("Last seen in the cluster", "last seen "),
            false => ("In the cluster", "seen "),
        };
        let at = move || seen.get().map(|at| view! { <span>{said} <Time micros=micros(at) /></span> });
        let aside = move || view! { {at} };
        let columns =
            vec![Column::new("Kind"), Column::new("Name"), Column::new("State"), Column::number("Changed")];
        let rows = rows.into_iter().map(move |object| {
            let (hue, words) = standing(object.hue, object.words, given_up);
            view! {
                <tr>
                    <td class="dim">{object.kind}</td>
                    <td class="main giving">
                        <code>{object.name}</code>
                    </td>
                    <td>
                        <Status state=hue text=words />
                    </td>
                    <td class="num dim" data-label="changed">
                        <Time micros=micros(object.changed_at) />
                    </td>
                </tr>
            }
        });
        view! {
            <Card title=title aside=aside flush=true>
                <Table label="Objects in the cluster" columns=columns stacks=true>
                    {rows.collect_view()}
                </Table>
            </Card>
        }
        .into_any()
    })
    .into_any()
}

/// What is said where no object is known, and more about it. That nothing is there is said only where that is known.
fn without_objects(
    state: Life,
    nothing_there: bool,
    looked: bool,
    cluster: &str,
    down: Option<&str>,
) -> (&'static str, String) {
    if state == Life::GivenUp {
        let text = "Slipway stopped looking after it. The receipt says what could not be checked.";
        return ("What is left of this environment is not known", text.to_owned());
    }
    if nothing_there {
        let text = "Objects appear here once Slipway creates them, until the environment is destroyed.";
        return ("Nothing of this environment is in the cluster now", text.to_owned());
    }
    match down {
        _ if looked => (
            "At the last look nothing of it was there",
            down.map_or_else(|| format!("Slipway goes on looking in {cluster}."), str::to_owned),
        ),
        Some(down) => (
            "Slipway has not been able to look yet",
            format!("{down} What is there appears here once Slipway has seen it."),
        ),
        None => (
            "Slipway has not looked yet",
            format!("What is in {cluster} appears here once Slipway has seen it."),
        ),
    }
}

/// How an object stands. Nobody looks at what was given up any more.
fn standing(hue: Hue, words: String, given_up: bool) -> (State, String) {
    match given_up {
        true => (State::Off, "Not known".to_owned()),
        false => (state(hue), words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_nothing_is_there_is_said_only_where_that_is_known() {
        let said = |nothing_there, down| without_objects(Life::Failed, nothing_there, false, "staging", down);
        let (why, text) = without_objects(Life::Destroying, false, true, "staging", None);
        assert_eq!(why, "At the last look nothing of it was there");
        assert_eq!(text, "Slipway goes on looking in staging.");
        assert_eq!(said(true, None).0, "Nothing of this environment is in the cluster now");
        let soon = "What is in staging appears here once Slipway has seen it.";
        assert_eq!(said(false, None), ("Slipway has not looked yet", soon.to_owned()));
        let (why, text) = said(false, Some("staging does not work now."));
        assert_eq!(why, "Slipway has not been able to look yet");
        assert_eq!(text, "staging does not work now. What is there appears here once Slipway has seen it.");
    }

    #[test]
    fn how_the_objects_of_what_was_given_up_stand_is_not_known() {
        let shown = |given_up| standing(Hue::Ok, "Ready".to_owned(), given_up);
        assert_eq!(shown(false), (State::Ok, "Ready".to_owned()));
        assert_eq!(shown(true), (State::Off, "Not known".to_owned()));
    }
}
