//! `/settings/people`: who can sign in, and in which teams they are. For administrators.

use leptos::prelude::*;

use super::account_functions::{
    AccountRow, AttachTeam, DetachTeam, DisableAccount, InvitationRow, Invite, People, WithdrawInvitation,
    accounts,
};
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(AccountsPage in settings, view);

fn view() -> AnyView {
    let list = Resource::new(move || changes().get(), |_| accounts());
    view! {
        <Page title="People" icon=Glyph::Users crumbs=vec![Crumb::to("Settings", "/settings")]>
            <Transition fallback=|| view! { <Skeleton lines=5 rows=true /> }>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(people) => shown(people),
                        Err(error) => {
                            view! { <ErrorState what="People cannot be shown" text=sentence(&error) /> }.into_any()
                        }
                    }
                })}
            </Transition>
        </Page>
    }
    .into_any()
}

fn shown(people: People) -> AnyView {
    let People { accounts: rows, invitations, teams } = people;
    let columns = vec![
        Column::new("Name"),
        Column::new("Signs in as"),
        Column::new("Teams"),
        Column::new("May").minor(),
        Column::actions("Access"),
    ];
    let choices: Vec<Choice> =
        rows.iter().map(|row| Choice::new(row.id.to_string(), row.name.clone())).collect();
    let first = if teams.is_empty() { "The catalog has no teams yet" } else { "Choose a team" };
    let teams = std::iter::once(Choice::new("", first))
        .chain(teams.into_iter().map(|(reference, name)| Choice::new(reference, name)))
        .collect::<Vec<_>>();
    let invite = || view! { <SubmitButton icon=Glyph::Plus>"Make a link"</SubmitButton> };
    let attach =
        || view! { <SubmitButton kind=ButtonKind::Plain icon=Glyph::Plus>"Add to the team"</SubmitButton> };
    view! {
        <div class="stack">
            <Card flush=true title="Who can sign in">
                <Table label="People" columns=columns stacks=true>
                    {rows.into_iter().map(row).collect_view()}
                </Table>
            </Card>
            {open(invitations)}
            <div class="grid cols-even">
                <Form action=AttachTeam::PATH>
                    <Card title="Teams" footer=attach>
                        <div class="stack">
                            <Select name="account" label="Who" choices=choices />
                            <Select name="team" label="Team" help="A Group of the catalog." choices=teams />
                            <Checkbox
                                name="leader"
                                label="Leads it"
                                help="May destroy what the team owns; holds for the teams below it."
                            />
                        </div>
                    </Card>
                </Form>
                <Form action=Invite::PATH>
                    <Card title="Somebody new" footer=invite>
                        <div class="stack">
                            <p class="dim">
                                "Makes a link that works once, within 24 hours. It is shown to you once: give it to one person."
                            </p>
                            <Checkbox name="administrator" label="As an administrator" help="May do everything." />
                        </div>
                    </Card>
                </Form>
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
        Column::new("Made by"),
        Column::new("For"),
        Column::number("Made"),
        Column::number("Ends"),
        Column::actions("Withdraw"),
    ];
    let rows = invitations.into_iter().map(|link| {
        let whom = if link.administrator { "An administrator" } else { "Somebody new" };
        view! {
            <tr>
                <td class="main giving">{link.made_by.unwrap_or_else(|| "Slipway, at its start".to_owned())}</td>
                <td>{whom}</td>
                <td class="num dim" data-label="made">
                    <Time micros=link.created_at />
                </td>
                <td class="num dim" data-label="ends">
                    <Time micros=link.expires_at />
                </td>
                <td class="num">
                    <Form action=WithdrawInvitation::PATH of=("id", link.id.to_string())>
                        <SubmitButton kind=ButtonKind::Quiet>"Withdraw"</SubmitButton>
                    </Form>
                </td>
            </tr>
        }
    });
    let table = view! {
        <Card flush=true title="Links that were not used yet">
            <Table label="Links that were not used yet" columns=columns stacks=true>
                {rows.collect_view()}
            </Table>
        </Card>
    };
    Some(table.into_any())
}

fn row(row: AccountRow) -> AnyView {
    let id = row.id.to_string();
    let teams = row.teams.into_iter().map(|team| {
        let text = if team.leader { format!("{} (leads)", team.name) } else { team.name.clone() };
        let (account, label) = (id.clone(), format!("Take {} out of {}", row.name, team.name));
        view! {
            <Form action=DetachTeam::PATH of=("team", team.reference) class="inline-form">
                <input type="hidden" name="account" value=account />
                <Badge text=text />
                <button class="button quiet square small" type="submit" aria-label=label.clone() title=label>
                    <Icon of=Glyph::Close />
                </button>
            </Form>
        }
    });
    let may = if row.administrator { "Everything" } else { "What the teams may" };
    let (next, words) = if row.disabled { ("false", "Let in again") } else { ("true", "Keep out") };
    let state = row.disabled.then(|| view! { <Status state=State::Off text="Kept out" /> });
    view! {
        <tr>
            <td class="main giving">
                <Who name=row.name.clone() />
                " "
                {state}
            </td>
            <td class="dim">
                <code class="clip">{row.username}</code>
            </td>
            <td class="teams">{teams.collect_view()}</td>
            <td class="dim minor" data-label="may do">{may}</td>
            <td class="num">
                <Form action=DisableAccount::PATH of=("account", id)>
                    <input type="hidden" name="disabled" value=next />
                    <SubmitButton kind=ButtonKind::Quiet>{words}</SubmitButton>
                </Form>
            </td>
        </tr>
    }
    .into_any()
}
