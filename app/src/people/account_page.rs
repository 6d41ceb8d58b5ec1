//! `/account`: one's own password and sessions.

use leptos::prelude::*;

use super::session_functions::{ChangePassword, SignOutEverywhere};
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(AccountPage in settings, view);

fn view() -> AnyView {
    let change = || view! { <SubmitButton>"Change the password"</SubmitButton> };
    let end = || view! { <SubmitButton kind=ButtonKind::Plain icon=Glyph::SignOut>"Sign out everywhere"</SubmitButton> };
    view! {
        <Page title="Your account">
            <div class="stack narrow">
                <Form action=ChangePassword::PATH>
                    <Card title="Password" footer=change>
                        <div class="stack">
                            <TextField
                                name="secret_old"
                                label="Password now"
                                kind=TextKind::Secret
                                autocomplete="current-password"
                            />
                            <TextField
                                name="secret_new"
                                label="New password"
                                kind=TextKind::Secret
                                help="At least 12 characters. Your other sessions end."
                                autocomplete="new-password"
                            />
                        </div>
                    </Card>
                </Form>
                <Form action=SignOutEverywhere::PATH leaves=true>
                    <Card title="Sessions" footer=end>
                        <p class="dim">"Ends your sessions in every browser, this one too."</p>
                    </Card>
                </Form>
            </div>
        </Page>
    }
    .into_any()
}
