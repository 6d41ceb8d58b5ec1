//! `/settings/people/:id`: one account, with what an administrator does with it seldom and knowingly: a link to set a new password,
//! signing it out, full access.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::account_functions::{AccountRow, CreateResetLink, EndSessions, SetAdministrator, account};
use crate::settings::{crumbs_to, failed};
use crate::shell::lazy::lazy_page;
use crate::shell::not_found::NotFound;
use crate::ui::prelude::*;

lazy_page!(PersonPage in settings, view);

fn view() -> AnyView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let page = Resource::new(move || (id(), changes().get()), |(id, _)| account(id));
    view! {
        <Transition fallback=|| view! { <Skeleton lines=5 rows=true /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(Some(row)) => shown(row),
                    Ok(None) => view! { <NotFound what="this account" section=super::section() /> }.into_any(),
                    Err(error) => view! {
                        <Page title="Account" icon=Glyph::User crumbs=crumbs_to("People", "/settings/people")>
                            {failed("This account cannot be shown", &error, "/", "Go home")}
                        </Page>
                    }
                    .into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

fn shown(row: AccountRow) -> AnyView {
    let disabled = row.disabled;
    let badges = move || disabled.then(|| view! { <Status state=State::Off text="Disabled" /> });
    view! {
        <Page
            title=row.name.clone()
            icon=Glyph::User
            crumbs=crumbs_to("People", "/settings/people")
            badges=badges
        >
            <div class="stack narrow">
                {facts(&row)}
                {password(&row)}
                {sessions(&row)}
                {full_access(&row)}
            </div>
        </Page>
    }
    .into_any()
}

fn facts(row: &AccountRow) -> AnyView {
    let role = if row.administrator { "Administrator" } else { "Member" };
    let teams: Vec<String> = row
        .teams
        .iter()
        .map(|team| if team.leader { format!("{} (leader)", team.name) } else { team.name.clone() })
        .collect();
    let teams = if teams.is_empty() { "None".to_owned() } else { teams.join(", ") };
    let username = row.username.clone();
    view! {
        <Card title="Account">
            <KeyValues>
                <Fact name="Username">
                    <code>{username}</code>
                </Fact>
                <Fact name="Role">{role}</Fact>
                <Fact name="Teams">{teams}</Fact>
            </KeyValues>
        </Card>
    }
    .into_any()
}

/// A link for whoever forgot their password.
fn password(row: &AccountRow) -> AnyView {
    let text = if row.disabled {
        format!("{} is disabled. Enable the account before you create a reset link.", row.name)
    } else {
        format!(
            "Creates a link with which {} sets a new password. It works once, for 24 hours, and replaces the link \
             before. When it is used, all sessions of the account end. You see it only once.",
            row.name
        )
    };
    let button = || view! { <SubmitButton icon=Glyph::Key>"Create reset link"</SubmitButton> };
    if row.disabled {
        return view! {
            <Card title="Forgotten password">
                <p class="dim">{text}</p>
            </Card>
        }
        .into_any();
    }
    let id = row.id.to_string();
    view! {
        <Form action=CreateResetLink::PATH>
            <input type="hidden" name="account" value=id />
            <Card title="Forgotten password" footer=button>
                <p class="dim">{text}</p>
            </Card>
        </Form>
    }
    .into_any()
}

/// Who is kept out has no session to end.
fn sessions(row: &AccountRow) -> Option<AnyView> {
    let button = || {
        view! { <SubmitButton kind=ButtonKind::Plain icon=Glyph::SignOut>"Sign out everywhere"</SubmitButton> }
    };
    // Whoever ends their own needs to sign in.
    let (id, own) = (row.id.to_string(), row.own);
    (!row.disabled).then(|| {
        view! {
            <Form action=EndSessions::PATH leaves=own>
                <input type="hidden" name="account" value=id />
                <Card title="Sessions" footer=button>
                    <p class="dim">
                        "Ends the sessions of this account in every browser. The password stays as it is."
                    </p>
                </Card>
            </Form>
        }
        .into_any()
    })
}

/// Makes an administrator, or ends that: asks first, by a box to tick.
fn full_access(row: &AccountRow) -> AnyView {
    let (next, text, label, kind, words) = if row.administrator {
        (
            "false",
            format!("{} is an administrator and has full access to Slipway.", row.name),
            format!("Yes, take full access away from {}", row.name),
            ButtonKind::Danger,
            "Remove as administrator",
        )
    } else {
        (
            "true",
            "An administrator has full access: to sources, clusters, blueprints, accounts, and everything that teams own."
                .to_owned(),
            format!("Yes, give {} full access", row.name),
            ButtonKind::Plain,
            "Make administrator",
        )
    };
    let button = move || view! { <SubmitButton kind=kind icon=Glyph::ShieldCheck>{words}</SubmitButton> };
    // Whoever takes it from themselves needs their pages anew.
    let (id, leaves) = (row.id.to_string(), row.own && row.administrator);
    view! {
        <Form action=SetAdministrator::PATH leaves=leaves>
            <input type="hidden" name="account" value=id />
            <input type="hidden" name="administrator" value=next />
            <Card title="Full access" footer=button>
                <div class="stack">
                    <p class="dim">{text}</p>
                    <Checkbox name="confirmed" label=label />
                </div>
            </Card>
        </Form>
    }
    .into_any()
}
