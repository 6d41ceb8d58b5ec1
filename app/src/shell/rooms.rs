//! The rooms of the rail, and the commands that lead to pages.

use super::viewer::Viewer;
use crate::ui::icon::Glyph;

/// A room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Its name.
    pub label: &'static str,
    /// Its first page.
    pub href: &'static str,
    /// Its icon.
    pub icon: Glyph,
    /// `g` and this letter lead there.
    pub key: char,
    /// For administrators; stands below.
    pub settings: bool,
}

/// The rooms, from above.
pub const ROOMS: &[Room] = &[
    Room { label: "Home", href: "/", icon: Glyph::Home, key: 'h', settings: false },
    Room { label: "Catalog", href: "/catalog", icon: Glyph::Catalog, key: 'c', settings: false },
    Room {
        label: "Environments",
        href: "/environments",
        icon: Glyph::Environment,
        key: 'e',
        settings: false,
    },
    Room { label: "Settings", href: "/settings", icon: Glyph::Settings, key: 's', settings: true },
];

/// For whoever leads a team: the record of what the team owns. An administrator, who has it below Settings, has the key alone. The palette
/// leads there too.
pub const AUDIT: &Room =
    &Room { label: "Audit", href: "/settings/audit", icon: Glyph::History, key: 'a', settings: false };

impl Room {
    /// Whether a path lies in this room.
    pub fn holds(&self, path: &str) -> bool {
        match path.strip_prefix(self.href) {
            Some(rest) if self.href == "/" => rest.is_empty(),
            Some(rest) => rest.is_empty() || rest.starts_with('/'),
            None => false,
        }
    }
}

/// The rooms that a letter leads whoever looks to.
pub fn by_letter(viewer: Option<&Viewer>) -> impl Iterator<Item = &'static Room> + use<> {
    let administrator = viewer.is_some_and(|viewer| viewer.administrator);
    let audit = viewer.filter(|viewer| viewer.leads || viewer.administrator).map(|_| AUDIT);
    ROOMS.iter().filter(move |room| administrator || !room.settings).chain(audit)
}

/// Something that the command palette offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What it does: "Request environment".
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// Its icon.
    pub icon: Glyph,
    /// More words by which it is found.
    pub words: &'static str,
}

/// The commands that lead to the rooms of whoever looks.
pub fn room_commands(administrator: bool) -> Vec<Command> {
    let rooms = ROOMS.iter().filter(|room| administrator || !room.settings);
    rooms
        .map(|room| Command {
            label: room.label.to_owned(),
            href: room.href.to_owned(),
            icon: room.icon,
            words: "go to page",
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_lies_in_one_room() {
        for (path, expected) in [
            ("/", Some("Home")),
            ("/catalog", Some("Catalog")),
            ("/catalog/default/component/api", Some("Catalog")),
            ("/catalogue", None),
            ("/settings/people", Some("Settings")),
            ("/style", None),
        ] {
            let found: Vec<_> = ROOMS.iter().filter(|room| room.holds(path)).map(|room| room.label).collect();
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{path}");
        }
    }

    #[test]
    fn every_room_has_a_letter_of_its_own() {
        let mut keys: Vec<_> = ROOMS.iter().chain([AUDIT]).map(|room| room.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), ROOMS.len() + 1);
    }

    #[test]
    fn letters_lead_where_whoever_looks_may_go() {
        let letters = |administrator: bool, leads: bool| {
            let name = "Mina".to_owned();
            let viewer = Viewer { name, administrator, in_team: leads, leads, lost_teams: Vec::new() };
            by_letter(Some(&viewer)).map(|room| room.key).collect::<String>()
        };
        assert_eq!(letters(false, false), "hce");
        assert_eq!(letters(false, true), "hcea");
        assert_eq!(letters(true, false), "hcesa");
        assert_eq!(by_letter(None).map(|room| room.key).collect::<String>(), "hce");
    }

    #[test]
    fn settings_are_offered_to_administrators() {
        assert!(room_commands(true).iter().any(|command| command.label == "Settings"));
        assert!(!room_commands(false).iter().any(|command| command.label == "Settings"));
    }
}
