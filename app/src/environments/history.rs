//! What happened to an environment, and by whom.

use leptos::prelude::*;

use super::micros;
use super::view::EnvironmentView;
use crate::ui::prelude::*;

/// The tab.
pub fn panel(view: Signal<EnvironmentView>) -> AnyView {
    let events = Memo::new(move |_| view.with(|view| view.events.clone()));
    (move || {
        let columns = vec![Column::new("When"), Column::new("Who"), Column::new("What")];
        let rows = events.get().into_iter().map(|event| {
            view! {
                <tr>
                    <td class="dim">
                        <Time micros=micros(event.at) />
                    </td>
                    <td>{event.actor}</td>
                    <td class="wrap giving">{event.sentence}</td>
                </tr>
            }
        });
        view! {
            <Card title="History" flush=true>
                <Table label="What happened" columns=columns stacks=true>
                    {rows.collect_view()}
                </Table>
            </Card>
        }
    })
    .into_any()
}
