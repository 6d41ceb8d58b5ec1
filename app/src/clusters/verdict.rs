//! What is known of a cluster, in words: what is wrong before anything else on its page, the rest in a card.

use domain::clusters::{CONNECTED_ALREADY, MANIFEST_ACCOUNT, Standing, TokenEnd};
use domain::form::full_stop;
use domain::time::in_words;
use jiff::Timestamp;
use leptos::prelude::*;

use super::view::{ClusterEndView, ClusterView};
use crate::settings::micros;
use crate::ui::prelude::*;

/// What is wrong with it, since when, and what to do; nothing where nothing is. `end` tells of what lives there, for the sake of which
/// alone Slipway calls a cluster by itself.
pub fn wrong(cluster: &ClusterView, end: Option<&ClusterEndView>) -> Option<(State, String, String)> {
    let (state, _) = cluster.state();
    let (title, text) = match (cluster.standing, &cluster.last_error) {
        (Standing::DoesNotWork, Some(error)) => {
            let since = |words: &str| {
                cluster.error_since.map(|at| format!("{words} {}. ", in_words(at))).unwrap_or_default()
            };
            let times = match cluster.last_contact_at {
                Some(at) => {
                    format!("{}It last answered {}. ", since("It has not worked since"), in_words(at))
                }
                // It has failed since the first call to it.
                None => format!("It has never answered. {}", since("First tried")),
            };
            let calls = match end {
                _ if error.starts_with(CONNECTED_ALREADY) => "",
                None => "No environments live there, so Slipway does not call it by itself. ",
                Some(end) if end.awaited => {
                    "Slipway calls it again by itself, and what waits for it goes on once it answers. "
                }
                Some(_) => "Slipway calls it again when it works on an environment there or looks at one. ",
            };
            let then =
                "Once you have set it right, or changed below how Slipway signs in, use Test to see at once.";
            (error.clone(), format!("{times}{calls}{then}"))
        }
        (Standing::RightsMissing, _) => (
            "Slipway's account lacks permissions".to_owned(),
            // Which account that is, is not kept.
            format!(
                "They are listed under State. Apply slipway-manifest.yaml of this page, which gives them to \
                 {MANIFEST_ACCOUNT}. If Slipway signs in as another account, give that one the same ClusterRole, or \
                 change below how Slipway signs in. Then use Test."
            ),
        ),
        _ => return None,
    };
    Some((state, full_stop(title), text))
}

/// That the token ends soon, or has ended; nothing where it does not say, or later.
pub fn token_warning(end: Option<(Timestamp, TokenEnd)>) -> Option<String> {
    let (at, end) = end?;
    let is = match end {
        TokenEnd::Later => return None,
        TokenEnd::Soon => "is",
        TokenEnd::Over => "was",
    };
    Some(format!("The token that Slipway signs in with {is} valid until {}.", in_words(at)))
}

/// Whether credentials of image registries are kept, and for which: they themselves are never shown.
fn registry_words(registries: &[String]) -> String {
    match registries {
        [] => "None".to_owned(),
        hosts => format!("Stored for {}", hosts.join(", ")),
    }
}

/// The card.
#[component]
pub fn Verdict(
    /// The cluster.
    cluster: ClusterView,
    /// The image registries whose credentials are kept.
    registries: Vec<String>,
) -> impl IntoView {
    let registries = registry_words(&registries);
    let unknown_version = cluster.why_no_version();
    let heading = match (cluster.standing, &cluster.server_version) {
        (Standing::Works, Some(_)) => Some("It answers. The last test found no missing permissions."),
        (Standing::Works, None) => Some("It answers. Use Test to see whether permissions are missing."),
        (Standing::Untested, _) => Some("It has not been tested yet. Use Test to check it."),
        // That stands at the top of the page.
        (Standing::RightsMissing | Standing::DoesNotWork, _) => None,
    };
    let missing: Vec<_> = cluster
        .missing_rights
        .into_iter()
        .map(|right| view! { <li><StatusIcon state=State::Warn /><span>{right}</span></li> })
        .collect();
    let version = match cluster.server_version {
        Some(version) => view! { <code>{version}</code> }.into_any(),
        None => view! { <Unknown reason=unknown_version /> }.into_any(),
    };
    let contact = match cluster.last_contact_at {
        Some(at) => view! { <Time micros=micros(at) /> }.into_any(),
        None => view! { <Unknown reason="It has never answered" /> }.into_any(),
    };
    let error_at = cluster.last_error_at.filter(|_| cluster.last_error.is_some());
    let said = cluster.error_said.map(|said| {
        view! {
            <details>
                <summary>"What it said"</summary>
                <p class="said">{said}</p>
            </details>
        }
    });
    let token = cluster.token_end.map(|(at, end)| {
        let name = if end == TokenEnd::Over { "Its token ended" } else { "Its token ends" };
        view! { <Fact name=name>{in_words(at)}</Fact> }
    });
    view! {
        <Card title="State">
            <div class="stack">
                {heading.map(|heading| view! { <p>{heading}</p> })}
                {(!missing.is_empty())
                    .then(|| view! { <div><h3>"Missing"</h3><ul class="checks">{missing}</ul></div> })}
                <KeyValues>
                    <Fact name="Kubernetes">{version}</Fact>
                    <Fact name="Last answer">{contact}</Fact>
                    {error_at.map(|at| view! { <Fact name="Last error"><Time micros=micros(at) /></Fact> })}
                    <Fact name="Signs in with">{cluster.how}</Fact>
                    {token}
                    <Fact name="Registry credentials">{breakable(&registries)}</Fact>
                    {cluster.server.map(|server| view! { <Fact name="API"><code>{breakable(&server)}</code></Fact> })}
                </KeyValues>
                {said}
            </div>
        </Card>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::ids::ClusterId;

    use super::*;

    fn cluster(standing: Standing, last_error: Option<&str>) -> ClusterView {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        ClusterView {
            id: "0190a5a0-0000-7000-8000-000000000000".parse::<ClusterId>().expect("an id"),
            name: "prod".to_owned(),
            how: String::new(),
            token_end: None,
            server: None,
            base_domain: None,
            teams: Vec::new(),
            environments_per_team: None,
            server_version: None,
            last_contact_at: Some(at("2026-11-25T09:04:00Z")),
            last_error: last_error.map(str::to_owned),
            last_error_at: Some(at("2026-11-25T10:00:00Z")),
            error_since: Some(at("2026-11-25T09:05:00Z")),
            error_said: None,
            missing_rights: Vec::new(),
            standing,
        }
    }

    #[test]
    fn what_is_wrong_is_said_first_with_since_when() {
        let broken = cluster(Standing::DoesNotWork, Some("The cluster does not answer: refused"));
        let (state, title, text) = wrong(&broken, None).expect("it is broken");
        assert_eq!((state, title.as_str()), (State::Bad, "The cluster does not answer: refused."));
        let times =
            "It has not worked since 25 Nov 2026, 09:05 UTC. It last answered 25 Nov 2026, 09:04 UTC. ";
        assert!(text.starts_with(times), "{text}");
        // What never worked is not said to work no more.
        let never = ClusterView { last_contact_at: None, ..broken };
        let text = wrong(&never, None).expect("it is broken").2;
        let times = "It has never answered. First tried 25 Nov 2026, 09:05 UTC. No environments live there";
        assert!(text.starts_with(times), "{text}");
        let untimed = ClusterView { error_since: None, ..never };
        let text = wrong(&untimed, None).expect("it is broken").2;
        assert!(text.starts_with("It has never answered. No environments live there"), "{text}");
        let weak = cluster(Standing::RightsMissing, None);
        let (state, title, text) = wrong(&weak, None).expect("it lacks something");
        assert_eq!((state, title.as_str()), (State::Warn, "Slipway's account lacks permissions."));
        // Once it was applied, applying it again helps no other account.
        assert_eq!(
            text,
            "They are listed under State. Apply slipway-manifest.yaml of this page, which gives them to the account \
             slipway of the namespace slipway. If Slipway signs in as another account, give that one the same \
             ClusterRole, or change below how Slipway signs in. Then use Test."
        );
        for well in [Standing::Works, Standing::Untested] {
            assert_eq!(wrong(&cluster(well, None), None), None);
        }
    }

    #[test]
    fn a_token_that_ends_soon_or_has_ended_is_told() {
        let at = "2026-12-01T08:01:00Z".parse::<Timestamp>().expect("a time");
        let told = |end| token_warning(Some((at, end)));
        let soon = "The token that Slipway signs in with is valid until 1 Dec 2026, 08:01 UTC.";
        let over = "The token that Slipway signs in with was valid until 1 Dec 2026, 08:01 UTC.";
        assert_eq!(told(TokenEnd::Soon).as_deref(), Some(soon));
        assert_eq!(told(TokenEnd::Over).as_deref(), Some(over));
        assert_eq!((told(TokenEnd::Later), token_warning(None)), (None, None));
    }

    #[test]
    fn for_which_registries_credentials_are_kept_is_told() {
        assert_eq!(registry_words(&[]), "None");
        let hosts = ["ghcr.io", "registry.example.com"].map(str::to_owned);
        assert_eq!(registry_words(&hosts), "Stored for ghcr.io, registry.example.com");
    }

    #[test]
    fn whether_it_is_called_again_depends_on_what_lives_there() {
        let broken = cluster(Standing::DoesNotWork, Some("The cluster does not answer: refused"));
        let said = |end: Option<&ClusterEndView>| wrong(&broken, end).expect("it is broken").2;
        let awaited =
            ClusterEndView { silent: true, awaited: true, number: 1, first: Vec::new(), seen: String::new() };
        assert!(said(None).contains("Slipway does not call it by itself. "));
        assert!(said(Some(&awaited)).contains("what waits for it goes on once it answers. "));
        let stands = said(Some(&ClusterEndView { awaited: false, ..awaited.clone() }));
        assert!(stands.contains("calls it again when") && !stands.contains("waits"), "{stands}");
        // It answers, and that does not help.
        let twice = cluster(Standing::DoesNotWork, Some("This cluster is connected already, as “lab”"));
        let told = wrong(&twice, Some(&awaited)).expect("it is refused").2;
        assert!(!told.contains("by itself"), "{told}");
    }
}
