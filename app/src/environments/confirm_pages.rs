//! `/environments/:id/extend` and `/environments/:id/destroy`: they ask, and work without JavaScript.

use domain::environments::life::Action;
use domain::environments::lifetime::print;
use domain::form::{Flash, full_stop};
use jiff::{SignedDuration, Timestamp};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use wasm_bindgen::JsCast;

use super::functions::{DestroyEnvironment, ExtendEnvironment, environment};
use super::view::{EnvironmentAnswer, EnvironmentView};
use super::{micros, missing};
use crate::shell::lazy::lazy_page;
use crate::shell::not_found::ErrorPage;
use crate::ui::form::FlashSlot;
use crate::ui::prelude::*;

/// The page of an environment that is there.
pub(super) fn shown(show: fn(EnvironmentView) -> AnyView) -> AnyView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let page = Resource::new(id, environment);
    view! {
        <Transition fallback=|| view! { <Skeleton lines=4 rows=true /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(EnvironmentAnswer::Found(view)) => show(*view),
                    Ok(EnvironmentAnswer::Missing { asked, near }) => missing::page(asked, near),
                    Err(error) => {
                        view! { <ErrorPage what="This environment cannot be shown" error=error /> }.into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

/// The way to it.
pub(super) fn way(view: &EnvironmentView) -> Vec<Crumb> {
    let own = format!("/environments/{}", view.row.id);
    vec![Crumb::to("Environments", "/environments"), Crumb::to(view.row.name.clone(), own)]
}

/// Instead of the form: that it cannot be done `now`, where it ends or has ended, or else that whoever looks may not (`never`), and `who`
/// may.
pub(super) fn not_now(
    view: &EnvironmentView,
    title: String,
    icon: Glyph,
    now: &'static str,
    never: String,
    who: String,
) -> AnyView {
    let (state, status) = (view.row.state, &view.row.status);
    if state.is_end() || view.is_wanted_gone {
        return refused(view, title, icon, now, format!("{}. {}", status.word, status.next), None);
    }
    refused(view, title, icon, never, who, None)
}

/// Instead of the form: why it cannot be done, and what can be done `instead`, where something can.
pub(super) fn refused(
    view: &EnvironmentView,
    title: String,
    icon: Glyph,
    why: impl Into<String>,
    text: String,
    instead: Option<AnyView>,
) -> AnyView {
    let why: String = why.into();
    let back = format!("/environments/{}", view.row.id);
    let action = move || {
        view! {
            {instead}
            <LinkButton href=back>"Back to the environment"</LinkButton>
        }
    };
    view! {
        <Page title=title icon=icon crumbs=way(view)>
            <EmptyState why=why text=text icon=icon action=action />
        </Page>
    }
    .into_any()
}

lazy_page!(ExtendPage in environments, extend);

/// Asks how much longer.
fn extend() -> AnyView {
    shown(|view| {
        let (now, slot) = (RwSignal::new(view), use_context::<FlashSlot>());
        let on_refused =
            Callback::new(move |flash: Flash| leptos::task::spawn_local(read_anew(now, slot, flash)));
        (move || extend_by(now.get(), on_refused)).into_any()
    })
}

/// Shows what may be chosen now, and beside it why the form was refused; where nothing may be any more, the frame says why. Where it cannot
/// be read, the form that is there says what is wrong.
async fn read_anew(now: RwSignal<EnvironmentView>, slot: Option<FlashSlot>, mut flash: Flash) {
    let Some(id) = now.try_with_untracked(|view| view.row.id.to_string()) else { return };
    let length = chosen().map(|input| input.value());
    let Ok(EnvironmentAnswer::Found(view)) = environment(id.clone()).await else { return };
    // The page may be gone by now.
    if now.is_disposed() {
        return;
    }
    if let Some(FlashSlot(left)) = slot {
        flash.values.insert("id".to_owned(), id);
        flash.values.extend(length.map(|value| ("more".to_owned(), value)));
        left.set(Some(flash));
    }
    now.set(*view);
    // After the new choices are on the page: the old ones took the focus with them.
    request_animation_frame(|| {
        if let Some(Err(_)) = chosen().map(|input| input.focus()) {
            leptos::logging::warn!("what is chosen cannot be focused");
        }
    });
}

/// The length that is chosen on the page.
fn chosen() -> Option<web_sys::HtmlInputElement> {
    document().query_selector("[name=more]:checked").ok().flatten()?.dyn_into().ok()
}

fn extend_by(view: EnvironmentView, on_refused: Callback<Flash>) -> AnyView {
    let (id, back) = (view.row.id.to_string(), format!("/environments/{}", view.row.id));
    let title = format!("Extend {}", view.row.name);
    if !view.actions.contains(&Action::Extend) {
        let never = format!("You cannot extend {}", view.row.name);
        let who = format!("Members of {} can extend it.", view.row.team);
        return not_now(&view, title, Glyph::Clock, "It cannot be extended now", never, who);
    }
    if view.row.deleted_there {
        let text = full_stop(view.row.status.next.clone());
        return refused(&view, title, Glyph::Clock, "Nothing of it is left to extend", text, None);
    }
    let (extensions, first) = extensions(view.room);
    if extensions.is_empty() {
        let text = "It already has the longest lifetime its blueprint allows. Request a new one, or destroy this one when you are done.";
        let why = "It cannot be extended any more";
        return refused(&view, title, Glyph::Clock, why, text.to_owned(), None);
    }
    let footer = move || {
        view! {
            <FormFoot cancel=back>
                <SubmitButton icon=Glyph::Clock>"Extend"</SubmitButton>
            </FormFoot>
        }
    };
    let expires_at = view.row.expires_at;
    let facts = move || view! { <span>"It expires " <Time micros=micros(expires_at) /></span> };
    let cards: Vec<_> = extensions.into_iter().map(|one| one.card(expires_at)).collect();
    view! {
        <Page title=title icon=Glyph::Clock crumbs=way(&view) facts=facts>
            <Form action=ExtendEnvironment::PATH of=("id", id) on_refused=on_refused class="narrow">
                // The cards say what it leads to from here: where somebody else moved it meanwhile, that is not true any more.
                <input type="hidden" name="from" value=expires_at.to_string() />
                <Card footer=footer>
                    <RadioCards name="more" label="Extend by" cards=cards value=first />
                </Card>
            </Form>
        </Page>
    }
    .into_any()
}

/// A length to extend by: as the form posts it, and as it is called.
struct Extension {
    value: String,
    name: String,
    by: SignedDuration,
}

impl Extension {
    /// With the expiry that it leads to.
    fn card(self, expires_at: Timestamp) -> RadioCard<AnyView> {
        let until = expires_at.saturating_add(self.by).unwrap_or(Timestamp::MAX);
        let text = view! { "until " <DateTime micros=micros(until) /> }.into_any();
        RadioCard { value: self.value, name: self.name, text, icon: Glyph::Timer, disabled: false }
    }
}

/// The lengths to choose from, and the one that is chosen at first: none beyond what is left, and all that is left.
fn extensions(room: SignedDuration) -> (Vec<Extension>, String) {
    const LENGTHS: [(&str, &str, i64); 4] =
        [("6h", "6 hours", 6), ("1d", "1 day", 24), ("3d", "3 days", 72), ("7d", "7 days", 168)];
    let mut extensions: Vec<Extension> = LENGTHS
        .into_iter()
        .map(|(value, name, hours)| Extension {
            value: value.to_owned(),
            name: name.to_owned(),
            by: SignedDuration::from_hours(hours),
        })
        .filter(|one| one.by <= room)
        .collect();
    let minutes = room.as_mins();
    if minutes > 0 && !LENGTHS.iter().any(|(_, _, hours)| hours * 60 == minutes) {
        extensions.push(Extension {
            value: format!("{minutes}m"),
            name: format!("Maximum: {}", print(room)),
            by: SignedDuration::from_mins(minutes),
        });
    }
    let day = extensions.iter().find(|one| one.value == "1d");
    let first = day.or(extensions.first()).map(|one| one.value.clone()).unwrap_or_default();
    (extensions, first)
}

lazy_page!(DestroyPage in environments, destroy);

/// Says what will be lost, and asks for the name.
fn destroy() -> AnyView {
    shown(|view| {
        let title = format!("Destroy {}", view.row.name);
        if !view.actions.contains(&Action::Destroy) {
            let never = format!("You cannot destroy {}", view.row.name);
            let who = format!("The person who requested it and leaders of {} can destroy it.", view.row.team);
            return not_now(&view, title, Glyph::Trash, "It cannot be destroyed now", never, who);
        }
        let (lost, afterwards) = match view.row.deleted_there {
            true => (
                "Nothing of it is left in its cluster. Destroying checks that and frees its name.".to_owned(),
                "Afterwards, its page confirms that nothing is left.",
            ),
            false => (
                format!(
                    "The namespace {} in {} and everything in it will be deleted, including all its data. This cannot be undone.",
                    view.namespace, view.row.cluster
                ),
                "Afterwards, its page lists what was deleted and confirms that nothing is left.",
            ),
        };
        let help = format!("Type {} to destroy it.", view.row.name);
        let said = view! {
            <p>{lost}</p>
            <p class="dim">{afterwards}</p>
        };
        by_name(&view, title, Glyph::Trash, DestroyEnvironment::PATH, help, said.into_any())
    })
}

/// A form that says what is lost, and asks for the environment's name. Its button says what the page is called.
pub(super) fn by_name(
    view: &EnvironmentView,
    title: String,
    icon: Glyph,
    action: &'static str,
    help: String,
    said: AnyView,
) -> AnyView {
    let (id, back) = (view.row.id.to_string(), format!("/environments/{}", view.row.id));
    let button = title.clone();
    let footer = move || {
        view! {
            <FormFoot cancel=back>
                <SubmitButton kind=ButtonKind::FilledDanger icon=icon>{button}</SubmitButton>
            </FormFoot>
        }
    };
    view! {
        <Page title=title icon=icon crumbs=way(view)>
            <Form action=action of=("id", id) class="narrow">
                <Card footer=footer>
                    <div class="stack">
                        {said}
                        <TextField name="name" label="Environment name" help=help kind=TextKind::Code autofocus=true />
                    </div>
                </Card>
            </Form>
        </Page>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_extension_goes_beyond_what_is_left() {
        for (hours, values, chosen) in [
            (0, vec![], ""),
            (2, vec!["120m"], "120m"),
            (24, vec!["6h", "1d"], "1d"),
            (120, vec!["6h", "1d", "3d", "7200m"], "1d"),
            (400, vec!["6h", "1d", "3d", "7d", "24000m"], "1d"),
        ] {
            let room = SignedDuration::from_hours(hours);
            let (extensions, first) = extensions(room);
            assert_eq!(extensions.iter().map(|one| one.value.as_str()).collect::<Vec<_>>(), values);
            assert_eq!(first, chosen);
            for one in &extensions {
                // What is posted is read as the length whose end the card shows.
                assert_eq!(domain::environments::lifetime::parse(&one.value), Ok(one.by));
            }
            assert_eq!(extensions.iter().map(|one| one.by).max().unwrap_or_default(), room);
        }
    }
}
