//! A number with its unit.

use leptos::html;
use leptos::prelude::*;

use super::field::Wiring;
use super::maybe::Maybe;

/// A number with its unit at the right. The server checks what is typed; the limits here let the browser step within them.
#[component]
pub fn NumberField(
    /// The name that the form posts.
    #[prop(into)]
    name: String,
    /// Above it.
    #[prop(into)]
    label: String,
    /// After it: `days`, `replicas`.
    #[prop(optional, into)]
    unit: Maybe<String>,
    /// The smallest.
    #[prop(optional, into)]
    min: Maybe<i64>,
    /// The largest.
    #[prop(optional, into)]
    max: Maybe<i64>,
    /// Whether parts of a unit are allowed.
    #[prop(optional)]
    fractions: bool,
    /// Below it, short.
    #[prop(optional, into)]
    help: Maybe<String>,
    /// What stands in it at first.
    #[prop(optional, into)]
    value: String,
    /// Follows what is typed, and is followed.
    #[prop(optional)]
    bind: Option<RwSignal<String>>,
    /// What the page itself finds wrong while somebody types.
    #[prop(optional, into)]
    problem: Signal<Option<String>>,
    /// May be left empty.
    #[prop(optional)]
    optional: bool,
    /// Cannot be changed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Over the whole width of a form in two columns.
    #[prop(optional)]
    wide: bool,
) -> impl IntoView {
    let (unit, min, max, help) = (unit.0, min.0, max.0, help.0);
    let wiring = Wiring::new(&name, value, problem, help.is_some());
    let node = NodeRef::<html::Input>::new();
    wiring.follow(bind, node);
    let input = view! {
        <input
            node_ref=node
            class="input"
            // No `type=number`: it drops what is no number before anybody can say what is wrong with it.
            type="text"
            inputmode=if fractions { "decimal" } else { "numeric" }
            role="spinbutton"
            aria-valuemin=min
            aria-valuemax=max
            id=wiring.id.clone()
            name=name
            value=wiring.value.clone()
            on:input=move |event| {
                if let Some(bind) = bind {
                    bind.set(event_target_value(&event));
                }
            }
            on:keydown=move |event| {
                let step = match event.key().as_str() {
                    "ArrowUp" => 1,
                    "ArrowDown" => -1,
                    _ => return,
                };
                if let (Some(input), Some(next)) =
                    (node.get_untracked(), stepped(&event_target_value(&event), step, min, max))
                {
                    event.prevent_default();
                    input.set_value(&next);
                    if let Some(bind) = bind {
                        bind.set(next);
                    }
                }
            }
            autocomplete="off"
            required=!optional
            disabled=move || disabled.get()
            autofocus=wiring.autofocus
            aria-invalid=wiring.invalid()
            aria-describedby=wiring.described_by()
        />
    };
    let control = match unit {
        Some(unit) => {
            view! { <div class="with-unit">{input} <span class="unit">{unit}</span></div> }.into_any()
        }
        None => input.into_any(),
    };
    wiring.around(label, optional, help, wide, control)
}

/// The whole number a step further, within the limits. Nothing where there is no whole number.
fn stepped(shown: &str, step: i64, min: Option<i64>, max: Option<i64>) -> Option<String> {
    let shown = shown.trim();
    let number = if shown.is_empty() { min.unwrap_or(0) - step.max(0) } else { shown.parse::<i64>().ok()? };
    let next = number.saturating_add(step);
    let next = min.map_or(next, |min| next.max(min));
    let next = max.map_or(next, |max| next.min(max));
    Some(next.to_string())
}

#[cfg(test)]
mod tests {
    use super::stepped;

    #[test]
    fn arrow_keys_stay_within_the_limits() {
        let cases = [
            ("3", 1, Some("4")),
            ("14", 1, Some("14")),
            ("1", -1, Some("1")),
            ("99", -1, Some("14")),
            ("", 1, Some("1")),
            ("many", 1, None),
            ("1.5", 1, None),
        ];
        for (shown, step, expected) in cases {
            assert_eq!(stepped(shown, step, Some(1), Some(14)).as_deref(), expected, "{shown:?} {step}");
        }
    }
}
