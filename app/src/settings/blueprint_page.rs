//! `/settings/blueprints/:id`: one published version, its form and its YAML.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::field_rows::FieldRows;
use super::functions::{OfferBlueprint, blueprint};
use super::view::{BlueprintDetail, BlueprintRow};
use super::{crumbs_to, failed, micros};
use crate::shell::facts::is_administrator;
use crate::shell::lazy::lazy_page;
use crate::shell::not_found::NotFound;
use crate::ui::prelude::*;

lazy_page!(BlueprintPage in settings, view);

fn view() -> AnyView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let blueprint = Resource::new(move || (id(), changes().get()), |(id, _)| blueprint(id));
    view! {
        <Transition fallback=|| view! { <Skeleton lines=8 rows=true /> }>
            {move || Suspend::new(async move {
                match blueprint.await {
                    Ok(Some(blueprint)) => shown(blueprint),
                    Ok(None) => view! { <NotFound what="this blueprint" section=super::blueprints_section() /> }.into_any(),
                    Err(error) => view! {
                        <Page title="Blueprint" icon=Glyph::FileCode crumbs=crumbs_to("Blueprints", "/settings/blueprints")>
                            {failed("This blueprint cannot be shown", &error, "/settings/blueprints", "All blueprints")}
                        </Page>
                    }
                    .into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

fn shown(blueprint: BlueprintDetail) -> AnyView {
    let BlueprintDetail { row, default_lifetime, maximum_lifetime, steps, outputs, fields, source } =
        blueprint;
    let actions = actions(&row);
    let withdrawn = row.withdrawn.then(|| view! { <Badge text="Withdrawn" icon=Glyph::Ban /> }.into_any());
    let version = format!("version {}", row.version);
    let lines = match source.lines().count() {
        1 => "1 line".to_owned(),
        many => format!("{many} lines"),
    };
    let count = match fields.len() {
        1 => "1 field".to_owned(),
        many => format!("{many} fields"),
    };
    let (name, description, digest, published) = (row.name, row.description, row.digest, row.published_at);
    let steps: Vec<_> = steps.into_iter().map(|step| view! { <li>{step}</li> }).collect();
    let outputs = if outputs.is_empty() { "Nothing".to_owned() } else { outputs.join(", ") };
    let yaml =
        view! { <Code label=format!("The YAML of {name}") text=source language=Language::Yaml /> }.into_any();
    view! {
        <Page
            title=row.title
            icon=Glyph::FileCode
            crumbs=crumbs_to("Blueprints", "/settings/blueprints")
            badges=move || view! { <Badge text=version /> {withdrawn} }
            actions=move || actions
            facts=move || view! { <span>{description}</span> }
        >
            <div class="stack">
                <div class="columns">
                    <Card title="Form" flush=true aside=move || view! { <span>{count}</span> }>
                        <FieldRows fields=fields />
                    </Card>
                    <aside class="stack">
                        <Card title="About">
                            <KeyValues>
                                <Fact name="Name"><code>{name}</code></Fact>
                                <Fact name="Published"><Time micros=micros(published) /></Fact>
                                <Fact name="Lifetime">{format!("{default_lifetime}, at most {maximum_lifetime}")}</Fact>
                                <Fact name="Outputs">{outputs}</Fact>
                                <Fact name="Digest"><code class="digest">{digest}</code></Fact>
                            </KeyValues>
                        </Card>
                        <Card title="Steps">
                            <ol class="plain-steps">{steps}</ol>
                        </Card>
                    </aside>
                </div>
                // The longest comes last, over the whole width.
                <Card title="YAML" flush=true aside=move || view! { <span>{lines}</span> }>
                    {yaml}
                </Card>
            </div>
        </Page>
    }
    .into_any()
}

/// What can be done with the blueprint: its form is open to everybody while it is offered.
fn actions(row: &BlueprintRow) -> AnyView {
    let (id, may) = (row.id.to_string(), is_administrator());
    if row.withdrawn {
        let offer = may.then(|| {
            view! {
                <Form action=OfferBlueprint::PATH of=("id", id)>
                    <SubmitButton icon=Glyph::Refresh>"Offer again"</SubmitButton>
                </Form>
            }
        });
        return offer.into_any();
    }
    let withdraw = may.then(|| {
        let href = format!("/settings/blueprints/{id}/withdraw");
        view! { <LinkButton href=href kind=ButtonKind::Danger icon=Glyph::Ban>"Withdraw"</LinkButton> }
    });
    let request = format!("/environments/new/{id}");
    view! {
        <LinkButton href=request icon=Glyph::Environment>"Open its form"</LinkButton>
        {withdraw}
    }
    .into_any()
}
