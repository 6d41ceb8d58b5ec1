//! Forms.
//!
//! Every form is posted to a server function as an urlencoded body, with and without JavaScript, and both ways show the same: the
//! problems at their fields, what was typed kept (secrets never), the first problem focused. Without JavaScript the server
//! answers with a redirect and leaves a [`Flash`]; with it, the page posts the same body itself and reads the [`FormOutcome`].

use std::collections::BTreeMap;

use domain::form::{Flash, FormOutcome, Problem, SECRET_PREFIX, is_carried};
use leptos::context::Provider;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

pub use super::changes::{Changes, changes};
use super::dom;
use super::form_post;
use super::form_problems::FormProblems;
use super::toast::Toasts;

/// The state of the form that a field stands in. Fields find it by themselves; a page asks for it to follow `pending`.
#[derive(Clone, Copy)]
pub struct FormState {
    scope: StoredValue<String>,
    /// Names and labels of its fields, in their order on the page.
    labels: StoredValue<Vec<(String, String)>>,
    /// Which of its fields may be left empty.
    optional: RwSignal<BTreeMap<String, bool>>,
    typed: StoredValue<Option<BTreeMap<String, String>>>,
    /// The secret fields whose text was sent and did not come back.
    lost: StoredValue<Vec<String>>,
    /// What stood in those of them that say so, for the top of the form.
    again: RwSignal<Vec<&'static str>>,
    problems: RwSignal<Vec<Problem>>,
    summary: RwSignal<Option<String>>,
    pending: RwSignal<bool>,
}

impl FormState {
    fn new(scope: String, flash: Option<Flash>) -> Self {
        let (typed, lost, problems, summary) = match flash {
            Some(flash) => (Some(flash.values), flash.lost, flash.problems, flash.summary),
            None => (None, Vec::new(), Vec::new(), None),
        };
        Self {
            scope: StoredValue::new(scope),
            labels: StoredValue::default(),
            optional: RwSignal::default(),
            typed: StoredValue::new(typed),
            lost: StoredValue::new(lost),
            again: RwSignal::default(),
            problems: RwSignal::new(problems),
            summary: RwSignal::new(summary),
            pending: RwSignal::new(false),
        }
    }

    /// A form that shows the given problems: for the page that shows every part.
    pub fn showing(scope: &str, problems: Vec<Problem>, summary: Option<String>) -> Self {
        let state = Self::new(scope.to_owned(), None);
        state.problems.set(problems);
        state.summary.set(summary);
        state
    }

    /// Whether the answer is awaited.
    pub fn pending(&self) -> Signal<bool> {
        self.pending.into()
    }

    /// What is wrong at a field.
    pub fn problem(&self, name: &str) -> Signal<Option<String>> {
        let (problems, name) = (self.problems, name.to_owned());
        Signal::derive(move || {
            problems.with(|all| all.iter().find(|one| one.field == name).map(|one| one.message.clone()))
        })
    }

    /// What is wrong with the whole form.
    pub fn summary(&self) -> Signal<Option<String>> {
        self.summary.into()
    }

    /// The problems of all fields that are sentences, in the order of the form, each with its field's label.
    pub fn problems(&self) -> Signal<Vec<(Problem, Option<String>)>> {
        let (problems, labels) = (self.problems, self.labels);
        Signal::derive(move || {
            let label =
                |one: &Problem| labels.with_value(|all| all.iter().position(|(name, _)| *name == one.field));
            let mut all: Vec<(Option<usize>, Problem)> = problems.with(|all| {
                let said = all.iter().filter(|one| !is_carried(&one.field));
                said.map(|one| (label(one), one.clone())).collect()
            });
            // What belongs to no field that is shown stands last.
            all.sort_by_key(|(at, _)| at.unwrap_or(usize::MAX));
            let named = |at: usize| labels.with_value(|all| all.get(at).map(|(_, label)| label.clone()));
            all.into_iter().map(|(at, one)| (one, at.and_then(named))).collect()
        })
    }

    /// Takes down what a field is called.
    pub(super) fn call(&self, name: &str, label: &str) {
        self.labels.update_value(|all| {
            if !all.iter().any(|(known, _)| known == name) {
                all.push((name.to_owned(), label.to_owned()));
            }
        });
    }

    /// Takes down whether a field may be left empty.
    pub(super) fn note(&self, name: &str, optional: bool) {
        if self.optional.with_untracked(|all| all.get(name) != Some(&optional)) {
            self.optional.update(|all| _ = all.insert(name.to_owned(), optional));
        }
    }

    /// Which kind of field says what it is: the rarer one. That is "required" where more of them may be left empty; else those say so that
    /// may, as fields do by themselves.
    pub fn marks(&self) -> Signal<Option<&'static str>> {
        let optional = self.optional;
        Signal::derive(move || {
            let (may, all) = optional.with(|all| (all.values().filter(|may| **may).count(), all.len()));
            (1..may).contains(&(all - may)).then_some("required")
        })
    }

    /// The id of a field's control.
    pub fn field_id(&self, name: &str) -> String {
        self.scope.with_value(|scope| format!("{scope}-{}", slug(name)))
    }

    /// What a field shows at first: what was typed before, else `default`. Secrets are never shown again.
    pub fn value(&self, name: &str, default: String) -> String {
        if name.starts_with(SECRET_PREFIX) {
            return String::new();
        }
        let typed = self.typed.with_value(|typed| typed.as_ref().and_then(|typed| typed.get(name).cloned()));
        typed.unwrap_or(default)
    }

    /// Whether a box is ticked at first. A box that was not ticked is not posted, so a form that came back without it had it empty.
    pub fn ticked(&self, name: &str, value: &str, default: bool) -> bool {
        self.typed.with_value(|typed| match typed {
            Some(typed) => typed.get(name).is_some_and(|posted| posted.lines().any(|line| line == value)),
            None => default,
        })
    }

    /// Whether it is on a page that came back without JavaScript.
    pub fn came_back(&self) -> bool {
        self.typed.with_value(Option::is_some)
    }

    /// Whether something was typed in a secret field that did not come back. The top of the form then asks for `what` again.
    pub fn lost(&self, name: &str, what: &'static str) -> bool {
        let lost = self.lost.with_value(|lost| lost.iter().any(|one| one == name));
        if lost && !self.again.with_untracked(|again| again.contains(&what)) {
            self.again.update(|again| again.push(what));
        }
        lost
    }

    /// What is to be pasted again.
    pub fn again(&self) -> Signal<Vec<&'static str>> {
        self.again.into()
    }

    /// Whether this field has a problem on such a page. Each that has asks for the focus, and browsers give it to the first on the page,
    /// in whatever order the problems were found and the fields were made.
    pub(super) fn came_back_wrong(&self, name: &str) -> bool {
        let wrong = |all: &Vec<Problem>| all.iter().any(|one| one.field == name);
        self.came_back() && !is_carried(name) && self.problems.with_untracked(wrong)
    }
}

/// What the form before left, until the first page is left. The form shows it (and bears `data-came-back`); where it is not on the page
/// any more, the frame does.
#[derive(Clone, Copy)]
pub struct FlashSlot(pub RwSignal<Option<Flash>>);

/// A form that posts to a server function which answers with a [`FormOutcome`].
#[component]
pub fn Form(
    /// The server function: `SignIn::PATH`.
    action: &'static str,
    /// A field that tells this form from others of the same action on the page, and its value; posted hidden.
    #[prop(optional, into)]
    of: Option<(&'static str, String)>,
    /// Loads the next page as a new document: for whatever changes who is signed in.
    #[prop(optional)]
    leaves: bool,
    /// Run when it was done, before the next page comes.
    #[prop(optional, into)]
    on_done: Option<Callback<()>>,
    /// Told why it was refused: a page whose choices may be over by then reads them anew, and leaves that beside them.
    #[prop(optional, into)]
    on_refused: Option<Callback<Flash>>,
    /// The class of the form.
    #[prop(optional)]
    class: &'static str,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let scope =
        of.as_ref().map_or_else(|| slug(action), |(_, value)| format!("{}-{}", slug(action), slug(value)));
    let state = FormState::new(scope, flash_of(action, of.as_ref()));
    let form = NodeRef::<html::Form>::new();
    let (row, act) = (of.is_some(), Acts::of_page());
    let after = After { action, row, leaves, on_done, on_refused, form, state, act };
    let hidden = of.map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    view! {
        <form
            method="post"
            action=action
            class=(!class.is_empty()).then_some(class)
            data-came-back=state.came_back().then_some("")
            data-marks=state.marks()
            node_ref=form
            novalidate
            on:submit=move |event| after.submit(event)
        >
            {hidden}
            <FormProblems state=state />
            // Fields find their form by this.
            <Provider value=state>{children()}</Provider>
        </form>
    }
    .into_any()
}

/// What a form needs after it was sent.
#[derive(Clone, Copy)]
struct After {
    action: &'static str,
    /// Whether it may be one of several of its action on the page.
    row: bool,
    leaves: bool,
    on_done: Option<Callback<()>>,
    on_refused: Option<Callback<Flash>>,
    form: NodeRef<html::Form>,
    state: FormState,
    act: StoredValue<Acts>,
}

/// What a form does to the page around it.
#[derive(Clone)]
struct Acts {
    navigate: std::sync::Arc<dyn Fn(&str) + Send + Sync>,
    path: Memo<String>,
    query: Memo<String>,
    toasts: Option<Toasts>,
    changes: Option<Changes>,
    flash: Option<FlashSlot>,
}

impl Acts {
    fn of_page() -> StoredValue<Self> {
        let navigate = use_navigate();
        let location = use_location();
        StoredValue::new(Self {
            navigate: std::sync::Arc::new(move |to: &str| {
                navigate(to, NavigateOptions { resolve: false, ..Default::default() });
            }),
            path: location.pathname,
            query: location.search,
            toasts: use_context(),
            changes: use_context(),
            flash: use_context(),
        })
    }
}

impl After {
    fn submit(self, event: SubmitEvent) {
        if event.default_prevented() {
            return;
        }
        event.prevent_default();
        if self.state.pending.get_untracked() || self.is_second_half() {
            return;
        }
        self.state.pending.set(true);
        let (body, typed) = (form_post::body_of(&event), form_post::is_typed(&event));
        leptos::task::spawn_local(async move {
            let outcome = match body {
                Some(body) => form_post::post(self.action, body, typed).await,
                None => form_post::failed(typed),
            };
            // The page may be gone by now.
            if self.state.pending.try_set(false).is_none() {
                self.arrive(outcome);
            }
        });
    }

    /// Whether this press was meant for the row before, which moved away when its form was done.
    fn is_second_half(self) -> bool {
        let changes = self.act.try_get_value().and_then(|acts| acts.changes);
        self.row && changes.is_some_and(|changes| changes.has_just(self.action))
    }

    fn arrive(self, outcome: FormOutcome) {
        match outcome {
            FormOutcome::Done { to, message } => self.done(&to, message),
            FormOutcome::Invalid { problems, summary } => {
                if let Some(tell) = self.on_refused {
                    let (form, problems, summary) =
                        (self.action.to_owned(), problems.clone(), summary.clone());
                    tell.run(Flash { form, problems, summary, ..Flash::default() });
                }
                self.state.problems.set(problems);
                self.state.summary.set(summary);
                // What was typed this time is still there.
                self.state.again.set(Vec::new());
                let form = self.form;
                // After the problems are on the page.
                request_animation_frame(move || {
                    if let Some(form) = form.get_untracked() {
                        form_post::focus_first_problem(&form);
                    }
                });
            }
        }
    }

    fn done(self, to: &str, message: Option<String>) {
        self.state.problems.set(Vec::new());
        self.state.summary.set(None);
        self.state.again.set(Vec::new());
        if let Some(act) = self.on_done {
            act.run(());
        }
        if self.leaves {
            dom::leave(to);
            return;
        }
        let Some(acts) = self.act.try_get_value() else { return };
        if let (Some(toasts), Some(message)) = (acts.toasts, message) {
            toasts.say(message);
        }
        // What was refused before is done: a form that is made anew does not show it again.
        if let Some(FlashSlot(left)) = acts.flash {
            left.set(None);
        }
        if let Some(changes) = acts.changes {
            changes.note(self.action);
        }
        let here = acts.path.get_untracked();
        let search = acts.query.get_untracked();
        let here =
            if search.is_empty() { here } else { format!("{here}?{}", search.trim_start_matches('?')) };
        if to == here {
            if let Some(form) = self.form.get_untracked() {
                form.reset();
            }
        } else {
            (acts.navigate)(to);
        }
    }
}

/// The flash, where it is of this form.
fn flash_of(action: &str, of: Option<&(&'static str, String)>) -> Option<Flash> {
    let flash = use_context::<FlashSlot>()?.0.get_untracked()?;
    let mine = flash.form == action && of.is_none_or(|(name, value)| flash.values.get(*name) == Some(value));
    mine.then_some(flash)
}

/// Letters, digits and hyphens: for ids.
fn slug(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let slug: String = text.trim_matches('/').chars().map(plain).collect();
    if slug.starts_with(|c: char| c.is_ascii_alphabetic()) { slug } else { format!("f-{slug}") }
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
