//! `/account`: one's own password, sessions, and what one did.

use leptos::prelude::*;

use super::session_functions::ChangePassword;
use super::sessions_card;
use crate::ui::prelude::*;

/// The page; `record` makes the part that shows what somebody did, which another room does.
pub fn view(record: fn() -> AnyView) -> AnyView {
    let change = || view! { <SubmitButton>"Change password"</SubmitButton> };
    view! {
        <Page title="Your account" icon=Glyph::User>
            <div class="stack">
                <Form action=ChangePassword::PATH class="narrow">
                    <Card title="Password" footer=change>
                        <div class="stack">
                            <TextField
                                name="secret_old"
                                label="Current password"
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
                {sessions_card::card()}
                {record()}
            </div>
        </Page>
    }
    .into_any()
}
