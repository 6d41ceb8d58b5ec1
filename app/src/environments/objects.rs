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
    (move || {
        let (rows, given_up) = (objects.get(), given_up.get());
        if rows.is_empty() && given_up {
            let text = "Slipway stopped looking after it. The receipt says what could not be checked.";
            return view! { <EmptyState why="What is left of this environment is not known" icon=Glyph::Box text=text /> }
                .into_any();
        }
        if rows.is_empty() {
            let text = "Objects appear here once Slipway creates them, until the environment is destroyed.";
            return view! { <EmptyState why="Nothing of this environment is in the cluster now" icon=Glyph::Box text=text /> }
                .into_any();
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
    fn how_the_objects_of_what_was_given_up_stand_is_not_known() {
        let shown = |given_up| standing(Hue::Ok, "Ready".to_owned(), given_up);
        assert_eq!(shown(false), (State::Ok, "Ready".to_owned()));
        assert_eq!(shown(true), (State::Off, "Not known".to_owned()));
    }
}
