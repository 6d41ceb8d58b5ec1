//! Relations and teams.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::catalog::query::Facet;
use domain::catalog::search::fold;
use domain::catalog::{EntityRef, Relation};
use domain::people::Person;

use super::{Entry, Snapshot, Visibility};

/// How far teams are followed upwards; deeper nesting is a mistake, and a ring ends sooner.
const MAX_LEVELS: usize = 64;

/// One relation of an entity.
#[derive(Clone, Debug)]
pub struct Related {
    /// As seen from the entity.
    pub relation: Relation,
    /// The other end.
    pub target: EntityRef,
    /// The other end itself; `None` when it is not in the catalog, or the caller does not see it.
    pub entry: Option<Arc<Entry>>,
}

impl Snapshot {
    /// The relations of a reference from both ends, by relation and then by the other end. It need not be in the
    /// catalog: what refers to something that is missing is told too.
    pub fn relations(&self, reference: &EntityRef, visibility: &Visibility) -> Vec<Related> {
        let mut edges: BTreeSet<(Relation, EntityRef)> = BTreeSet::new();
        if let Some(entry) = self.get(reference, visibility) {
            edges.extend(entry.stated.iter().cloned());
        }
        for referrer in self.referrers(reference).map(|entry| entry.reference()) {
            let Some(entry) = self.get(referrer, visibility) else { continue };
            let states = entry.stated.iter().filter(|(_, target)| target == reference);
            edges.extend(states.map(|(relation, _)| (relation.inverse(), referrer.clone())));
        }
        edges
            .into_iter()
            .map(|(relation, target)| Related {
                relation,
                entry: self.get(&target, visibility).cloned(),
                target,
            })
            .collect()
    }

    /// The teams above a team that are in the catalog, nearest first; a ring of parents ends where it closes.
    ///
    /// Rights follow from it, so only what a team itself states as its parent counts: whoever writes a group's `children`
    /// would else make that group's people the leaders of any team.
    pub fn teams_above(&self, team: &EntityRef) -> Vec<EntityRef> {
        let mut above: Vec<EntityRef> = Vec::new();
        let mut at = team;
        while let Some(parent) = self.stated_parent(at) {
            if above.len() == MAX_LEVELS || parent == team || above.contains(parent) {
                break;
            }
            above.push(parent.clone());
            at = parent;
        }
        above
    }

    /// The team that a team names as its parent, if that is in the catalog.
    fn stated_parent(&self, team: &EntityRef) -> Option<&EntityRef> {
        let entry = self.get(team, &Visibility::All)?;
        let (_, parent) = entry.stated.iter().find(|(relation, _)| *relation == Relation::ChildOf)?;
        (parent.kind() == "group" && self.get(parent, &Visibility::All).is_some()).then_some(parent)
    }

    /// Every team that a file describes, by name: those that something new can begin with.
    pub fn teams(&self) -> Vec<Arc<Entry>> {
        self.all_teams().filter(|team| team.orphaned_at.is_none()).cloned().collect()
    }

    /// Every team of the catalog, by name; also those that are orphans, whose people and environments are still there.
    pub fn all_teams(&self) -> impl Iterator<Item = &Arc<Entry>> {
        const EVERYTHING: &Visibility = &Visibility::All;
        self.iter(EVERYTHING).filter(|entry| entry.reference().kind() == "group")
    }

    /// The teams in whose name, as pages have it, the words stand in their order.
    pub fn teams_called(&self, words: &str) -> Vec<EntityRef> {
        let words = fold(words);
        let groups = self.postings(Facet::Kind).get("group").into_iter().flat_map(|numbers| numbers.iter());
        let teams = groups.filter_map(|number| self.entry(number)).map(|team| team.reference());
        let teams = teams.filter(|team| has_in_order(&fold(&self.name_of(team, "group")), &words));
        teams.cloned().collect()
    }

    /// The teams that somebody leads, and those below them: also those that are orphans, or in no file any more, whose people and
    /// environments are still there.
    pub fn teams_led_by(&self, person: &Person) -> Vec<EntityRef> {
        if !person.leads_a_team() {
            return Vec::new();
        }
        let led = person.teams.iter().filter(|membership| membership.leader);
        let mut teams: Vec<EntityRef> = led.map(|membership| membership.team.clone()).collect();
        for group in self.all_teams() {
            let team = group.reference();
            if !teams.contains(team) && person.leads(team, &self.teams_above(team)) {
                teams.push(team.clone());
            }
        }
        teams
    }

    /// The teams that somebody is in, and those below the ones that they lead.
    pub fn teams_of(&self, person: &Person) -> Vec<EntityRef> {
        let mut teams = self.teams_led_by(person);
        for membership in &person.teams {
            if !teams.contains(&membership.team) {
                teams.push(membership.team.clone());
            }
        }
        teams
    }

    /// Whether this is one of [`Snapshot::teams`].
    pub fn has_team(&self, team: &EntityRef) -> bool {
        team.kind() == "group"
            && self.get(team, &Visibility::All).is_some_and(|team| team.orphaned_at.is_none())
    }

    /// Who owns an entity: its owner, if that is in the catalog.
    pub fn owner(&self, reference: &EntityRef) -> Option<EntityRef> {
        let owner = self.get(reference, &Visibility::All)?.entity.owner()?;
        self.get(&owner, &Visibility::All).map(|owner| owner.reference().clone())
    }

    /// References of the components that these teams own, by name.
    pub fn components_of(&self, teams: &[EntityRef]) -> Vec<String> {
        let theirs = self.iter(&Visibility::All).filter(|entry| {
            entry.reference().kind() == "component"
                && entry.entity.owner().is_some_and(|owner| teams.contains(&owner))
        });
        theirs.map(|entry| entry.reference().as_str().to_owned()).collect()
    }
}

fn has_in_order(text: &str, words: &str) -> bool {
    let mut rest = text;
    words.split_whitespace().all(|word| match rest.split_once(word) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}
