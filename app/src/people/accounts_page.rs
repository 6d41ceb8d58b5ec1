//! `/settings/people`: who can sign in, and in which teams they are. For administrators.

use leptos::prelude::*;

use super::account_functions::{
    AccountRow, AttachTeam, DetachTeam, DisableAccount, InvitationRow, Invite, People, WithdrawInvitation,
    accounts,
};
use crate::settings::crumbs;
use crate::shell::facts::is_administrator;
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(AccountsPage in settings, view);

fn view() -> AnyView {
    let list = Resource::new(move || changes().get(), |_| accounts());
    view! {
        <Page title="People" icon=Glyph::Users crumbs=crumbs() actions=to_invite>
            <Transition fallback=|| view! { <Skeleton lines=5 rows=true /> }>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(people) => shown(people),
                        Err(error) => {
                            let home = view! { <LinkButton href="/">"Go home"</LinkButton> };
                            page_failed("People cannot be shown", &error, Some(home.into_any()))
                        }
                    }
                })}
            </Transition>
        </Page>
    }
    .into_any()
}

/// The way to the form, which on a telephone is far below the table. It is left to the browser, which takes the keyboard along.
fn to_invite() -> Option<AnyView> {
    let may = is_administrator();
    may.then(|| {
        view! {
            <a class="button" href="#invite" rel="external">
                <Icon of=Glyph::Plus />
                "Invite someone"
            </a>
        }
        .into_any()
    })
}

fn shown(people: People) -> AnyView {
    let People { accounts: rows, invitations, teams } = people;
    let columns =
        vec![Column::new("Name"), Column::new("Teams"), Column::new("Role"), Column::actions("Actions")];
    let choices: Vec<Choice> = std::iter::once(Choice::new("", "Choose a person"))
        .chain(rows.iter().map(|row| Choice::new(row.id.to_string(), row.name.clone())))
        .collect();
    let first = if teams.is_empty() { "The catalog has no teams yet" } else { "Choose a team" };
    let teams = std::iter::once(Choice::new("", first))
        .chain(teams.into_iter().map(|(reference, name)| Choice::new(reference, name)))
        .collect::<Vec<_>>();
    let invite = || view! { <SubmitButton icon=Glyph::Plus>"Create invite link"</SubmitButton> };
    let attach =
        || view! { <SubmitButton kind=ButtonKind::Plain icon=Glyph::Plus>"Add to team"</SubmitButton> };
    view! {
        <div class="stack">
            <Card flush=true title="Who can sign in">
                <Table label="People" columns=columns stacks=true>
                    {rows.into_iter().map(row).collect_view()}
                </Table>
            </Card>
            {open(invitations)}
            <div class="grid cols-even level">
                <Form action=AttachTeam::PATH>
                    <Card title="Teams" footer=attach>
                        <div class="stack">
                            <Select name="account" label="Who" choices=choices />
                            <Select name="team" label="Team" help="A Group of the catalog." choices=teams />
                            <Checkbox
                                name="leader"
                                label="Team leader"
                                help="Can destroy what the team owns. Applies to its sub-teams too."
                            />
                        </div>
                    </Card>
                </Form>
                <div id="invite">
                    <Form action=Invite::PATH>
                        <Card title="Invite someone" footer=invite>
                            <div class="stack">
                                <p class="dim">
                                    "Creates a link that works once and expires after 24 hours. The link is shown only once: send it to one person."
                                </p>
                                <TextField
                                    name="for_whom"
                                    label="For whom"
                                    help="A note for the list of pending invitations."
                                    optional=true
                                />
                                <Checkbox name="administrator" label="Administrator" help="Has full access." />
                            </div>
                        </Card>
                    </Form>
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// Links that were given out and not used yet.
fn open(invitations: Vec<InvitationRow>) -> Option<AnyView> {
    if invitations.is_empty() {
        return None;
    }
    let columns = vec![
        Column::new("For whom"),
        Column::new("Created by").minor(),
        Column::new("Role"),
        Column::number("Created").minor(),
        Column::number("Expires"),
        Column::actions("Revoke"),
    ];
    let rows = invitations.into_iter().map(|link| {
        let role = if link.administrator { "Administrator" } else { "Member" };
        let for_whom = match link.for_whom {
            Some(name) => name.into_any(),
            None => view! { <span class="dim">"No name was noted"</span> }.into_any(),
        };
        view! {
            <tr>
                <td class="main giving">{for_whom}</td>
                <td class="minor" data-label="by">{link.made_by.unwrap_or_else(|| "Slipway, at first start".to_owned())}</td>
                <td data-label="role">{role}</td>
                <td class="num dim minor" data-label="created">
                    <Time micros=link.created_at />
                </td>
                <td class="num dim" data-label="expires">
                    <Time micros=link.expires_at />
                </td>
                <td class="num">
                    <Form action=WithdrawInvitation::PATH of=("id", link.id.to_string())>
                        <SubmitButton kind=ButtonKind::Quiet small=true>"Revoke"</SubmitButton>
                    </Form>
                </td>
            </tr>
        }
    });
    let table = view! {
        <Card flush=true title="Pending invitations">
            <Table label="Pending invitations" columns=columns stacks=true>
                {rows.collect_view()}
            </Table>
        </Card>
    };
    Some(table.into_any())
}

fn row(row: AccountRow) -> AnyView {
    let id = row.id.to_string();
    let teams = row.teams.into_iter().map(|team| {
        let text = if team.leader { format!("{} (leader)", team.name) } else { team.name.clone() };
        let badge = if team.in_catalog {
            view! { <Badge text=text /> }.into_any()
        } else {
            let title = format!("No file defines the group {}, so nothing can be requested for it.", team.name);
            view! { <span title=title><Badge text=format!("{text}, not in the catalog") /></span> }.into_any()
        };
        let (account, label) = (id.clone(), format!("Remove {} from {}", row.name, team.name));
        view! {
            // Others are in the same team: the form is told from theirs by both.
            <Form action=DetachTeam::PATH of=("membership", format!("{account} {}", team.reference)) class="inline-form">
                <input type="hidden" name="account" value=account />
                <input type="hidden" name="team" value=team.reference />
                {badge}
                <button class="button quiet square small" type="submit" aria-label=label.clone() title=label>
                    <Icon of=Glyph::Close />
                </button>
            </Form>
        }
    });
    let may = if row.administrator { "Administrator" } else { "Member" };
    let (next, words) = if row.disabled { ("false", "Enable") } else { ("true", "Disable") };
    // Nobody keeps themselves out.
    let disable = (!row.own).then(|| {
        view! {
            <Form action=DisableAccount::PATH of=("account", id.clone()) class="inline-form">
                <input type="hidden" name="disabled" value=next />
                <SubmitButton kind=ButtonKind::Plain small=true>{words}</SubmitButton>
            </Form>
        }
    });
    let page = format!("/settings/people/{id}");
    // Who is kept out cannot sign in with any password.
    let reset = (!row.disabled).then(|| {
        let href = format!("{page}#password");
        // The place on the page is looked for once, before the account is there, unless the page is loaded anew.
        view! {
            <a class="button small" href=href rel="external">
                "Reset password…"
            </a>
        }
    });
    let state = row.disabled.then(|| view! { <Status state=State::Off text="Disabled" /> });
    view! {
        <tr>
            <td class="main giving">
                <span class="who">
                    <Avatar name=row.name.clone() />
                    <a href=page data-row="">
                        {row.name.clone()}
                    </a>
                </span>
                " "
                {state}
                // Below the name and in no column of its own, so that no width hides it.
                <div class="why username">
                    <span class="sr-only">"username "</span>
                    <code>{row.username}</code>
                </div>
            </td>
            <td class="teams">{teams.collect_view()}</td>
            <td class="dim" data-label="role">{may}</td>
            <td class="num actions">
                <div class="row">{reset} {disable}</div>
            </td>
        </tr>
    }
    .into_any()
}
