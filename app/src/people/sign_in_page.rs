//! `/sign-in`: a name and a password. It leads back to where somebody wanted to go.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::session_functions::{SignIn, first_start};
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(SignInPage in entry, view);

fn view() -> AnyView {
    let next = use_query_map().with_untracked(|query| query.get("next")).unwrap_or_else(|| "/".to_owned());
    let first = Resource::new(|| (), |()| first_start());
    view! {
        <PageAlone title="Sign in">
            <Form action=SignIn::PATH leaves=true class="stack">
                <Card>
                    <div class="stack">
                        <input type="hidden" name="next" value=next />
                        <TextField name="username" label="Name" autocomplete="username" autofocus=true />
                        <TextField
                            name="secret_password"
                            label="Password"
                            kind=TextKind::Secret
                            autocomplete="current-password"
                        />
                        <SubmitButton>"Sign in"</SubmitButton>
                    </div>
                </Card>
                <Transition>
                    {move || Suspend::new(async move {
                        let words = match first.await {
                            Ok(true) => {
                                "Nobody has an account yet. Slipway printed a link for the first administrator where it was \
                                 started; started again, it prints a new one."
                            }
                            _ => "No account yet? An administrator gives you a link that makes one.",
                        };
                        view! { <p class="small dim">{words}</p> }
                    })}
                </Transition>
            </Form>
        </PageAlone>
    }
    .into_any()
}
