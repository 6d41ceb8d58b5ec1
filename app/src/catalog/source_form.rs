//! The form of a source: adding one and changing one.

use domain::catalog::claims::kinds_rule;
use leptos::prelude::*;

use super::source_view::{PlaceView, SourceView};
use super::{labels, words};
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
            name: labels::FOLDER.to_owned(),
            text: "On the server that Slipway runs on.".to_owned(),
            icon: Glyph::Folder,
            disabled: false,
        },
        RadioCard {
            value: "git".to_owned(),
            name: labels::GIT.to_owned(),
            text: "Over HTTPS, or over SSH with the server's key.".to_owned(),
            icon: Glyph::GitBranch,
            disabled: false,
        },
    ];
    let rules = vec![
        Choice::new("default", labels::RULE_DEFAULT),
        Choice::new("all", labels::RULE_ALL),
        Choice::new("all_but", labels::RULE_ALL_BUT),
        Choice::new("only", labels::RULE_ONLY),
    ];
    let hidden = id.map(|id| view! { <input type="hidden" name="id" value=id /> });
    let version = source.as_ref().map(|source| source.version);
    view! {
        <Form action=action class="catalog-source-form">
            {hidden}
            {version.map(|version| view! { <Version of=version /> })}
            <div class="stack">
                <Card title="Where">
                    <div class="form-grid">
                        <TextField
                            name="name"
                            label="Name"
                            value=of(&source, |source| source.name.clone())
                            help="Shown next to its entities."
                            wide=true
                        />
                        <RadioCards
                            name="place"
                            label=labels::PLACE
                            cards=places
                            value=if is_git { "git" } else { "folder" }
                        />
                        <TextField
                            name="location"
                            label="Path or address"
                            kind=TextKind::Code
                            value=of(&source, |source| source.place.location().to_owned())
                            placeholder="/srv/catalog or https://git.example.com/team/catalog.git"
                            help="Do not include a password: the address is stored and shown."
                            wide=true
                        />
                        <div class="git-only">
                            <TextField
                                name="branch"
                                label=labels::BRANCH
                                kind=TextKind::Code
                                value=branch
                                optional=true
                                help="Empty for the repository's default branch."
                            />
                        </div>
                        <TextField
                            name="glob"
                            label=labels::GLOB
                            kind=TextKind::Code
                            value=source.as_ref().and_then(|source| source.glob.clone()).unwrap_or_default()
                            optional=true
                            placeholder="**/catalog-info.yaml"
                            help="Empty for catalog-info.yaml or all.yaml at the root, and what their Locations reference."
                        />
                        <NumberField name="every_minutes" label=labels::EVERY unit="minutes" min=1 max=10_080 value=minutes />
                    </div>
                </Card>
                <Card title="What it may define">
                    <div class="form-grid">
                        <Checkbox
                            name="trusted"
                            label=labels::TRUSTED
                            checked=trusted
                            help="Its files may define users, groups and domains, and take precedence over untrusted sources."
                        />
                        <Select
                            name="rule"
                            label=labels::RULE
                            choices=rules
                            value=rule
                            help="Untrusted: every kind except users, groups and domains. Trusted: every kind."
                            wide=true
                        />
                        <div class="kinds-only">
                            <TextField
                                name="kinds"
                                label=labels::KINDS
                                kind=TextKind::Code
                                value=kinds
                                optional=true
                                placeholder="component, api"
                                help="Separated by commas."
                            />
                        </div>
                        <TextField
                            name="namespaces"
                            label=labels::NAMESPACES
                            kind=TextKind::Code
                            value=namespaces
                            optional=true
                            placeholder="default, shop"
                            help="Empty for all."
                        />
                    </div>
                </Card>
                <FormFoot cancel=back>
                    <SubmitButton icon=Glyph::Check>{submit}</SubmitButton>
                </FormFoot>
            </div>
        </Form>
    }
    .into_any()
}

/// The rule, the kinds and the namespaces, as the fields show them.
fn allowance(source: Option<&SourceView>) -> (&'static str, String, String) {
    let allowance = source.and_then(|source| source.allowance.as_ref());
    let (rule, kinds) = kinds_rule(allowance, source.is_some_and(|source| source.trusted));
    let kinds: Vec<String> = kinds.into_iter().flatten().map(|kind| words::kind(kind)).collect();
    let namespaces = allowance.and_then(|allowance| allowance.namespaces.as_ref());
    let namespaces: Vec<String> = namespaces.into_iter().flatten().cloned().collect();
    (rule, kinds.join(", "), namespaces.join(", "))
}

#[cfg(test)]
mod tests {
    use domain::catalog::claims::Allowance;

    use super::super::source_view::NextRun;
    use super::*;

    fn source(trusted: bool, allowance: Option<Allowance>) -> SourceView {
        SourceView {
            id: "0190a5a0-0000-7000-8000-000000000000".parse().expect("an id"),
            name: "Shop".to_owned(),
            place: PlaceView::Folder("/srv/shop".to_owned()),
            glob: None,
            trusted,
            allowance,
            every_minutes: 10,
            version: 0,
            last_run: None,
            unstored: None,
            findings: 0,
            next: NextRun::Unknown,
        }
    }

    #[test]
    fn kinds_that_follow_from_trust_stay_so_when_namespaces_are_narrowed() {
        for trusted in [false, true] {
            let namespaces = Some(["shop".to_owned()].into());
            let narrowed = Allowance { namespaces, ..Allowance::default_for(trusted) };
            let shown = allowance(Some(&source(trusted, Some(narrowed))));
            assert_eq!(shown, ("default", String::new(), "shop".to_owned()));
        }
        let all = Allowance::default_for(true);
        assert_eq!(allowance(Some(&source(false, Some(all)))).0, "all");
    }
}
