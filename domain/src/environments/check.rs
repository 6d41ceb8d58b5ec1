//! Does a value fit its parameter? The one validator, used in the browser and on the server.
//!
//! - What it accepts is what JSON Schema accepts for the same text (held by a test against another validator).
//! - A sentence says what is allowed, not what was violated.

mod format;

use std::collections::{BTreeMap, HashSet};

use regex_lite::Regex;
use serde_json::{Map, Value};

use super::schema::*;
use crate::form::Problem;

/// Checks a request's parameters and fills in the defaults of those that are absent.
///
/// The answer holds every parameter that has a value, in the order of the schema.
pub fn check(schema: &Schema, given: &Map<String, Value>) -> Result<Map<String, Value>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut complete = Map::new();
    // No form shows fields of these names, so that it is said of the whole, and once.
    problems.extend(unknown(schema, given).map(|sentence| Problem::at("", sentence)));
    for parameter in &schema.parameters {
        match given.get(&parameter.name).or(parameter.default.as_ref()) {
            Some(value) => {
                let sentences = check_value(parameter, value);
                if let Some(sentence) = sentences.into_iter().next() {
                    problems.push(Problem::at(parameter.name.clone(), sentence));
                }
                complete.insert(parameter.name.clone(), value.clone());
            }
            None if parameter.required => {
                let sentence = "Required.";
                problems.push(Problem::at(parameter.name.clone(), sentence));
            }
            None => {}
        }
    }
    if problems.is_empty() { Ok(complete) } else { Err(problems) }
}

/// The names of which the blueprint has no parameter, the first few of them.
fn unknown(schema: &Schema, given: &Map<String, Value>) -> Option<String> {
    const NAMED: usize = 3;
    let names: Vec<String> = given
        .keys()
        .filter(|name| schema.parameter(name).is_none())
        .map(|name| format!("“{name}”"))
        .collect();
    let named = names[..names.len().min(NAMED)].join(", ");
    match names.len() {
        0 => None,
        1 => Some(format!("The blueprint has no parameter {named}.")),
        many if many <= NAMED => Some(format!("The blueprint has no parameters {named}.")),
        many => Some(format!("The blueprint has no parameters {named} and {} more.", many - NAMED)),
    }
}

/// The values of all parameters for expressions: those without one are `null`.
pub fn with_absent(schema: &Schema, complete: &Map<String, Value>) -> BTreeMap<String, Value> {
    schema
        .parameters
        .iter()
        .map(|parameter| {
            (parameter.name.clone(), complete.get(&parameter.name).cloned().unwrap_or(Value::Null))
        })
        .collect()
}

/// Sentences about one value; empty when it fits.
pub fn check_value(parameter: &Parameter, value: &Value) -> Vec<String> {
    match &parameter.kind {
        Kind::Text(rules) => match value {
            Value::String(text) => {
                let labels: Vec<String> =
                    rules.options.iter().map(|option| label(parameter, option)).collect();
                Texts::of(rules).problem(text, &labels).into_iter().collect()
            }
            _ => vec!["Must be text.".to_owned()],
        },
        Kind::Integer(rules) => match whole(value) {
            Some(number) => integer_problem(parameter, rules, number).into_iter().collect(),
            None => vec![range_words(parameter, rules, "Must be a whole number")],
        },
        Kind::Number(rules) => match value.as_f64() {
            Some(number) => number_problem(rules, number).into_iter().collect(),
            None => vec!["Must be a number.".to_owned()],
        },
        Kind::YesNo if value.is_boolean() => Vec::new(),
        Kind::YesNo => vec!["Must be yes or no (true or false).".to_owned()],
        Kind::List(rules) => list_problems(rules, value),
        Kind::Map(rules) => map_problems(rules, value),
    }
}

/// The title of an option: `x-options`, else made from its value.
pub fn label(parameter: &Parameter, option: &str) -> String {
    let words = parameter.hints.options.iter().find(|words| words.value == option);
    words.map_or_else(|| title_of(option), |words| words.title.clone())
}

/// JSON Schema counts 3.0 as an integer (draft 2020-12, 6.1.1).
fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let real = value.as_f64()?;
        // 2^53: above it a float no longer says which whole number was meant.
        (real.fract() == 0.0 && real.abs() <= 9_007_199_254_740_992.0).then_some(real as i64)
    })
}

/// The rules of texts, with their expression compiled once for all texts that are held against it.
struct Texts<'a> {
    rules: &'a TextRules,
    /// None where there is none, and where it is no expression: then nothing fits.
    expression: Option<Regex>,
}

impl<'a> Texts<'a> {
    fn of(rules: &'a TextRules) -> Self {
        let expression = rules.pattern.as_ref().and_then(|pattern| Regex::new(&pattern.expression).ok());
        Self { rules, expression }
    }

    /// What is wrong with a text; `labels` are those of the options.
    fn problem(&self, text: &str, labels: &[String]) -> Option<String> {
        let rules = self.rules;
        if !rules.options.is_empty() && !rules.options.iter().any(|option| option == text) {
            return Some(format!("Choose one of: {}.", labels.join(", ")));
        }
        let length = text.chars().count() as u64;
        if rules.min.is_some_and(|min| length < min) {
            return Some(match rules.min {
                Some(1) => "Must not be empty.".to_owned(),
                min => format!("At least {} characters.", min.unwrap_or_default()),
            });
        }
        if let Some(max) = rules.max.filter(|max| length > *max) {
            return Some(format!("At most {}. This has {length}.", count(max, "character")));
        }
        let fits = |expression: &Regex| expression.is_match(text);
        if let Some(pattern) = rules.pattern.as_ref().filter(|_| !self.expression.as_ref().is_some_and(fits))
        {
            return Some(format!("Use {}.", pattern.allowed.trim_end_matches('.')));
        }
        rules.format.and_then(|format| format::problem(format, text)).map(str::to_owned)
    }

    /// The same of an entry of a list or a map, whose options have no labels.
    fn entry_problem(&self, value: &Value) -> Option<String> {
        match value {
            Value::String(text) => self.problem(text, &self.rules.options),
            _ => Some("Must be text.".to_owned()),
        }
    }
}

fn integer_problem(parameter: &Parameter, rules: &IntegerRules, number: i64) -> Option<String> {
    if !rules.options.is_empty() && !rules.options.contains(&number) {
        let labels: Vec<String> =
            rules.options.iter().map(|option| label(parameter, &option.to_string())).collect();
        return Some(format!("Choose one of: {}.", labels.join(", ")));
    }
    let low = rules.min.is_some_and(|min| number < min);
    let high = rules.max.is_some_and(|max| number > max);
    if (low || high) && parameter.hints.noun.is_some() {
        return Some(range_words(parameter, rules, ""));
    }
    match (rules.min, rules.max) {
        (Some(min), _) if low => Some(format!("At least {min}.")),
        (_, Some(max)) if high => Some(format!("At most {max}.")),
        _ => match rules.multiple_of {
            Some(step) if number % step != 0 => Some(format!("Must be a multiple of {step}.")),
            _ => None,
        },
    }
}

/// "Must be a port number from 1 to 65535."
fn range_words(parameter: &Parameter, rules: &IntegerRules, without_noun: &str) -> String {
    let start = match &parameter.hints.noun {
        // "A user": it is heard that counts.
        Some(noun) if noun.starts_with(['a', 'e', 'i', 'o', 'u']) && !noun.starts_with("us") => {
            format!("Must be an {noun}")
        }
        Some(noun) => format!("Must be a {noun}"),
        None => without_noun.to_owned(),
    };
    match (rules.min, rules.max) {
        (Some(min), Some(max)) => format!("{start} from {min} to {max}."),
        (Some(min), None) => format!("{start}, at least {min}."),
        (None, Some(max)) => format!("{start}, at most {max}."),
        (None, None) => format!("{start}."),
    }
}

fn number_problem(rules: &NumberRules, number: f64) -> Option<String> {
    [
        rules.min.filter(|min| number < *min).map(|min| format!("At least {min}.")),
        rules.max.filter(|max| number > *max).map(|max| format!("At most {max}.")),
        rules.above.filter(|above| number <= *above).map(|above| format!("Must be more than {above}.")),
        rules.below.filter(|below| number >= *below).map(|below| format!("Must be less than {below}.")),
    ]
    .into_iter()
    .flatten()
    .next()
}

fn list_problems(rules: &ListRules, value: &Value) -> Vec<String> {
    let Value::Array(list) = value else { return vec!["Must be a list of texts.".to_owned()] };
    // What is too long is not looked through.
    if let Some(sentence) = size_problem(list.len(), rules.min, rules.max, "entry") {
        return vec![sentence];
    }
    let (items, mut sentences, mut before) = (Texts::of(&rules.items), Vec::new(), HashSet::new());
    for (i, item) in list.iter().enumerate() {
        let problem = items.entry_problem(item);
        sentences.extend(problem.map(|sentence| format!("Entry {}: {}", i + 1, lower_first(&sentence))));
        if rules.unique && !before.insert(item.to_string()) {
            sentences.push(format!("Entry {}: stands in the list already.", i + 1));
        }
    }
    sentences
}

fn map_problems(rules: &MapRules, value: &Value) -> Vec<String> {
    let Value::Object(map) = value else { return vec!["Must be a map of texts.".to_owned()] };
    if let Some(sentence) = size_problem(map.len(), rules.min, rules.max, "entry") {
        return vec![sentence];
    }
    let (keys, values, mut sentences) = (Texts::of(&rules.keys), Texts::of(&rules.values), Vec::new());
    for (key, value) in map {
        if let Some(sentence) = keys.problem(key, &rules.keys.options) {
            sentences.push(format!("Name {key}: {}", lower_first(&sentence)));
        }
        let problem = values.entry_problem(value);
        sentences.extend(problem.map(|sentence| format!("{key}: {}", lower_first(&sentence))));
    }
    sentences
}

fn size_problem(size: usize, min: Option<u64>, max: Option<u64>, noun: &str) -> Option<String> {
    let size = size as u64;
    if let Some(min) = min.filter(|min| size < *min) {
        return Some(format!("At least {}.", count(min, noun)));
    }
    let max = max.filter(|max| size > *max)?;
    Some(format!("At most {}. This has {size}.", count(max, noun)))
}

fn count(number: u64, noun: &str) -> String {
    match (number, noun) {
        (1, _) => format!("1 {noun}"),
        (_, "entry") => format!("{number} entries"),
        _ => format!("{number} {noun}s"),
    }
}

fn lower_first(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
