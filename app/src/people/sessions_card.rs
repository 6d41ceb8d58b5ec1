//! One's own sessions: since when, in which browser, and a way to end each.

use leptos::prelude::*;

use super::own_session_functions::{EndSession, SessionRow, own_sessions};
use super::session_functions::SignOutEverywhere;
use crate::ui::prelude::*;

/// The part of the page of one's account.
pub fn card() -> AnyView {
    let list = Resource::new(move || changes().get(), |_| own_sessions());
    let everywhere = || {
        view! {
            <Form action=SignOutEverywhere::PATH leaves=true>
                <FormFoot remark="Ends your sessions in every browser, including this one.">
                    <SubmitButton kind=ButtonKind::Plain icon=Glyph::SignOut>"Sign out everywhere"</SubmitButton>
                </FormFoot>
            </Form>
        }
    };
    view! {
        <Card flush=true title="Sessions" footer=everywhere>
            <Transition fallback=|| view! { <Skeleton lines=2 rows=true /> }>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(rows) => table(rows),
                        Err(error) => failed("Your sessions cannot be shown", &error),
                    }
                })}
            </Transition>
        </Card>
    }
    .into_any()
}

fn table(rows: Vec<SessionRow>) -> AnyView {
    let columns = vec![
        Column::new("Browser"),
        Column::number("Signed in"),
        Column::number("Last used"),
        Column::actions("End"),
    ];
    view! {
        <Table label="Sessions" columns=columns stacks=true>
            {rows.into_iter().map(row).collect_view()}
        </Table>
    }
    .into_any()
}

fn row(row: SessionRow) -> AnyView {
    let end = if row.is_this {
        view! { <Badge text="This session" /> }.into_any()
    } else {
        view! {
            <Form action=EndSession::PATH of=("session", row.name)>
                <SubmitButton kind=ButtonKind::Quiet small=true>"End"</SubmitButton>
            </Form>
        }
        .into_any()
    };
    view! {
        <tr>
            <td class="main giving">{row.browser}</td>
            <td class="num dim" data-label="signed in">
                <Time micros=row.began_at />
            </td>
            <td class="num dim" data-label="last used">
                <Time micros=row.seen_at />
            </td>
            <td class="num">{end}</td>
        </tr>
    }
    .into_any()
}
