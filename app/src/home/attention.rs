//! "Needs attention": those of my environments that expire soon, failed, or cannot be destroyed.

use domain::environments::life::State as Life;
use leptos::prelude::*;

use super::functions::AttentionRow;
use crate::environments::{micros, state};
use crate::ui::prelude::*;

/// The card; nothing where nothing needs anybody.
pub fn panel(list: Vec<AttentionRow>) -> Option<AnyView> {
    if list.is_empty() {
        return None;
    }
    let card = view! {
        <Card title="Needs attention" flush=true>
            <ul class="attention">{list.into_iter().map(item).collect_view()}</ul>
        </Card>
    };
    Some(card.into_any())
}

fn item(one: AttentionRow) -> impl IntoView {
    let AttentionRow { row, may_extend } = one;
    let broken = matches!(row.state, Life::Failed | Life::DestroyBlocked);
    let soon = row.warning.is_some();
    let href = format!("/environments/{}", row.id);
    let (hue, word) = if broken {
        (state(row.status.hue), row.status.word)
    } else {
        (State::Warn, "Expires soon".to_owned())
    };
    let problem = broken.then_some(row.status.next);
    let expires = micros(row.expires_at);
    let extend = (soon && may_extend).then(|| {
        let (to, name) = (format!("{href}/extend"), row.name.clone());
        view! {
            <LinkButton href=to icon=Glyph::Clock>
                "Extend"
                <span class="sr-only">" " {name}</span>
            </LinkButton>
        }
    });
    view! {
        <li>
            <div class="what">
                <div class="name">
                    <a href=href data-row="">{row.name}</a>
                    <Status state=hue text=word />
                </div>
                {problem.map(|problem| view! { <p class="text">{problem}</p> })}
                {soon
                    .then(|| {
                        view! {
                            <p class="text">
                                "Expires " <Time micros=expires /> ". Then everything in it is deleted."
                            </p>
                        }
                    })}
            </div>
            {extend}
        </li>
    }
}
