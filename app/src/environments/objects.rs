//! What stands in the cluster, with its status.

use leptos::prelude::*;

use super::view::EnvironmentView;
use super::{micros, state};
use crate::ui::prelude::*;

/// The tab.
pub fn panel(view: Signal<EnvironmentView>) -> AnyView {
    let objects = Memo::new(move |_| view.with(|view| view.objects.clone()));
    let seen = Memo::new(move |_| view.with(|view| view.objects_seen_at));
    (move || {
        let rows = objects.get();
        if rows.is_empty() {
            let text = "Objects appear here once Slipway creates them, until the environment is destroyed.";
            return view! { <EmptyState why="Nothing of this environment is in the cluster now" icon=Glyph::Box text=text /> }
                .into_any();
        }
        let at = move || seen.get().map(|at| view! { <span>"seen " <Time micros=micros(at) /></span> });
        let aside = move || view! { {at} };
        let columns =
            vec![Column::new("Kind"), Column::new("Name"), Column::new("State"), Column::number("Changed")];
        let rows = rows.into_iter().map(|object| {
            view! {
                <tr>
                    <td class="dim">{object.kind}</td>
                    <td class="main giving">
                        <code>{object.name}</code>
                    </td>
                    <td>
                        <Status state=state(object.hue) text=object.words />
                    </td>
                    <td class="num dim" data-label="changed">
                        <Time micros=micros(object.changed_at) />
                    </td>
                </tr>
            }
        });
        view! {
            <Card title="In the cluster" aside=aside flush=true>
                <Table label="Objects in the cluster" columns=columns stacks=true>
                    {rows.collect_view()}
                </Table>
            </Card>
        }
        .into_any()
    })
    .into_any()
}
