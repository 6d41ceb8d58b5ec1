//! `/reset/:link`: a one-time link sets a new password.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::session_functions::{ResetPassword, ResetView, reset};
use crate::shell::facts::viewer;
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(ResetPage in entry, view);

fn view() -> AnyView {
    let params = use_params_map();
    let link = move || params.with(|params| params.get("link").unwrap_or_default());
    let usable = Resource::new(link, reset);
    view! {
        <PageAlone title="New password">
            <Transition fallback=|| view! { <Skeleton lines=4 /> }>
                {move || Suspend::new(async move {
                    match usable.await {
                        Ok(of) => form(link(), of),
                        Err(error) => super::welcome_page::useless(&error),
                    }
                })}
            </Transition>
        </PageAlone>
    }
    .into_any()
}

fn form(link: String, of: ResetView) -> AnyView {
    let ResetView { name, username } = of;
    let signed_in = viewer().map(|viewer| {
        view! {
            <Banner
                state=State::Off
                title=format!("You are signed in as {}.", viewer.name)
                text=format!("This link sets the password of {name} and signs you in as {name}.")
                action=("/".to_owned(), "Go home".to_owned())
            />
        }
    });
    view! {
        {signed_in}
        <Form action=ResetPassword::PATH leaves=true>
            <Card>
                <div class="stack">
                    <p class="dim">
                        "This link sets the password of " <b>{name}</b>
                        ". It works once. All sessions of the account end. You sign in as " <b>{username}</b> "."
                    </p>
                    <input type="hidden" name="secret_link" value=link />
                    <TextField
                        name="secret_new"
                        label="New password"
                        kind=TextKind::Secret
                        help="At least 12 characters; a few words are easy to remember."
                        autocomplete="new-password"
                        autofocus=true
                    />
                    <SubmitButton>"Set password"</SubmitButton>
                </div>
            </Card>
        </Form>
    }
    .into_any()
}
