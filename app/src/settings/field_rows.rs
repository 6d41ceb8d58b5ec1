//! The fields of a blueprint's form, as a table.

use domain::environments::form::{Control, Field};
use leptos::prelude::*;

use crate::ui::prelude::*;

/// The table.
#[component]
pub fn FieldRows(fields: Vec<Field>) -> impl IntoView {
    let columns = vec![Column::new("Field"), Column::new("Accepts"), Column::new("Default")];
    let rows = if fields.is_empty() {
        view! { <NoRows columns=3><EmptyState why="It needs only a name" icon=Glyph::ListChecks /></NoRows> }
            .into_any()
    } else {
        fields.into_iter().map(row).collect_view().into_any()
    };
    view! {
        <div class="field-rows">
            <Table label="Fields of the form" columns=columns stacks=true>
                {rows}
            </Table>
        </div>
    }
    .into_any()
}

fn row(field: Field) -> impl IntoView {
    let takes = takes(&field.control);
    let takes = if field.required { format!("{takes}; required") } else { takes };
    let first = match (&field.control, field.initial.as_str()) {
        (Control::Toggle, "") => "no".to_owned(),
        (Control::Toggle, _) => "yes".to_owned(),
        (_, "") => "nothing".to_owned(),
        (_, text) => text.replace('\n', ", "),
    };
    view! {
        <tr>
            <td class="wrap giving">
                {field.label} " " <code class="dim">{field.name}</code>
                {field.help.map(|help| view! { <p class="why">{help}</p> })}
            </td>
            <td class="dim wrap">{takes}</td>
            <td class="dim wrap" data-label="default">{first}</td>
        </tr>
    }
}

fn takes(control: &Control) -> String {
    match control {
        Control::Text { max: Some(max), .. } => format!("Text, at most {max} characters"),
        Control::Text { max: None, .. } => "Text".to_owned(),
        Control::Secret { .. } => "A secret".to_owned(),
        Control::Number { whole, min, max, unit } => {
            let kind = if *whole { "A whole number" } else { "A number" };
            let limits = match (min, max) {
                (Some(min), Some(max)) => format!(" from {min} to {max}"),
                (Some(min), None) => format!(" of at least {min}"),
                (None, Some(max)) => format!(" of at most {max}"),
                (None, None) => String::new(),
            };
            let unit = unit.as_ref().map(|unit| format!(", in {unit}")).unwrap_or_default();
            format!("{kind}{limits}{unit}")
        }
        Control::Toggle => "Yes or no".to_owned(),
        Control::Choice { options, .. } => {
            let labels: Vec<&str> = options.iter().map(|option| option.label.as_str()).collect();
            format!("One of {}", labels.join(", "))
        }
        Control::List => "A list of text".to_owned(),
        Control::Map => "Names with values".to_owned(),
        Control::Entity { kind } => format!("A {kind} of the catalog"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_field_takes_is_said_in_words() {
        let number = |min, max, unit: Option<&str>| Control::Number {
            whole: true,
            min,
            max,
            unit: unit.map(str::to_owned),
        };
        for (control, expected) in [
            (number(Some(1.0), Some(3.0), None), "A whole number from 1 to 3"),
            (number(Some(1.0), None, Some("MiB")), "A whole number of at least 1, in MiB"),
            (Control::Text { max: Some(63), lines: false }, "Text, at most 63 characters"),
            (Control::Toggle, "Yes or no"),
            (Control::Entity { kind: "component".to_owned() }, "A component of the catalog"),
        ] {
            assert_eq!(takes(&control), expected);
        }
    }
}
