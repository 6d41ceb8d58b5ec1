//! `/settings/blueprints/new`: publish a version of a blueprint.

use leptos::prelude::*;

use super::crumbs_to;
use super::functions::PublishBlueprint;
use crate::shell::facts::is_administrator;
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(PublishBlueprintPage in settings, view);

fn view() -> AnyView {
    let body = if is_administrator() {
        form()
    } else {
        super::not_you("You cannot publish blueprints", "Only administrators can publish blueprints")
    };
    view! {
        <Page
            title="Publish a blueprint"
            icon=Glyph::FileCode
            crumbs=crumbs_to("Blueprints", "/settings/blueprints")
            facts=|| view! { <span>"A published version never changes. A new version of the same name takes its place in the list."</span> }
        >
            {body}
        </Page>
    }
    .into_any()
}

fn form() -> AnyView {
    let footer = || {
        view! {
            <FormFoot cancel="/settings/blueprints" remark="Everything is checked first, line by line.">
                <SubmitButton icon=Glyph::Send>"Publish"</SubmitButton>
            </FormFoot>
        }
    };
    view! {
        <Form action=PublishBlueprint::PATH>
            <Card footer=footer>
                <div class="form-grid">
                    <div class="with-script wide">
                        <FileDrop name="blueprint_file" label="From a file" accept=".yaml,.yml" fills="source" optional=true />
                    </div>
                    <Textarea name="source" label="YAML" code=true rows=24 wide=true help="To start, copy the YAML of a published blueprint from its page." />
                </div>
            </Card>
        </Form>
    }
    .into_any()
}
