//! Colour, type and icons.

use leptos::prelude::*;

use super::Shown;
use crate::ui::prelude::*;

/// The tokens of colour, which `pages/style.css` turns into swatches by their names.
const COLOURS: &[&str] = &[
    "page",
    "surface",
    "raised",
    "rail",
    "pressed",
    "line",
    "line-strong",
    "ink",
    "ink-2",
    "ink-3",
    "control-line",
    "accent",
    "accent-soft",
    "ok",
    "ok-soft",
    "busy",
    "busy-soft",
    "warn",
    "warn-soft",
    "bad",
    "bad-soft",
];

pub fn show(_theme: &'static str) -> AnyView {
    let swatches: Vec<_> = COLOURS
        .iter()
        .map(|name| {
            view! {
                <span class="swatch">
                    <i class=format!("swatch-{name}")></i>
                    <code>{*name}</code>
                </span>
            }
        })
        .collect();
    let glyphs: Vec<_> = Glyph::ALL
        .iter()
        .map(|glyph| {
            view! {
                <span class="swatch">
                    <Icon of=*glyph />
                    {format!("{glyph:?}")}
                </span>
            }
        })
        .collect();
    view! {
        <Shown name="Colour">
            <div class="glyphs">{swatches}</div>
        </Shown>
        <Shown name="Type">
            <p class="sample-28">"28 · 6.20 USD"</p>
            <p class="sample-20">"20 · payments-pr-311"</p>
            <p class="sample-16">"16 · Slipway"</p>
            <p>"14 · The body of every page: quiet, dense, easy to read."</p>
            <p class="sample-13 dim">"13 · Facts and chips"</p>
            <p class="small faint">"12 · Help below fields, heads of tables"</p>
            <p>
                <code>"mono · registry.example.com/payments-api:1.42.0"</code>
            </p>
            <p>
                "A sentence with "
                <a href="/style">"a link"</a>
                " in it, and a key: "
                <kbd>"j"</kbd>
            </p>
        </Shown>
        <Shown name="Icons">
            <div class="glyphs">{glyphs}</div>
        </Shown>
    }
    .into_any()
}
