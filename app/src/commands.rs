//! What the palette offers besides the rooms: what can be begun, and the pages within the rooms, each for whoever may.

use crate::shell::rooms::{AUDIT, Command};
use crate::shell::viewer::Viewer;
use crate::ui::icon::Glyph;

/// For whom a command is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    Everyone,
    /// Whoever may ask for an environment.
    Requesters,
    /// Whoever is in a team.
    Members,
    /// Whoever leads a team.
    Leaders,
    Administrators,
}

/// What it does, where it leads, more words by which it is found. What can be begun stands first.
const COMMANDS: &[(For, Glyph, &str, &str, &str)] = &[
    (
        For::Requesters,
        Glyph::Plus,
        "Request environment",
        "/environments/new",
        "new environment create blueprint",
    ),
    (For::Members, Glyph::Refresh, "Refresh sources", "/settings/sources", "read catalog now"),
    (
        For::Administrators,
        Glyph::Plus,
        "Connect a cluster",
        "/settings/clusters/new",
        "new add kubernetes kubeconfig",
    ),
    (
        For::Administrators,
        Glyph::Plus,
        "Add a source",
        "/settings/sources/new",
        "new catalog repository folder git",
    ),
    (For::Administrators, Glyph::Plus, "Publish a blueprint", "/settings/blueprints/new", "new version yaml"),
    (For::Administrators, Glyph::Plus, "Invite someone", "/settings/people", "new account link person"),
    (
        For::Everyone,
        Glyph::FileWarning,
        "Catalog findings",
        "/catalog/problems",
        "why is it not here problems set aside",
    ),
    (For::Administrators, Glyph::Server, "Clusters", "/settings/clusters", "settings connections kubernetes"),
    (
        For::Everyone,
        Glyph::Catalog,
        "Catalog sources",
        "/settings/sources",
        "settings repositories folders git",
    ),
    (For::Everyone, Glyph::FileCode, "Blueprints", "/settings/blueprints", "settings"),
    (For::Administrators, Glyph::Users, "People", "/settings/people", "settings accounts teams members"),
    (For::Administrators, Glyph::ListChecks, "Queue", "/settings/queue", "settings jobs failed"),
    (For::Leaders, AUDIT.icon, AUDIT.label, AUDIT.href, "settings who changed what"),
    (For::Everyone, Glyph::User, "Your account", "/account", "settings password sign out profile"),
];

/// Those of whoever looks.
pub fn commands(viewer: Option<&Viewer>) -> Vec<Command> {
    let may = |whom: For| match (whom, viewer) {
        (_, None) => false,
        (For::Everyone, Some(_)) => true,
        (For::Requesters, Some(viewer)) => viewer.may_request(),
        (For::Members, Some(viewer)) => viewer.administrator || viewer.in_team,
        (For::Leaders, Some(viewer)) => viewer.administrator || viewer.leads,
        (For::Administrators, Some(viewer)) => viewer.administrator,
    };
    let shown = COMMANDS.iter().filter(|(whom, ..)| may(*whom));
    shown
        .map(|(_, icon, label, href, words)| Command {
            label: (*label).to_owned(),
            href: (*href).to_owned(),
            icon: *icon,
            words,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(viewer: Viewer) -> Vec<String> {
        commands(Some(&viewer)).into_iter().map(|command| command.label).collect()
    }

    #[test]
    fn the_palette_offers_what_somebody_may_do_and_no_more() {
        assert_eq!(commands(None), []);
        let everyone = ["Catalog findings", "Catalog sources", "Blueprints", "Your account"];
        let viewer = Viewer {
            name: "Mina".to_owned(),
            administrator: false,
            in_team: false,
            leads: false,
            lost_teams: Vec::new(),
        };
        assert_eq!(labels(viewer.clone()), everyone);
        let member = Viewer { in_team: true, ..viewer.clone() };
        let members = [&["Request environment", "Refresh sources"], &everyone[..]].concat();
        assert_eq!(labels(member.clone()), members);
        let lost = Viewer { lost_teams: vec!["payments".to_owned()], ..member.clone() };
        assert_eq!(labels(lost), members[1..], "for a team that no file defines nothing is requested");
        let leader = labels(Viewer { leads: true, ..member });
        assert_eq!(
            leader.into_iter().filter(|label| !members.contains(&label.as_str())).collect::<Vec<_>>(),
            ["Audit"]
        );
        assert_eq!(labels(Viewer { administrator: true, ..viewer }).len(), COMMANDS.len());
    }

    #[test]
    fn every_command_leads_to_a_page_of_its_own_kind() {
        for (_, _, label, href, words) in COMMANDS {
            assert!(href.starts_with('/'), "{label}");
            assert_eq!(*words, words.to_lowercase(), "{label}: words are compared in lower case");
        }
    }
}
