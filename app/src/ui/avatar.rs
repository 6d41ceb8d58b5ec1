//! Who: the initials of a person or a team beside the name.

use super::maybe::Maybe;
use leptos::prelude::*;

/// The first letters of the first and the last word of a name, or the first two of a single word.
pub fn initials(name: &str) -> String {
    let mut words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let (first, last) = (words.next().unwrap_or("?"), words.next_back());
    let letters: String = match last {
        Some(last) => first.chars().take(1).chain(last.chars().take(1)).collect(),
        None => first.chars().take(2).collect(),
    };
    letters.to_uppercase()
}

/// Initials in a circle.
#[component]
pub fn Avatar(
    /// The whole name.
    #[prop(into)]
    name: String,
) -> impl IntoView {
    view! { <span class="avatar" aria-hidden="true">{initials(&name)}</span> }
}

/// A person or a team: initials and name, a link where there is a page.
#[component]
pub fn Who(
    /// The name.
    #[prop(into)]
    name: String,
    /// The page.
    #[prop(optional, into)]
    href: Maybe<String>,
) -> impl IntoView {
    let href = href.0;
    let text = match href {
        Some(href) => view! { <a href=href>{name.clone()}</a> }.into_any(),
        None => view! { <span>{name.clone()}</span> }.into_any(),
    };
    view! { <span class="who"><Avatar name=name /> {text}</span> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_of_people_and_teams() {
        for (name, expected) in [
            ("Mina Okafor", "MO"),
            ("Ana María del Río", "AR"),
            ("payments", "PA"),
            ("team-checkout", "TC"),
            ("Élodie", "ÉL"),
            ("x", "X"),
            ("", "?"),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }
}
