//! `/welcome/:link`: a one-time link makes an account.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::session_functions::{AcceptInvitation, invitation};
use crate::shell::facts::viewer;
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(WelcomePage in entry, view);

fn view() -> AnyView {
    let params = use_params_map();
    let link = move || params.with(|params| params.get("link").unwrap_or_default());
    let usable = Resource::new(link, invitation);
    view! {
        <PageAlone title="Welcome">
            <Transition fallback=|| view! { <Skeleton lines=4 /> }>
                {move || Suspend::new(async move {
                    match usable.await {
                        Ok(administrator) => account_form(link(), administrator),
                        Err(error) => useless(&error),
                    }
                })}
            </Transition>
        </PageAlone>
    }
    .into_any()
}

/// What stands where a one-time link is good for nothing: why, and a way on.
pub(super) fn useless(error: &ServerFnError) -> AnyView {
    let (href, words) = match viewer() {
        Some(_) => ("/", "Go home"),
        None => ("/sign-in", "Sign in"),
    };
    let sign_in = move || view! { <LinkButton href=href>{words}</LinkButton> };
    view! { <ErrorState what="This link cannot be used" text=sentence(error) action=sign_in /> }.into_any()
}

fn account_form(link: String, administrator: bool) -> AnyView {
    let (title, text) = if administrator {
        (
            "Create the administrator account",
            "This link creates an account with full access to Slipway. It works once.",
        )
    } else {
        ("Create your account", "This link works once.")
    };
    let signed_in = viewer().map(|viewer| {
        view! {
            <Banner
                state=State::Off
                title=format!("You are signed in as {}.", viewer.name)
                text="This link creates another account and signs you in to it."
                action=("/".to_owned(), "Go home".to_owned())
            />
        }
    });
    view! {
        {signed_in}
        <Form action=AcceptInvitation::PATH leaves=true>
            <Card title=title>
                <div class="stack">
                    <p class="dim">{text}</p>
                    <input type="hidden" name="secret_link" value=link />
                    <TextField name="name" label="Your name" help="As others see it." autocomplete="name" autofocus=true />
                    <TextField name="username" label="Username" autocomplete="username" />
                    <TextField
                        name="secret_password"
                        label="Password"
                        kind=TextKind::Secret
                        help="At least 12 characters; a few words are easy to remember."
                        autocomplete="new-password"
                    />
                    <SubmitButton>"Create account"</SubmitButton>
                </div>
            </Card>
        </Form>
    }
    .into_any()
}
