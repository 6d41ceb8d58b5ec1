//! The form of a source: adding one and changing one.

use domain::catalog::claims::AllowedKinds;
use leptos::prelude::*;

use super::source_view::{PlaceView, SourceView};
use super::words;
use crate::ui::prelude::*;

/// The fields, filled from a source where there is one.
#[component]
pub fn SourceFieldsForm(
    /// The server function that they are posted to.
    action: &'static str,
    /// The source that is changed.
    source: Option<SourceView>,
    /// What the button says.
    submit: &'static str,
    /// Where one goes who changes nothing.
    back: String,
) -> impl IntoView {
    let id = source.as_ref().map(|source| source.id.to_string());
    let of = |source: &Option<SourceView>, get: fn(&SourceView) -> String| {
        source.as_ref().map(get).unwrap_or_default()
    };
    let is_git = source.as_ref().is_some_and(|source| matches!(source.place, PlaceView::Git(..)));
    let branch = match source.as_ref().map(|source| &source.place) {
        Some(PlaceView::Git(_, Some(branch))) => branch.clone(),
        _ => String::new(),
    };
    let (rule, kinds, namespaces) = allowance(source.as_ref());
    let minutes = source.as_ref().map_or_else(|| "10".to_owned(), |source| source.every_minutes.to_string());
    let trusted = source.as_ref().is_some_and(|source| source.trusted);
    let places = vec![
        RadioCard {
            value: "folder".to_owned(),
            name: "Folder".to_owned(),
            text: "On the machine that Slipway runs on.".to_owned(),
            icon: Glyph::Folder,
            disabled: false,
        },
        RadioCard {
            value: "git".to_owned(),
            name: "Git repository".to_owned(),
            text: "By https, or by ssh with the server's key.".to_owned(),
            icon: Glyph::GitBranch,
            disabled: false,
        },
    ];
    let rules = vec![
        Choice::new("default", "What its trust allows"),
        Choice::new("all", "Everything"),
        Choice::new("all_but", "All but some kinds"),
        Choice::new("only", "Only some kinds"),
    ];
    let hidden = id.map(|id| view! { <input type="hidden" name="id" value=id /> });
    view! {
        <Form action=action class="catalog-source-form">
            {hidden}
            <div class="stack">
                <Card title="Where">
                    <div class="form-grid">
                        <TextField
                            name="name"
                            label="Name"
                            value=of(&source, |source| source.name.clone())
                            help="What people see beside an entity"
                            wide=true
                        />
                        <RadioCards
                            name="place"
                            label="Kind"
                            cards=places
                            value=if is_git { "git" } else { "folder" }
                        />
                        <TextField
                            name="location"
                            label="Path or address"
                            kind=TextKind::Code
                            value=of(&source, |source| source.place.location().to_owned())
                            placeholder="/srv/catalog or https://git.example.com/team/catalog.git"
                            help="Leave passwords out of it: it is stored and shown"
                            wide=true
                        />
                        <div class="git-only">
                            <TextField
                                name="branch"
                                label="Branch"
                                kind=TextKind::Code
                                value=branch
                                optional=true
                                help="Empty for the one that the repository names"
                            />
                        </div>
                        <TextField
                            name="glob"
                            label="Files to begin with"
                            kind=TextKind::Code
                            value=source.as_ref().and_then(|source| source.glob.clone()).unwrap_or_default()
                            optional=true
                            placeholder="**/catalog-info.yaml"
                            help="Empty for catalog-info.yaml or all.yaml at the root, and what their Locations name"
                        />
                        <NumberField name="every_minutes" label="Read every" unit="minutes" min=1 max=10_080 value=minutes />
                    </div>
                </Card>
                <Card title="What it may bring">
                    <div class="form-grid">
                        <Checkbox
                            name="trusted"
                            label="Trusted"
                            checked=trusted
                            help="Its files may bring users, groups and domains, and go before those of sources that are not trusted"
                        />
                        <Select
                            name="rule"
                            label="Kinds"
                            choices=rules
                            value=rule
                            help="Without trust: every kind but users, groups and domains. With trust: every kind"
                            wide=true
                        />
                        <div class="kinds-only">
                            <TextField
                                name="kinds"
                                label="Those kinds"
                                kind=TextKind::Code
                                value=kinds
                                optional=true
                                placeholder="component, api"
                                help="With commas between them"
                            />
                        </div>
                        <TextField
                            name="namespaces"
                            label="Namespaces"
                            kind=TextKind::Code
                            value=namespaces
                            optional=true
                            placeholder="default, shop"
                            help="Empty for all"
                        />
                    </div>
                </Card>
                <div class="row">
                    <SubmitButton>{submit}</SubmitButton>
                    <LinkButton href=back kind=ButtonKind::Quiet>
                        "Cancel"
                    </LinkButton>
                </div>
            </div>
        </Form>
    }
    .into_any()
}

/// The rule, the kinds and the namespaces, as the fields show them.
fn allowance(source: Option<&SourceView>) -> (&'static str, String, String) {
    let Some(allowance) = source.and_then(|source| source.allowance.as_ref()) else {
        return ("default", String::new(), String::new());
    };
    let join =
        |names: &std::collections::BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(", ");
    let kinds = |kinds: &std::collections::BTreeSet<String>| {
        kinds.iter().map(|kind| words::kind(kind)).collect::<Vec<_>>().join(", ")
    };
    let namespaces = allowance.namespaces.as_ref().map(join).unwrap_or_default();
    match &allowance.kinds {
        AllowedKinds::All => ("all", String::new(), namespaces),
        AllowedKinds::AllBut(some) => ("all_but", kinds(some), namespaces),
        AllowedKinds::Only(some) => ("only", kinds(some), namespaces),
    }
}
