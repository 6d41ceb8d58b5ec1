//! The parts that pages are made of.
//!
//! A caller says what a part means (`ButtonKind::Danger`, `State::Warn`), never how it looks; the classes live in the part and in its style
//! sheet, which bears its name (`style/components/`). All parts are on the page `/style`.
//!
//! ```text
//! <Page title="Catalog" facts=|| "read from 187 files" actions=|| view! { <LinkButton href="/catalog/new" kind=ButtonKind::Primary icon=Glyph::Plus>"Register"</LinkButton> }>…</Page>
//! <Card title="Use it" aside=|| "14 objects">…</Card>          <Card flush=true title="What is there"><Table …/></Card>
//! <KeyValues><Fact name="Owner"><Who name="payments" href="/catalog/…"/></Fact></KeyValues>
//!
//! <Form action=SignIn::PATH leaves=true>                  // posts to a server function that answers with a FormOutcome
//!     <TextField name="username" label="Name" autocomplete="username" />
//!     <TextField name="secret_password" label="Password" kind=TextKind::Secret autocomplete="current-password" />
//!     <SubmitButton>"Sign in"</SubmitButton>
//! </Form>
//! <Form action=DetachTeam::PATH of=("team", team.reference)>…</Form>   // one of several on the page
//! <Form action=ChangeSource::PATH><Version of=source.version />…</Form>   // refused where somebody changed it meanwhile
//! <NumberField name="lifetime" label="Lifetime" unit="days" min=1 max=14 value="3" />
//! <Textarea name="variables" label="Variables" code=true optional=true />
//! <Select name="cluster" label="Where" choices=vec![Choice::new("a", "prod-k8s-2")] />
//! <Segmented name="size" label="Size" choices=vec![Choice::new("s", "Small"), Choice::new("m", "Medium")] value="m" />
//! <RadioCards name="blueprint" label="What" cards=cards />      <Checkbox name="leader" label="Leads it" />
//! <FileDrop name="file" label="Kubeconfig" fills="secret_kubeconfig" />
//!
//! <Table label="Services" columns=vec![Column::new("Name").sorted_by("?sort=-name", Some(Order::Ascending)), Column::number("Deployed")]>
//!     <tr><td class="main"><a href="…" data-row="">"payments-api"</a><span class="under">"Takes payments"</span></td><td class="num">"2 h ago"</td></tr>
//! </Table>
//! <NoRows columns=2><EmptyState why="No services yet" action=|| …/></NoRows>
//! <Facets><Facet title="Kind" values=values more=("?more=kind".into(), "3 more".into()) /></Facets>
//! <FilterChip text="Kind: Service" without="/catalog" />       <Pager summary="1–20 of 203" next="?after=x" keys=true />
//!
//! <Status state=State::Ok text="Ready" />   <Badge text="Tier 1" />   <Time micros=t />   <DateTime micros=t />   {duration(micros)}   <Unknown reason="No checks" />
//! <Steps><Step state=State::Busy word="Running" name=|| view! { "Deploy " <code>"api"</code> } time="22 s" logs=|| view! { <Log label="…" lines=lines /> } /></Steps>
//! <Code label="…" text=yaml language=Language::Yaml mark=12 />  <CopyField text="https://…" />
//! <Tabs label="Environment" tabs=vec![Tab::new("Progress", "/environments/x"), Tab::new("Objects", "/environments/x/objects").counting(14)] />
//! <EmptyState why="No environments yet" action=|| …/>   <ErrorState what="…" id="0190…" />   <Skeleton />   <Banner title="…" action=("/x".into(), "Open".into()) />
//! <button popovertarget="more">"More"</button> <MenuList id="more"><MenuLink href="…" icon=Glyph::User>"Your account"</MenuLink></MenuList>
//! expect_context::<Toasts>().say("Copied");
//! Resource::new(move || changes().get(), |_| accounts())        // read again after each form that was done
//! ```

pub mod ansi;
pub mod ask_form;
pub mod avatar;
pub mod badge;
pub mod banner;
pub mod breadcrumb;
pub mod breaks;
pub mod button;
pub mod card;
pub mod changes;
pub mod checkbox;
pub mod chip;
pub mod code;
pub mod copy;
pub mod dialog;
pub mod dom;
pub mod duration;
pub mod facet;
pub mod field;
pub mod file_drop;
pub mod form;
pub mod form_foot;
mod form_post;
pub mod form_problems;
mod glyph;
pub mod icon;
pub mod key_value;
pub mod log;
pub mod maybe;
pub mod menu;
pub mod message;
pub mod number_field;
pub mod pager;
pub mod radio_cards;
pub mod search_field;
pub mod segmented;
pub mod select;
pub mod skeleton;
pub mod status;
pub mod steps;
pub mod table;
pub mod tabs;
pub mod text_field;
pub mod textarea;
pub mod time;
pub mod toast;
pub mod unknown;
pub mod version;

/// Everything that a page needs, at once.
pub mod prelude {
    pub use super::ask_form::AskForm;
    pub use super::avatar::{Avatar, Who};
    pub use super::badge::Badge;
    pub use super::banner::Banner;
    pub use super::breadcrumb::Crumb;
    pub use super::breaks::{breakable, is_address};
    pub use super::button::{Button, ButtonKind, IconButton, LinkButton, SubmitButton};
    pub use super::card::Card;
    pub use super::checkbox::Checkbox;
    pub use super::chip::{Chip, FilterChip};
    pub use super::code::{Code, Language};
    pub use super::copy::{CopyButton, CopyField};
    pub use super::dialog::Dialog;
    pub use super::duration::{duration, span, whole_duration};
    pub use super::facet::{Facet, FacetValue, Facets};
    pub use super::file_drop::FileDrop;
    pub use super::form::{Form, FormState, changes};
    pub use super::form_foot::FormFoot;
    pub use super::icon::{Glyph, Icon};
    pub use super::key_value::{Fact, KeyValues};
    pub use super::log::{Log, LogLine};
    pub use super::menu::{MenuLink, MenuList};
    pub use super::message::{EmptyState, ErrorState, failed, page_failed, sentence};
    pub use super::number_field::NumberField;
    pub use super::pager::Pager;
    pub use super::radio_cards::{RadioCard, RadioCards};
    pub use super::search_field::SearchField;
    pub use super::segmented::Segmented;
    pub use super::select::{Choice, Select};
    pub use super::skeleton::Skeleton;
    pub use super::status::{State, Status, StatusIcon};
    pub use super::steps::{Step, Steps};
    pub use super::table::{Column, NoRows, Order, Table};
    pub use super::tabs::{Tab, Tabs};
    pub use super::text_field::{TextField, TextKind};
    pub use super::textarea::Textarea;
    pub use super::time::{DateTime, Time, elapsed, page_now};
    pub use super::toast::Toasts;
    pub use super::unknown::{NoValue, Unknown};
    pub use super::version::Version;
    pub use crate::shell::page::{Page, PageAlone};
    /// For the paths of server functions: `SignIn::PATH`.
    pub use server_fn::ServerFn;
}
