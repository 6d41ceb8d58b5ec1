//! What somebody did themselves: a part of the page of their account.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::audit_rows;
use super::functions::own_audit;
use super::view::AuditList;
use crate::shell::facts::viewer;
use crate::ui::prelude::*;

/// The part, with its pages at the address of the page that it stands on.
pub fn section() -> AnyView {
    // An administrator sees everything under Settings.
    let leads = viewer().is_some_and(|viewer| viewer.leads && !viewer.administrator);
    let query = use_query_map();
    let after = Memo::new(move |_| query.with(|query| query.get("after")).filter(|text| !text.is_empty()));
    let list = Resource::new(move || (after.get(), changes().get()), |(after, _)| own_audit(after));
    view! {
        <section id="what-you-did" class="stack">
            <Transition fallback=|| view! { <Skeleton lines=5 rows=true /> }>
                {move || {
                    let after = after.get();
                    Suspend::new(async move {
                        match list.await {
                            Ok(list) => shown(list, after, leads),
                            Err(error) => failed("Your activity cannot be shown", &error),
                        }
                    })
                }}
            </Transition>
        </section>
    }
    .into_any()
}

fn shown(list: AuditList, after: Option<String>, leads: bool) -> AnyView {
    let next = list.next.map(|after| format!("/account?after={after}#what-you-did"));
    let first = after.map(|_| "/account#what-you-did".to_owned());
    let summary = audit_rows::summary(&list.rows);
    let of_teams = move || {
        leads.then(|| view! { <a class="link" href="/settings/audit">"Changes to what your teams own"</a> })
    };
    view! {
        <Card flush=true title="Your activity" aside=of_teams>
            {audit_rows::own_table("Your activity", "You have not changed anything yet", list.rows)}
        </Card>
        <Pager summary=summary first=first next=next label="Pages of your activity" />
    }
    .into_any()
}
