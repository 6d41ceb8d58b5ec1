//! "First steps": what an administrator sets up, in the order in which one needs the other, each ticked off when it is done.

use leptos::prelude::*;

use super::functions::FirstSteps;
use crate::ui::prelude::*;

/// The card.
pub fn panel(steps: FirstSteps) -> AnyView {
    view! {
        <Card title="First steps" flush=true>
            <Steps>
                {step(steps.source, "/settings/sources", "Add a catalog source", "A folder or repository that describes what you run and who owns it.")}
                {step(steps.cluster, "/settings/clusters", "Connect a cluster", "Where environments run.")}
                {step(steps.team, "/settings/people", "Join a team", "Environments belong to teams, which come from the catalog. You invite others there too.")}
            </Steps>
        </Card>
    }
    .into_any()
}

fn step(done: bool, href: &'static str, name: &'static str, text: &'static str) -> impl IntoView {
    let (state, word) = if done { (State::Ok, "Done") } else { (State::Off, "To do") };
    let link = move || view! { <a class="link" href=href>{name}</a> };
    view! { <Step state=state word=word name=link text=text time=word /> }
}
