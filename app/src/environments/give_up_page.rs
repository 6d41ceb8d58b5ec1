//! `/environments/:id/give-up`: says what is not known afterwards, and asks for the name. It works without JavaScript.

use domain::environments::life::Action;
use domain::form::full_stop;
use leptos::prelude::*;

use super::confirm_pages::{not_now, shown, way};
use super::functions::GiveUpEnvironment;
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(GiveUpPage in environments, give_up);

fn give_up() -> AnyView {
    shown(|view| {
        let (id, back) = (view.row.id.to_string(), format!("/environments/{}", view.row.id));
        let title = format!("Give up {}", view.row.name);
        if !view.actions.contains(&Action::GiveUp) {
            let who = "An administrator can give up an environment that Slipway cannot destroy.".to_owned();
            return not_now(&view, title, Glyph::Ban, "It cannot be given up now", who);
        }
        let footer = move || {
            view! {
                <SubmitButton kind=ButtonKind::FilledDanger icon=Glyph::Ban>"Give up"</SubmitButton>
                <LinkButton href=back kind=ButtonKind::Quiet>"Cancel"</LinkButton>
            }
        };
        let stops = format!(
            "Slipway stops looking after {} and deletes nothing more of it. This cannot be undone.",
            view.row.name
        );
        let stays = format!(
            "What is left of it in {} stays there: if the cluster still exists, delete the namespace {} yourself. Its name is free again, and it no longer counts for its team.",
            view.row.cluster, view.namespace
        );
        let next = full_stop(view.row.status.next.clone());
        let help = format!("Type {} to give it up.", view.row.name);
        view! {
            <Page title=title icon=Glyph::Ban crumbs=way(&view)>
            <Form action=GiveUpEnvironment::PATH of=("id", id) class="narrow">
                <Card footer=footer>
                    <div class="stack">
                        <p>{stops}</p>
                        <p>{stays}</p>
                        <p class="dim">{next}</p>
                        <p class="dim">"Do this only if its cluster is gone for good, or will never let Slipway in again. Afterwards, its page says what could not be checked."</p>
                        <TextField name="name" label="Environment name" help=help kind=TextKind::Code />
                    </div>
                </Card>
            </Form>
            </Page>
        }
        .into_any()
    })
}
