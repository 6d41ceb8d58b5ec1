//! What the list of environments is narrowed to: its address, so that it can be sent to a colleague and works without JavaScript.

use domain::catalog::reference::EntityRef;
use domain::environments::phase::Phase;
use leptos::prelude::ServerFnError;
use leptos_router::params::ParamsMap;

use super::functions::environments;
use super::view::EnvironmentList;
use crate::shell::query::{search_of, with_search};

/// The page of the list.
pub const LIST: &str = "/environments";

/// What the list is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// Those that whoever looks asked for.
    pub mine: bool,
    /// Those of the teams of whoever looks.
    pub my_teams: bool,
    /// Those that are gone, too, where no group of states is chosen: the search of the catalog leads to all that it found some of.
    pub ended: bool,
    /// A Group's reference.
    pub team: Option<String>,
    /// An entity's reference.
    pub entity: Option<String>,
    /// Words of the name, in their order; or of the name of the team, the entity or the cluster.
    pub name: Option<String>,
    /// The group of states.
    pub phase: Option<Phase>,
}

impl Narrowed {
    /// Of an address; what is no reference or phase narrows nothing.
    pub fn read(query: &ParamsMap) -> Self {
        let is_on = |name: &str| query.get_str(name) == Some("1");
        let reference = |name: &str| {
            let parsed = query.get_str(name)?.parse::<EntityRef>().ok()?;
            Some(parsed.as_str().to_owned())
        };
        Self {
            mine: is_on("mine"),
            my_teams: is_on("my-teams"),
            ended: is_on("ended"),
            team: reference("team"),
            entity: reference("entity"),
            name: query.get_str("q").and_then(filled),
            phase: query.get_str("phase").and_then(Phase::parse),
        }
    }

    /// What stands in its address, each under its name.
    fn pairs(&self) -> Vec<(&'static str, String)> {
        let switch = |on: bool| on.then(|| "1".to_owned());
        let pairs = [
            ("q", self.name.clone()),
            ("phase", self.phase.map(|phase| phase.as_str().to_owned())),
            ("mine", switch(self.mine)),
            ("my-teams", switch(self.my_teams)),
            ("ended", switch(self.ended)),
            ("team", self.team.clone()),
            ("entity", self.entity.clone()),
        ];
        pairs.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// Its address; `after` is where the page before ended.
    pub fn href(&self, after: Option<&str>) -> String {
        let after = after.map(|after| ("after", after.to_owned()));
        with_search(LIST, &search_of(self.pairs().into_iter().chain(after)))
    }

    /// The address with other words.
    pub fn with_name(&self, text: &str) -> String {
        Self { name: filled(text), ..self.clone() }.href(None)
    }

    /// The same of another group of states, which says by itself whether what has ended is listed; or with none, of all that lives.
    pub fn in_phase(&self, phase: Option<Phase>) -> Self {
        Self { phase, ended: false, ..self.clone() }
    }

    /// The same of what has ended.
    pub fn only_ended(&self) -> Self {
        self.in_phase(Some(Phase::Ended))
    }

    /// What stands in the address besides what the form of the search has fields for: the words, and the team, which is hidden in one
    /// where there is no choice.
    pub fn besides_form(&self) -> Vec<(&'static str, String)> {
        self.pairs().into_iter().filter(|(name, _)| !matches!(*name, "q" | "team")).collect()
    }

    /// Whether anything but whose they are leaves some out.
    pub fn is_narrow(&self) -> bool {
        self.team.is_some() || self.entity.is_some() || self.name.is_some() || self.phase.is_some()
    }

    /// A page of the list.
    pub async fn list(self, after: Option<String>) -> Result<EnvironmentList, ServerFnError> {
        let phase = self.phase.map(|phase| phase.as_str().to_owned());
        let Self { mine, my_teams, ended, team, entity, name, .. } = self;
        environments(mine, ended, team, entity, after, name, phase, my_teams).await
    }
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Narrowed {
        Narrowed::read(&pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn the_next_page_keeps_what_the_list_was_narrowed_to() {
        assert_eq!(Narrowed::default().href(None), "/environments");
        assert_eq!(Narrowed::default().href(Some("x")), "/environments?after=x");
        let narrowed = read(&[
            ("mine", "1"),
            ("ended", "1"),
            ("team", "group:default/payments"),
            ("entity", "component:default/api"),
            ("q", " pay & pr "),
            ("phase", "needs-attention"),
        ]);
        assert_eq!(
            narrowed.href(Some("x")),
            "/environments?q=pay%20%26%20pr&phase=needs-attention&mine=1&ended=1&team=group:default/payments&entity=component:default/api&after=x"
        );
        assert_eq!(Narrowed { mine: true, ..Narrowed::default() }.with_name("a"), "/environments?q=a&mine=1");
        assert_eq!(read(&[("my-teams", "1")]).with_name("a"), "/environments?q=a&my-teams=1");
        assert_eq!(read(&[("q", "a")]).with_name("  "), "/environments");
    }

    #[test]
    fn what_is_no_reference_and_no_phase_narrows_nothing() {
        let pairs = [("team", "a&b=c"), ("mine", "yes"), ("phase", "nonsense"), ("q", " ")];
        assert_eq!(read(&pairs), Narrowed::default());
        assert!(!Narrowed { mine: true, ended: true, ..Narrowed::default() }.is_narrow());
        assert!(read(&[("phase", "ready")]).is_narrow());
    }

    #[test]
    fn the_form_keeps_what_it_has_no_field_for() {
        let narrowed = read(&[("q", "a"), ("team", "group:default/payments"), ("phase", "ready")]);
        assert_eq!(narrowed.besides_form(), [("phase", "ready".to_owned())]);
        let narrowed = read(&[("mine", "1"), ("ended", "1")]);
        assert_eq!(narrowed.besides_form(), [("mine", "1".to_owned()), ("ended", "1".to_owned())]);
    }

    #[test]
    fn a_group_of_states_says_by_itself_whether_what_has_ended_is_listed() {
        let kept = read(&[("q", "a"), ("ended", "1")]);
        assert_eq!(kept.href(None), "/environments?q=a&ended=1", "an address that somebody kept goes on");
        assert_eq!(kept.in_phase(Some(Phase::Ready)).href(None), "/environments?q=a&phase=ready");
        assert_eq!(kept.in_phase(None).href(None), "/environments?q=a");
        assert_eq!(kept.only_ended().href(None), "/environments?q=a&phase=ended");
    }
}
