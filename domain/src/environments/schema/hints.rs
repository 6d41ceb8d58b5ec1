//! The `x-` keys of a parameter: how the form shows it.

use serde_json::{Map, Value};

use super::read::{Reader, options_of, title_of};
use super::*;
use crate::environments::yaml::child;

impl Reader {
    pub(super) fn hints(&mut self, map: &Map<String, Value>, at: &str, kind: &Kind) -> Hints {
        let widget = self.text(map, at, "x-widget").and_then(|name| match name.as_str() {
            "textarea" => Some(Widget::Textarea),
            "segmented" => Some(Widget::Segmented),
            "select" => Some(Widget::Select),
            _ => {
                self.find(child(at, "x-widget"), "`x-widget` is `textarea`, `segmented` or `select`.");
                None
            }
        });
        let hints = Hints {
            widget,
            unit: self.text(map, at, "x-unit"),
            placeholder: self.text(map, at, "x-placeholder"),
            noun: self.text(map, at, "x-noun"),
            catalog_kind: self.text(map, at, "x-catalog-kind"),
            secret: self.flag(map, at, "x-secret"),
            options: self.options(map, at, kind),
        };
        let numeric = matches!(kind, Kind::Integer(_) | Kind::Number(_));
        let free_text = matches!(kind, Kind::Text(rules) if rules.options.is_empty());
        let chosen = !options_of(kind).is_empty();
        for (key, present, fits, what) in [
            ("x-unit", hints.unit.is_some(), numeric, "a number"),
            ("x-noun", hints.noun.is_some(), numeric, "a number"),
            ("x-catalog-kind", hints.catalog_kind.is_some(), free_text, "free text"),
            ("x-secret", hints.secret, free_text, "free text"),
            ("x-widget", widget == Some(Widget::Textarea), free_text, "free text"),
            ("x-widget", matches!(widget, Some(Widget::Segmented | Widget::Select)), chosen, "an `enum`"),
        ] {
            if present && !fits {
                self.find(child(at, key), format!("`{key}` belongs to {what}."));
            }
        }
        hints
    }

    /// `x-options`: a map from an option to its title, or to `{title, help}`.
    fn options(&mut self, map: &Map<String, Value>, at: &str, kind: &Kind) -> Vec<OptionWords> {
        let here = child(at, "x-options");
        let known = options_of(kind);
        let words = match map.get("x-options") {
            None => return Vec::new(),
            Some(Value::Object(words)) => words,
            Some(_) => {
                self.find(here, "`x-options` must be a map from an option to its title.");
                return Vec::new();
            }
        };
        let mut list = Vec::new();
        for (value, words) in words {
            let here = child(&here, value);
            if !known.contains(value) {
                self.find(&here, format!("`{value}` is not an option of the `enum`."));
            }
            match words {
                Value::String(title) => {
                    list.push(OptionWords { value: value.clone(), title: title.clone(), help: None });
                }
                Value::Object(words) => {
                    self.only(words, &here, &["title", "help"], "an option");
                    let title = self.text(words, &here, "title").unwrap_or_else(|| title_of(value));
                    list.push(OptionWords {
                        value: value.clone(),
                        title,
                        help: self.text(words, &here, "help"),
                    });
                }
                _ => self.find(here, "Write the option's title, or a map with `title` and `help`."),
            }
        }
        list
    }
}
