//! `/settings/sources/:id`: how reading a source goes, its files, its settings.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};

use super::source_form::SourceFieldsForm;
use super::source_functions::{ChangeSource, RefreshSource, StopSource, source};
use super::source_view::{FileStateView, NextRun, PlaceView, SourcePageView, SourceView};
use super::{address, files_table, notes, source_fields, words};
use crate::settings::crumbs_to;
use crate::shell::lazy::lazy_page;
use crate::shell::not_found::{ErrorPage, NotFound};
use crate::shell::page::Page;
use crate::ui::prelude::*;

lazy_page!(SourcePage in settings, view);

fn view() -> AnyView {
    let (params, search) = (use_params_map(), use_location().search);
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let part = move |name: &str| search.with(|search| address::value(search, name)).unwrap_or_default();
    let tab = Memo::new(move |_| part("tab"));
    let after = Memo::new(move |_| part("after"));
    let looks = RwSignal::new(0_u32);
    let page = Resource::new(
        move || (id.get(), after.get(), changes().get(), looks.get()),
        |(id, after, ..)| source(id, after),
    );
    source_fields::look_again(looks, move || {
        let reading =
            page.with(|page| matches!(page, Some(Ok(Some(page))) if source_fields::at_hand(&page.source)));
        // What somebody changes in its settings stays as they left it.
        reading && tab.get() != "change"
    });
    view! {
        <Transition fallback=|| view! { <Skeleton lines=8 /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(Some(page)) => shown(page, tab, after),
                    Ok(None) => view! { <NotFound what="this source" section=super::sources_section() /> }.into_any(),
                    Err(error) => {
                        view! { <ErrorPage what="The source could not be read" error=error /> }.into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

fn shown(page: SourcePageView, tab: Memo<String>, after: Memo<String>) -> AnyView {
    let source = page.source.clone();
    let (may_manage, may_read) = (page.may_manage, page.may_read);
    let path = address::source(source.id);
    let crumbs = crumbs_to("Catalog sources", "/settings/sources");
    let badges = {
        let source = source.clone();
        move || {
            let trusted = source.trusted.then(|| view! { <Badge text="Trusted" icon=Glyph::ShieldCheck /> });
            view! { {source_fields::status(&source)} {trusted} }
        }
    };
    // Among the settings, saving them is the main action: it reads the source as well.
    let changing = Memo::new(move |_| may_manage && tab.with(|tab| tab == "change"));
    let actions = {
        let (id, remove) = (source.id.to_string(), format!("{path}/remove"));
        let may_stop = may_read && source_fields::at_hand(&source);
        move || {
            let stop = may_stop.then(|| {
                view! {
                    <Form action=StopSource::PATH of=("id", id.clone())>
                        <SubmitButton kind=ButtonKind::Plain icon=Glyph::Stop>
                            "Stop"
                        </SubmitButton>
                    </Form>
                }
            });
            let read = move || {
                let kind = if changing.get() { ButtonKind::Plain } else { ButtonKind::Primary };
                may_read.then(|| {
                    view! {
                        <Form action=RefreshSource::PATH of=("id", id.clone())>
                            <SubmitButton kind=kind icon=Glyph::Refresh>
                                "Read now"
                            </SubmitButton>
                        </Form>
                    }
                })
            };
            let remove = may_manage.then(|| {
                view! {
                    <LinkButton href=remove kind=ButtonKind::Danger icon=Glyph::Trash>
                        "Remove"
                    </LinkButton>
                }
            });
            view! { {stop} {read} {remove} }
        }
    };
    let facts = {
        let source = source.clone();
        move || {
            view! {
                <span>
                    <code class="catalog-place">{breakable(source.place.location())}</code>
                </span>
                <span>{source_fields::every(source.every_minutes)}</span>
                <span>"next " {source_fields::next(source.next)}</span>
            }
        }
    };
    let mut tabs = vec![Tab::new("Last run", path.clone()), Tab::new("Files", format!("{path}?tab=files"))];
    if may_manage {
        tabs.push(Tab::new("Settings", format!("{path}?tab=change")));
    }
    let tabs = move || view! { <Tabs label="Parts of the source" tabs=tabs /> };
    let (title, icon) = (source.name.clone(), source_fields::icon(&source.place));
    let content = move || match tab.get().as_str() {
        "files" => files_table::panel(page.clone(), &after.get_untracked()),
        "change" if may_manage => {
            let source = page.source.clone();
            let back = address::source(source.id);
            view! {
                <div class="narrow">
                    <SourceFieldsForm
                        action=ChangeSource::PATH
                        source=Some(source)
                        submit="Save and read it"
                        back=back
                    />
                </div>
            }
            .into_any()
        }
        _ => last_run(&page),
    };
    view! {
        <Page title=title crumbs=crumbs icon=icon badges=badges actions=actions facts=facts tabs=tabs>
            {content}
        </Page>
    }
    .into_any()
}

const NOTHING: &str = "Nothing was found at its root.";

fn last_run(page: &SourcePageView) -> AnyView {
    let source = &page.source;
    let running = (source.last_run.is_some() && source_fields::at_hand(source)).then(|| {
        let reload = view! { <span class="without-script">"Reload the page in a moment."</span> };
        view! {
            <div class="banner busy" role="status">
                <Icon of=State::Busy.glyph() class="spin" />
                <p class="text"><b>"Reading it now."</b> " " {reload}</p>
            </div>
        }
    });
    let unstored = source.unstored.clone().map(|why| {
        view! {
            <Banner
                state=State::Bad
                title="What was read could not be stored"
                text=format!("{why}. What was stored before stays in the catalog. Slipway retries automatically.")
            />
        }
    });
    let run = match &source.last_run {
        None => {
            let text = match source.next {
                NextRun::Running => {
                    "What it finds is shown here when the run ends. Without JavaScript, reload the page in a moment."
                }
                _ => "Its first run starts shortly. Without JavaScript, reload the page in a moment.",
            };
            let why = source_fields::unread(source);
            view! {
                <Card>
                    <EmptyState why=why icon=Glyph::Hourglass text=text />
                </Card>
            }
            .into_any()
        }
        Some(run) => {
            // Nothing was, where no run has been good yet.
            let kept = if run.counts.is_some() { "What was read before stays in the catalog." } else { "" };
            let failure = run.error.clone().map(|error| {
                view! {
                    <Banner
                        state=State::Bad
                        title="It could not be read"
                        text=format!("{error}. {kept}")
                    />
                }
            });
            let stopped = run.stopped_by.clone().map(|by| {
                let title = format!("{by} stopped its last run.");
                view! { <Banner title=title text=kept /> }
            });
            let fact = |name: &'static str, number: u64| {
                let class = (number == 0).then_some("faint");
                view! { <Fact name=name><span class=class>{words::grouped(number)}</span></Fact> }
            };
            // One that came to no end read none of what stays in the catalog.
            let came_to_its_end = run.error.is_none() && run.stopped_by.is_none();
            let counts = run.counts.map(|counts| {
                let read = came_to_its_end.then(|| {
                    view! { {fact("Files read", counts.files)} {fact("Documents", counts.documents)} }
                });
                view! { {read} {fact("In the catalog", counts.live)} }
            });
            let orphaned = (page.orphans > 0).then(|| {
                let number = words::grouped(page.orphans);
                let href = address::remove_orphans_of(source.id);
                let label = if page.orphans == 1 { "Remove it" } else { "Remove them" };
                let remove = (page.removable > 0).then(|| view! { <a href=href>{label}</a> });
                view! { <Fact name="Orphaned"><span class="row">{number} {remove}</span></Fact> }
            });
            let findings = fact("Findings", source.findings);
            let commit = run.commit.clone().map(|commit| {
                view! {
                    <Fact name="Commit">
                        <code>{commit}</code>
                    </Fact>
                }
            });
            let notes: Vec<_> = run
                .notes
                .iter()
                .map(|note| {
                    view! {
                        <li>
                            <Icon of=Glyph::Warning class="ink-warn" />
                            <span>{notes::prose(note)}</span>
                        </li>
                    }
                })
                .collect();
            let notes = (!notes.is_empty()).then(|| view! { <ul class="checks">{notes}</ul> });
            let (finished_at, took) = (run.finished_at, run.finished_at - run.started_at);
            let problems = (source.findings > 0).then(|| {
                let href = address::problems_of_source(&source.id.to_string());
                view! {
                    <LinkButton href=href icon=Glyph::FileWarning>
                        {format!("See {}", words::findings(source.findings))}
                    </LinkButton>
                }
            });
            let deeper =
                page.files.iter().filter(|file| matches!(file.state, FileStateView::NotNamed)).count();
            let nothing = run.counts.is_some_and(|counts| counts.is_nothing()) && run.error.is_none();
            let hint = (nothing && page.may_manage).then(|| {
                let (title, text) = match (source.glob.is_some(), deeper) {
                    (true, _) => {
                        ("Nothing matches its pattern.", "None of its files match. Change the pattern.".to_owned())
                    }
                    (false, 0) => (NOTHING, "No file has one of these names. Set the names of your files.".to_owned()),
                    (false, number) => (NOTHING, format!(
                        "{} further down. To read the catalog files there, start from **/catalog-info.yaml.",
                        if number == 1 { "There is 1 YAML file".to_owned() } else { format!("There are {number} YAML files") }
                    )),
                };
                let action = (format!("{}?tab=change", address::source(source.id)), "Change its settings".to_owned());
                view! { <Banner title=title text=text action=action /> }
            });
            view! {
                {failure} {stopped} {hint}
                <Card title="Last run">
                    <div class="stack">
                        <KeyValues>
                            <Fact name="Ended">
                                <Time micros=finished_at />
                            </Fact>
                            <Fact name="Took">{duration(took)}</Fact>
                            {counts}
                            {orphaned}
                            {findings}
                            {commit}
                        </KeyValues>
                        {notes}
                        {problems}
                    </div>
                </Card>
            }
            .into_any()
        }
    };
    let settings = settings(source);
    view! {
        <div class="columns">
            <div class="stack">{running} {unstored} {run}</div>
            <aside class="stack">{settings}</aside>
        </div>
    }
    .into_any()
}

fn settings(source: &SourceView) -> AnyView {
    let branch = match &source.place {
        PlaceView::Git(_, branch) => {
            let branch = branch.clone().unwrap_or_else(|| "the default".to_owned());
            Some(view! { <Fact name="Branch">{branch}</Fact> })
        }
        PlaceView::Folder(_) => None,
    };
    let kind = match &source.place {
        PlaceView::Git(..) => "Git repository",
        PlaceView::Folder(_) => "Folder",
    };
    let files = match source.glob.clone() {
        Some(glob) => view! { <code>{glob}</code> }.into_any(),
        None => "catalog-info.yaml or all.yaml at the root, and what their Locations reference".into_any(),
    };
    let location = source.place.location().to_owned();
    let (every, allowed) = (source_fields::every(source.every_minutes), source_fields::allowed(source));
    view! {
        <Card title="Settings">
            <div class="stack">
                <KeyValues>
                    <Fact name="Kind">{kind}</Fact>
                    <Fact name="Where">
                        <code>{breakable(&location)}</code>
                    </Fact>
                    {branch}
                    <Fact name="Starts from">{files}</Fact>
                    <Fact name="Read">{every}</Fact>
                </KeyValues>
                <p class="small dim">{allowed}</p>
            </div>
        </Card>
    }
    .into_any()
}
