//! What every field has: a label, help, an error, and the wiring between them (WCAG 2.2, 1.3.1 and 3.3.1).

use domain::form::{full_stop, is_carried};
use leptos::html;
use leptos::prelude::*;

use super::form::FormState;
use super::icon::{Glyph, Icon};

/// How a control is tied to its label, its help and its problem.
#[derive(Clone)]
pub struct Wiring {
    /// The id of the control.
    pub id: String,
    /// What it shows at first.
    pub value: String,
    /// What is wrong.
    pub problem: Signal<Option<String>>,
    /// Whether it asks for the focus, because the page came back with a problem here.
    pub autofocus: bool,
    form: Option<FormState>,
    name: String,
    help: bool,
}

impl Wiring {
    /// Of the field `name` in the form around it. `live` is what the page itself finds wrong while somebody types; it stands before what the
    /// server said.
    pub fn new(name: &str, default: String, live: Signal<Option<String>>, help: bool) -> Self {
        let form = use_context::<FormState>();
        // What the form carries is no sentence.
        let said = form.filter(|_| !is_carried(name)).map(|form| form.problem(name)).unwrap_or_default();
        Self {
            id: form.map_or_else(|| format!("field-{name}"), |form| form.field_id(name)),
            value: form.map_or(default.clone(), |form| form.value(name, default)),
            problem: Signal::derive(move || live.get().or_else(|| said.get())),
            autofocus: form.is_some_and(|form| form.came_back_wrong(name)),
            form,
            name: name.to_owned(),
            help,
        }
    }

    /// Whether it takes the focus when the page opens: a page may name one field for that, until its form comes back with problems.
    pub fn takes_focus(&self, named: bool) -> bool {
        self.autofocus || named && !self.form.is_some_and(|form| form.came_back())
    }

    /// Whether a box is ticked at first.
    pub fn ticked(&self, value: &str, default: bool) -> bool {
        self.form.map_or(default, |form| form.ticked(&self.name, value, default))
    }

    /// Keeps a signal and a control in step. What came back with the form, or was typed before the page woke up, goes into the signal first.
    pub fn follow(&self, bind: Option<RwSignal<String>>, node: NodeRef<html::Input>) {
        let Some(bind) = bind else { return };
        if !self.value.is_empty() {
            bind.set(self.value.clone());
        }
        let initial = self.value.clone();
        Effect::new(move |before: Option<()>| {
            let wanted = bind.get();
            if let Some(input) = node.get() {
                let shown = input.value();
                if before.is_none() && shown != initial {
                    bind.set(shown);
                } else if shown != wanted {
                    input.set_value(&wanted);
                }
            }
        });
    }

    /// `aria-invalid`.
    pub fn invalid(&self) -> Signal<Option<&'static str>> {
        let problem = self.problem;
        Signal::derive(move || problem.with(Option::is_some).then_some("true"))
    }

    /// `aria-describedby`: the help, and the problem while there is one.
    pub fn described_by(&self) -> Signal<Option<String>> {
        let (problem, id, help) = (self.problem, self.id.clone(), self.help);
        Signal::derive(move || match (help, problem.with(Option::is_some)) {
            (false, false) => None,
            (true, false) => Some(format!("{id}-help")),
            (false, true) => Some(format!("{id}-error")),
            (true, true) => Some(format!("{id}-error {id}-help")),
        })
    }

    /// The line of help and the problem, as they stand below the control.
    pub fn below(&self, help: Option<String>) -> AnyView {
        let problem = self.problem;
        let (error_id, help_id) = (format!("{}-error", self.id), format!("{}-help", self.id));
        let error = move || problem.get().map(|text| view! { <FieldError id=error_id.clone() text=text /> });
        view! {
            {error}
            {help.map(|text| view! { <div class="help" id=help_id>{text}</div> })}
        }
        .into_any()
    }

    fn call(&self, label: &str) {
        if let Some(form) = self.form {
            form.call(&self.name, label);
        }
    }

    /// Whether it may be left empty, beside its label. Each field bears it; those alone show it that are the rarer kind in their form
    /// (`data-marks`). To a screen reader the control says itself that it is required.
    fn mark(&self, optional: bool) -> AnyView {
        if let Some(form) = self.form {
            form.note(&self.name, optional);
        }
        if optional {
            view! { <span class="opt">"optional"</span> }.into_any()
        } else {
            view! { <span class="must" aria-hidden="true">"required"</span> }.into_any()
        }
    }

    /// A whole field around its control.
    pub fn around(
        &self,
        label: String,
        optional: bool,
        help: Option<String>,
        wide: bool,
        control: AnyView,
    ) -> AnyView {
        self.call(&label);
        let class = if wide { "field wide" } else { "field" };
        view! {
            <div class=class>
                <label for=self.id.clone()>
                    {label} {self.mark(optional)}
                </label>
                {control}
                {self.below(help)}
            </div>
        }
        .into_any()
    }

    /// A whole field around a group of controls, which has a legend instead of a label: one of them is chosen, and nothing is left empty.
    pub fn around_group(&self, label: String, help: Option<String>, wide: bool, control: AnyView) -> AnyView {
        self.call(&label);
        let class = if wide { "field wide" } else { "field" };
        view! {
            <fieldset class=class id=self.id.clone() aria-describedby=self.described_by()>
                <legend>{label}</legend>
                {control}
                {self.below(help)}
            </fieldset>
        }
        .into_any()
    }
}

/// What is wrong at a field.
#[component]
pub fn FieldError(
    /// The id that the control is described by.
    #[prop(into)]
    id: String,
    /// A plain sentence that says what is allowed.
    text: String,
) -> impl IntoView {
    view! {
        <div class="error" id=id>
            <Icon of=Glyph::Problem />
            <span>{full_stop(text)}</span>
        </div>
    }
    .into_any()
}
