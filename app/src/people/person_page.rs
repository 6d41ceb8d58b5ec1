//! `/settings/people/:id`: one account, with what an administrator does with it seldom and knowingly: a link to set a new password,
//! signing it out, disabling it, full access.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::account_functions::{
    AccountDetails, AccountRow, CreateResetLink, DisableAccount, EndSessions, ResetLink, RevokeResetLink,
    SetAdministrator, account,
};
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
                    Ok(Some(details)) => shown(details),
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

fn shown(details: AccountDetails) -> AnyView {
    let AccountDetails { account: row, reset_link } = details;
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
                <div id="password" class="stack">
                    {password(&row)}
                    {reset_link.map(|link| open_link(&row, link))}
                </div>
                {sessions(&row)}
                {access(&row)}
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
        .map(|team| match (team.leader, team.in_catalog) {
            (true, true) => format!("{} (leader)", team.name),
            (true, false) => format!("{} (leader, not in the catalog)", team.name),
            (false, true) => team.name.clone(),
            (false, false) => format!("{} (not in the catalog)", team.name),
        })
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
             before. When it is used, all sessions of the account end. The link is shown only once.",
            row.name
        )
    };
    let button = || view! { <SubmitButton icon=Glyph::Key>"Create reset link"</SubmitButton> };
    if row.disabled {
        return view! {
            <Card title="Reset password">
                <p class="dim">{text}</p>
            </Card>
        }
        .into_any();
    }
    let id = row.id.to_string();
    view! {
        <Form action=CreateResetLink::PATH>
            <input type="hidden" name="account" value=id />
            <Card title="Reset password" footer=button>
                <p class="dim">{text}</p>
            </Card>
        </Form>
    }
    .into_any()
}

/// The link that was made and not used yet, with the way to take it back.
fn open_link(row: &AccountRow, link: ResetLink) -> AnyView {
    let ResetLink { made_by, expires_at } = link;
    let made_by = made_by.unwrap_or_else(|| "the command line".to_owned());
    let id = row.id.to_string();
    let button = || view! { <SubmitButton kind=ButtonKind::Plain>"Revoke reset link"</SubmitButton> };
    view! {
        <Form action=RevokeResetLink::PATH>
            <input type="hidden" name="account" value=id />
            <Card title="Pending reset link" footer=button>
                <p class="dim">
                    {format!("A link made by {made_by} works until ")} <DateTime micros=expires_at /> "."
                </p>
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

/// Keeps the account out, or lets it in again. Nobody keeps themselves out.
fn access(row: &AccountRow) -> Option<AnyView> {
    let (next, words, icon, text) = if row.disabled {
        ("false", "Enable", Glyph::Ok, format!("{} is disabled and cannot sign in.", row.name))
    } else {
        let text = format!(
            "{} can sign in. Disabling the account ends its sessions at once, and nobody can sign in with it.",
            row.name
        );
        ("true", "Disable", Glyph::Lock, text)
    };
    let button = move || view! { <SubmitButton kind=ButtonKind::Plain icon=icon>{words}</SubmitButton> };
    let id = row.id.to_string();
    (!row.own).then(|| {
        view! {
            <Form action=DisableAccount::PATH>
                <input type="hidden" name="account" value=id />
                <input type="hidden" name="disabled" value=next />
                <input type="hidden" name="back" value="true" />
                <Card title="Access" footer=button>
                    <p class="dim">{text}</p>
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
