//! `/settings/blueprints/:id/withdraw`: says what withdrawing a blueprint does, and asks; works without JavaScript.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::functions::{WithdrawBlueprint, blueprint};
use super::view::BlueprintRow;
use super::{crumbs_to, failed};
use crate::shell::facts::is_administrator;
use crate::shell::lazy::lazy_page;
use crate::shell::not_found::NotFound;
use crate::ui::prelude::*;

lazy_page!(WithdrawBlueprintPage in settings, view);

fn view() -> AnyView {
    if !is_administrator() {
        return alone(super::not_you(
            "You cannot withdraw blueprints",
            "Only administrators can withdraw blueprints",
        ));
    }
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let blueprint = Resource::new(id, blueprint);
    view! {
        <Transition fallback=|| view! { <Skeleton lines=4 rows=true /> }>
            {move || Suspend::new(async move {
                match blueprint.await {
                    Ok(Some(found)) => shown(found.row),
                    Ok(None) => view! { <NotFound what="this blueprint" section=super::blueprints_section() /> }.into_any(),
                    Err(error) => {
                        alone(failed("This blueprint cannot be shown", &error, "/settings/blueprints", "All blueprints"))
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

/// The page where no blueprint can be shown.
fn alone(body: AnyView) -> AnyView {
    view! {
        <Page title="Withdraw a blueprint" icon=Glyph::Ban crumbs=crumbs_to("Blueprints", "/settings/blueprints")>
            {body}
        </Page>
    }
    .into_any()
}

fn shown(row: BlueprintRow) -> AnyView {
    let BlueprintRow { id, title, withdrawn, .. } = row;
    let own = format!("/settings/blueprints/{id}");
    let mut crumbs = crumbs_to("Blueprints", "/settings/blueprints");
    crumbs.push(Crumb::to(title.clone(), own.clone()));
    let heading = format!("Withdraw {title}");
    let button = heading.clone();
    let body = if withdrawn {
        let action = move || view! { <LinkButton href=own>"Back to the blueprint"</LinkButton> };
        view! { <EmptyState why="It is withdrawn already" text="It can be offered again on its page." icon=Glyph::Ban action=action /> }
            .into_any()
    } else {
        let footer = move || {
            view! {
                <FormFoot cancel=own>
                    <SubmitButton kind=ButtonKind::FilledDanger icon=Glyph::Ban>{button}</SubmitButton>
                </FormFoot>
            }
        };
        view! {
            <Form action=WithdrawBlueprint::PATH of=("id", id.to_string()) class="narrow">
                <Card footer=footer>
                    <div class="stack">
                        <p>
                            "Nobody can request an environment from it any more, whatever its version. What was created from it lives on, and can still be extended, retried and destroyed."
                        </p>
                        <p class="dim">
                            "A new version stays withdrawn as well, until you use Offer again on the page of the blueprint."
                        </p>
                    </div>
                </Card>
            </Form>
        }
        .into_any()
    };
    view! { <Page title=heading icon=Glyph::Ban crumbs=crumbs>{body}</Page> }.into_any()
}
