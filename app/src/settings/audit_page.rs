//! `/settings/audit`: who changed what, and when.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::functions::audit;
use super::view::{AUDIT_ROOMS, AuditList};
use super::{audit_rows, crumbs, failed};
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(AuditPage in settings, view);

fn view() -> AnyView {
    let query = use_query_map();
    let part = move |name: &'static str| {
        Memo::new(move |_| query.with(|query| query.get(name)).filter(|text| !text.is_empty()))
    };
    let (room, after) = (part("action"), part("after"));
    let list = Resource::new(
        move || (room.get(), after.get(), changes().get()),
        |(room, after, _)| audit(room, after),
    );
    let chips = move || {
        let chosen = room.get();
        let rooms = AUDIT_ROOMS.map(|(name, words)| {
            let on = chosen.as_deref() == Some(name);
            view! { <Chip text=words href=address((!on).then_some(name), None) on=on /> }
        });
        view! {
            <Chip text="All" href="/settings/audit" on=chosen.is_none() />
            {rooms}
        }
    };
    view! {
        <Page title="Audit" icon=Glyph::History crumbs=crumbs() facts=|| view! { <span>"Who changed what, newest first. Entries cannot be edited."</span> }>
            <div class="stack">
                <div class="row">{chips}</div>
                <Transition fallback=|| view! { <Skeleton lines=8 rows=true /> }>
                    {move || {
                        let (room, after) = (room.get(), after.get());
                        Suspend::new(async move {
                            match list.await {
                                Ok(list) => shown(list, room, after),
                                Err(error) => failed("The audit cannot be shown", &error, "/", "Go home"),
                            }
                        })
                    }}
                </Transition>
            </div>
        </Page>
    }
    .into_any()
}

fn address(action: Option<&str>, after: Option<&str>) -> String {
    let pairs = [("action", action), ("after", after)];
    let pairs: Vec<String> =
        pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?))).collect();
    if pairs.is_empty() {
        "/settings/audit".to_owned()
    } else {
        format!("/settings/audit?{}", pairs.join("&"))
    }
}

fn shown(list: AuditList, room: Option<String>, after: Option<String>) -> AnyView {
    let next = list.next.as_ref().map(|after| address(room.as_deref(), Some(after)));
    let first = after.map(|_| address(room.as_deref(), None));
    let summary = audit_rows::summary(&list.rows);
    view! {
        <Card flush=true>{audit_rows::table("Changes", "No changes of this kind yet", list.rows)}</Card>
        <Pager summary=summary first=first next=next />
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn a_filter_is_an_address() {
        assert_eq!(address(None, None), "/settings/audit");
        assert_eq!(address(Some("cluster"), None), "/settings/audit?action=cluster");
        assert_eq!(address(Some("cluster"), Some("x")), "/settings/audit?action=cluster&after=x");
    }
}
