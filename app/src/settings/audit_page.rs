//! `/settings/audit`: who changed what, and when. Leaders see what concerns their teams, administrators everything.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::functions::audit;
use super::view::{AUDIT_ROOMS, AuditList};
use super::{audit_rows, crumbs, failed};
use crate::shell::facts::viewer;
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(AuditPage in settings, view);

fn view() -> AnyView {
    let (whole, led) = viewer().map_or((false, false), |viewer| (viewer.administrator, viewer.leads));
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
        let rooms = AUDIT_ROOMS.into_iter().filter(|(_, _, of_teams)| whole || *of_teams);
        let rooms = rooms.map(|(name, words, _)| {
            let on = chosen.as_deref() == Some(name);
            view! { <Chip text=words href=address((!on).then_some(name), None) on=on /> }
        });
        view! {
            <Chip text="All" href="/settings/audit" on=chosen.is_none() />
            {rooms.collect_view()}
        }
    };
    let what = match (whole, led) {
        (true, _) => Some("Who changed what, newest first. Entries cannot be edited."),
        (false, true) => Some("Changes to what your teams own, newest first. Entries cannot be edited."),
        (false, false) => None,
    };
    let facts = move || what.map(|what| view! { <span>{what}</span> });
    let chips = what.is_some().then(|| view! { <div class="row">{chips}</div> });
    view! {
        <Page title="Audit" icon=Glyph::History crumbs=crumbs() facts=facts>
            <div class="stack">
                {chips}
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
