//! The command palette: jump to anything, or begin something, by a few letters. Control-K or Command-K.

use leptos::html;
use leptos::prelude::*;

use super::rooms::Command;
use super::suggest::{Finder, Suggest, Suggestion, Suggestions};
use crate::ui::dialog::{close_outside, follow};
use crate::ui::icon::{Glyph, Icon};
use crate::ui::maybe::Maybe;

/// The palette.
#[component]
pub fn Palette(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What can be done.
    commands: Vec<Command>,
    /// What else can be found.
    #[prop(optional, into)]
    suggest: Maybe<Suggest>,
) -> impl IntoView {
    let suggest = suggest.0;
    let node = NodeRef::<html::Dialog>::new();
    let field = NodeRef::<html::Input>::new();
    let finder = Finder::new("palette-option", suggest, true);
    let commands = StoredValue::new(commands);
    let ask = move |words: String| {
        let near = commands.with_value(|commands| matching(commands, &words));
        finder.ask(words, near);
    };
    follow(node, open);
    Effect::new(move |_| {
        if open.get() {
            if let Some(field) = field.get_untracked() {
                field.set_value("");
            }
            ask(String::new());
        }
    });
    let key = move |event: leptos::ev::KeyboardEvent| {
        if finder.key(&event) && event.key() == "Enter" {
            open.set(false);
        }
    };
    let nothing = move || {
        let words = finder.instead(|| format!("Nothing found for “{}”.", finder.words.get()));
        words.map(|words| view! { <p class="none">{words}</p> })
    };
    view! {
        <dialog
            class="dialog palette"
            node_ref=node
            aria-label="Commands"
            on:close=move |_| open.set(false)
            on:click=move |event| close_outside(node, &event)
        >
            <div class="palette-field">
                <Icon of=Glyph::Search />
                <input
                    node_ref=field
                    type="text"
                    placeholder="Jump to or run a command…"
                    aria-label="Jump to or run a command"
                    autocomplete="off"
                    spellcheck="false"
                    autofocus=true
                    role="combobox"
                    aria-autocomplete="list"
                    aria-controls="palette-list"
                    aria-expanded="true"
                    aria-activedescendant=finder.active()
                    on:input=move |event| ask(event_target_value(&event))
                    on:keydown=key
                />
                <kbd>"Esc"</kbd>
            </div>
            <Suggestions finder=finder id="palette-list" on_open=Callback::new(move |()| open.set(false)) />
            <div class="suggestions" role="status">{nothing}</div>
        </dialog>
    }
    .into_any()
}

/// The commands in which every word occurs, those first whose name begins so.
fn matching(commands: &[Command], words: &str) -> Vec<Suggestion> {
    let words = words.to_lowercase();
    let parts: Vec<&str> = words.split_whitespace().collect();
    let mut found: Vec<(bool, &Command)> = commands
        .iter()
        .filter_map(|command| {
            let label = command.label.to_lowercase();
            let all = parts.iter().all(|part| label.contains(part) || command.words.contains(part));
            let begins = parts.first().is_none_or(|part| label.starts_with(part));
            all.then_some((!begins, command))
        })
        .collect();
    found.sort_by_key(|(later, _)| *later);
    let suggestion = |command: &Command| Suggestion {
        name: command.label.clone(),
        hint: String::new(),
        icon: command.icon,
        href: command.href.clone(),
    };
    found.into_iter().map(|(_, command)| suggestion(command)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::rooms::room_commands;
    use super::*;

    #[test]
    fn commands_are_found_by_any_of_their_words() {
        let mut commands = vec![Command {
            label: "New environment".to_owned(),
            href: "/environments/new".to_owned(),
            icon: Glyph::Plus,
            words: "request create",
        }];
        commands.extend(room_commands(true));
        let names = |words: &str| -> Vec<String> {
            matching(&commands, words).into_iter().map(|one| one.name).collect()
        };
        assert_eq!(names("env"), ["Environments", "New environment"]);
        assert_eq!(names("new env"), ["New environment"]);
        assert_eq!(names("request"), ["New environment"]);
        assert_eq!(names("SETT"), ["Settings"]);
        assert_eq!(names("").len(), 5);
        assert!(names("xyz").is_empty());
    }
}
