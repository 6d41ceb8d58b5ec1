//! `/environments/:id/give-up`: says what is not known afterwards, and asks for the name. It works without JavaScript.

use domain::environments::life::Action;
use domain::form::full_stop;
use leptos::prelude::*;

use super::confirm_pages::{by_name, not_now, refused, shown};
use super::functions::GiveUpEnvironment;
use super::view::EnvironmentView;
use crate::shell::facts::is_administrator;
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(GiveUpPage in environments, give_up);

fn give_up() -> AnyView {
    shown(|view| {
        let title = format!("Give up {}", view.row.name);
        if !view.actions.contains(&Action::GiveUp) {
            return not_given_up(&view, title);
        }
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
        let said = view! {
            <p>{stops}</p>
            <p>{stays}</p>
            <p class="dim">{next}</p>
            <p class="dim">"Do this only if its cluster is gone for good, or will never let Slipway in again. Afterwards, its page says what could not be checked."</p>
        };
        by_name(&view, title, Glyph::Ban, GiveUpEnvironment::PATH, help, said.into_any())
    })
}

/// Instead of the form: for whoever may give environments up, why this one cannot be now; for others, who can.
fn not_given_up(view: &EnvironmentView, title: String) -> AnyView {
    const WHY: &str = "It cannot be given up now";
    let name = &view.row.name;
    let who = "An administrator can give up an environment that Slipway cannot destroy.".to_owned();
    let never = format!("You cannot give up {name}");
    if view.row.state.is_end() {
        return not_now(view, title, Glyph::Ban, WHY, never, who);
    }
    if !is_administrator() {
        return refused(view, title, Glyph::Ban, never, who, None);
    }
    if view.actions.contains(&Action::Destroy) {
        let href = format!("/environments/{}/destroy", view.row.id);
        let instead = view! { <LinkButton href=href kind=ButtonKind::Danger icon=Glyph::Trash>"Destroy it"</LinkButton> };
        let why_not = format!("Slipway can still destroy {name}.");
        return refused(view, title, Glyph::Ban, WHY, why_not, Some(instead.into_any()));
    }
    refused(view, title, Glyph::Ban, WHY, format!("{name} is being destroyed right now."), None)
}
