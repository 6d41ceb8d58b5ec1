//! Environments: the list, asking for one, its page that follows it live, letting it go.

pub mod ask;
pub mod confirm_pages;
pub mod detail_page;
mod filters;
pub mod functions;
pub mod give_up_page;
mod history;
mod keep_focus;
pub mod list_page;
pub(crate) mod live;
mod missing;
pub mod narrowed;
mod objects;
pub mod of_entity;
mod progress;
#[cfg(feature = "ssr")]
pub mod read;
mod request_fields;
pub mod request_functions;
pub mod request_page;
#[cfg(feature = "ssr")]
mod request_read;
pub mod suggest;
mod use_it;
pub mod view;
mod will_make;

use domain::environments::status::Hue;
use domain::ids::ClusterId;
use jiff::Timestamp;
use leptos::prelude::*;

use crate::shell::facts::is_administrator;
use crate::ui::status::State;
use view::EnvironmentRow;

/// The colour of a status as the parts know it.
pub(crate) fn state(hue: Hue) -> State {
    match hue {
        Hue::Ok => State::Ok,
        Hue::Busy => State::Busy,
        Hue::Warn => State::Warn,
        Hue::Bad => State::Bad,
        Hue::Off => State::Off,
    }
}

/// The page of an entity, of its reference: `component:default/payments-api`.
pub(crate) fn entity_page(reference: &str) -> String {
    format!("/catalog/{}", reference.replacen(':', "/", 1))
}

/// The name of an environment's cluster, which leads to its page for whoever may see that. While something lives on it, it is there.
pub(crate) fn cluster_name(row: &EnvironmentRow, cluster: ClusterId) -> AnyView {
    let name = row.cluster.clone();
    match is_administrator() && !row.state.is_end() {
        true => {
            let href = format!("/settings/clusters/{cluster}");
            view! { <a href=href>{name}</a> }.into_any()
        }
        false => name.into_any(),
    }
}

/// As the parts count time: microseconds since 1970 in UTC.
pub(crate) fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}
