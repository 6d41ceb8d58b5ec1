//! `/environments/:id/extend` and `/environments/:id/destroy`: they ask, and work without JavaScript.

use leptos::prelude::*;
use leptos_router::LazyRoute;
use leptos_router::hooks::use_params_map;
use leptos_router::lazy_route;

use super::functions::{DestroyEnvironment, ExtendEnvironment, environment};
use super::micros;
use super::view::EnvironmentView;
use crate::ui::prelude::*;

fn resource() -> Resource<Result<EnvironmentView, ServerFnError>> {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    Resource::new(id, environment)
}

fn shown(
    page: Resource<Result<EnvironmentView, ServerFnError>>,
    show: fn(EnvironmentView) -> AnyView,
) -> AnyView {
    view! {
        <Transition fallback=|| view! { <Skeleton lines=4 rows=true /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(view) => show(view),
                    Err(error) => {
                        view! { <ErrorState what="This environment cannot be shown" text=sentence(&error) /> }.into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

fn way(view: &EnvironmentView) -> Vec<Crumb> {
    let own = format!("/environments/{}", view.row.id);
    vec![Crumb::to("Environments", "/environments"), Crumb::to(view.row.name.clone(), own)]
}

/// Asks how much longer.
#[derive(Clone)]
pub struct ExtendPage(Resource<Result<EnvironmentView, ServerFnError>>);

#[lazy_route]
impl LazyRoute for ExtendPage {
    fn data() -> Self {
        Self(resource())
    }

    fn view(this: Self) -> AnyView {
        shown(this.0, |view| {
            let (id, back) = (view.row.id.to_string(), format!("/environments/{}", view.row.id));
            let choices = [("6h", "6 hours"), ("1d", "1 day"), ("3d", "3 days"), ("7d", "7 days")]
                .map(|(value, label)| Choice::new(value, label));
            let footer = move || {
                view! {
                    <SubmitButton icon=Glyph::Clock>"Extend"</SubmitButton>
                    <LinkButton href=back kind=ButtonKind::Quiet>"Leave it as it is"</LinkButton>
                }
            };
            let expires = micros(view.row.expires_at);
            let facts = move || view! { <span>"It expires " <Time micros=expires /></span> };
            view! {
                <Page title=format!("Extend {}", view.row.name) icon=Glyph::Clock crumbs=way(&view) facts=facts>
                <Form action=ExtendEnvironment::PATH of=("id", id) class="narrow">
                    <Card footer=footer>
                        <Segmented name="more" label="By how much" choices=choices.to_vec() value="1d" />
                    </Card>
                </Form>
                </Page>
            }
            .into_any()
        })
    }
}

/// Says what will be lost, and asks for the name.
#[derive(Clone)]
pub struct DestroyPage(Resource<Result<EnvironmentView, ServerFnError>>);

#[lazy_route]
impl LazyRoute for DestroyPage {
    fn data() -> Self {
        Self(resource())
    }

    fn view(this: Self) -> AnyView {
        shown(this.0, |view| {
            let (id, back) = (view.row.id.to_string(), format!("/environments/{}", view.row.id));
            let footer = move || {
                view! {
                    <SubmitButton kind=ButtonKind::FilledDanger icon=Glyph::Trash>"Destroy"</SubmitButton>
                    <LinkButton href=back kind=ButtonKind::Quiet>"Keep it"</LinkButton>
                }
            };
            let lost = format!(
                "The namespace {} in {} and everything in it will be deleted, with all data that it holds. This cannot be undone.",
                view.namespace, view.row.cluster
            );
            let help = format!("Type {} to destroy it", view.row.name);
            view! {
                <Page title=format!("Destroy {}", view.row.name) icon=Glyph::Trash crumbs=way(&view)>
                <Form action=DestroyEnvironment::PATH of=("id", id) class="narrow">
                    <Card footer=footer>
                        <div class="stack">
                            <p>{lost}</p>
                            <p class="dim">"Afterwards its page says what was deleted, and that nothing is left."</p>
                            <TextField name="name" label="Its name" help=help kind=TextKind::Code />
                        </div>
                    </Card>
                </Form>
                </Page>
            }
            .into_any()
        })
    }
}
