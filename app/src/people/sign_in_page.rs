//! `/sign-in`: a name and a password. It leads back to where somebody wanted to go.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::session_functions::{SignIn, first_start};
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(SignInPage in entry, view);

fn view() -> AnyView {
    let query = use_query_map();
    let next = query.with_untracked(|query| query.get("next")).unwrap_or_else(|| "/".to_owned());
    let done = query.with_untracked(|query| query.get("after")).and_then(|after| done(&after));
    let first = Resource::new(|| (), |()| first_start());
    view! {
        <PageAlone title="Sign in">
            <Form action=SignIn::PATH leaves=true class="stack">
                {done}
                <Card>
                    <div class="stack">
                        <input type="hidden" name="next" value=next />
                        <TextField name="username" label="Username" autocomplete="username" autofocus=true />
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
                        let (words, forgotten) = match first.await {
                            Ok(true) => (
                                "Nobody has an account yet. Slipway printed a link for the first administrator in \
                                 the terminal it was started in. Restart it to get a new one.",
                                None,
                            ),
                            _ => (
                                "No account yet? Ask an administrator for an invite link.",
                                Some("Forgot your password? Ask an administrator for a reset link."),
                            ),
                        };
                        view! {
                            <p class="small dim">{words}</p>
                            {forgotten.map(|words| view! { <p class="small dim">{words}</p> })}
                        }
                    })}
                </Transition>
            </Form>
        </PageAlone>
    }
    .into_any()
}

/// What a form did that could not sign in whoever sent it.
fn done(after: &str) -> Option<AnyView> {
    let (title, text) = match after {
        "account" => ("Your account was created.", "Sign in with it."),
        "password" => ("Your password was changed.", "Sign in with the new one."),
        _ => return None,
    };
    Some(view! { <Banner state=State::Ok title=title text=text /> }.into_any())
}
