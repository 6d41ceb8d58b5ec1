//! `/settings`: what an administrator can set up, each with how it stands.

use leptos::prelude::*;

use super::failed;
use super::functions::settings_overview;
use super::view::{Overview, Summary};
use crate::shell::facts::viewer;
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(SettingsPage in settings, view);

fn view() -> AnyView {
    let overview = Resource::new(move || changes().get(), |_| settings_overview());
    view! {
        <Page title="Settings" icon=Glyph::Settings>
            <Transition fallback=|| view! { <Skeleton lines=5 rows=true /> }>
                {move || Suspend::new(async move {
                    match overview.await {
                        Ok(overview) => parts(overview),
                        Err(_) if viewer().is_none_or(|viewer| !viewer.administrator) => {
                            let home = || view! { <LinkButton href="/">"Go home"</LinkButton> };
                            let why = "Only administrators can see settings".to_owned();
                            view! { <ErrorState what="Settings cannot be shown" text=why action=home /> }.into_any()
                        }
                        Err(error) => failed("Settings cannot be shown", &error, "/", "Go home"),
                    }
                })}
            </Transition>
        </Page>
    }
    .into_any()
}

fn parts(overview: Overview) -> AnyView {
    let Overview { clusters, sources, blueprints, people, queue, audit } = overview;
    view! {
        <ul class="settings-index card">
            {part("/settings/clusters", "Clusters", "Where environments run.", Glyph::Server, clusters)}
            {part("/settings/sources", "Catalog sources", "Folders and repositories that the catalog is read from.", Glyph::Catalog, sources)}
            {part("/settings/blueprints", "Blueprints", "What people can request, and how it is created.", Glyph::FileCode, blueprints)}
            {part("/settings/people", "People", "Who may sign in, and who is in which team.", Glyph::Users, people)}
            {part("/settings/queue", "Queue", "What Slipway does in the background, and which jobs failed.", Glyph::ListChecks, queue)}
            {part("/settings/audit", "Audit", "Who changed what, and when.", Glyph::History, audit)}
        </ul>
    }
    .into_any()
}

fn part(
    href: &'static str,
    name: &'static str,
    text: &'static str,
    icon: Glyph,
    summary: Summary,
) -> impl IntoView {
    let warnings = summary.warnings.into_iter();
    let warnings = warnings.map(|warning| view! { <Status state=State::Warn text=warning /> });
    view! {
        <li>
            <a href=href data-row="">
                <Icon of=icon />
                <span class="what">
                    <span class="name">{name}</span>
                    <span class="text">{text}</span>
                </span>
                <span class="how">
                    <span>{summary.fact}</span>
                    {summary.problem.map(|problem| view! { <Status state=State::Bad text=problem /> })}
                    {warnings.collect_view()}
                </span>
                <Icon of=Glyph::ChevronRight class="faint" />
            </a>
        </li>
    }
}
