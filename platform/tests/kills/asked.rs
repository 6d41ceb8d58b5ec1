//! Environments: asked for, extended, wanted gone or at the end of their time, while whoever works on them is killed.

use std::collections::BTreeSet;

use domain::environments::kinds;
use domain::environments::life::State;
use domain::environments::name::EXPIRES_ANNOTATION;
use domain::environments::receipt::Verdict;
use domain::ids::EnvironmentId;
use platform::clusters::api::ClusterApi;
use platform::environments::service::{self, EnvironmentPage};
use platform::testing::cluster::{Cluster, api};
use platform::testing::world::{GOOD, World, now};
use rand::Rng;
use rand::rngs::StdRng;

use super::cluster::{Witness, namespaces};

/// What is to become of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Stays,
    Destroyed,
    Expires,
}

struct One {
    id: EnvironmentId,
    fate: Fate,
    extended: usize,
}

/// Those that were asked for.
pub struct Asked {
    all: Vec<One>,
    admin: ClusterApi,
    witness: Witness,
    /// The namespaces that were there before.
    before: BTreeSet<String>,
}

impl Asked {
    /// None yet, on a cluster that is watched from now on.
    pub async fn on(cluster: &Cluster) -> Self {
        let admin = api(&cluster.admin());
        let before = namespaces(&admin).await.into_iter().map(|(name, _)| name).collect();
        Self { all: Vec::new(), witness: Witness::start(&cluster.admin()), admin, before }
    }

    /// One more is asked for, and something is wanted of those that are to stay, whatever is being done with them.
    pub async fn more(&mut self, world: &World, kill: usize, chance: &mut StdRng) {
        let id = world.ask(&format!("kill-{kill}"), GOOD).await;
        self.all.push(One { id, fate: Fate::Stays, extended: 0 });
        if chance.random_bool(0.5)
            && let Some(one) = self.any_that_stays(chance)
        {
            world.destroy(one.id).await;
            one.fate = Fate::Destroyed;
        }
        if chance.random_bool(0.3)
            && let Some(one) = self.any_that_stays(chance)
        {
            world.set_expiry(one.id, 0).await;
            one.fate = Fate::Expires;
        }
        if let Some(one) = self.any_that_stays(chance) {
            let (environments, member) = (&world.environments, &world.member);
            let extended = service::extend_environment(environments, member, one.id, "1d", None, now()).await;
            // One that is extended as far as it goes is left as it is.
            one.extended += usize::from(extended.is_ok());
        }
    }

    fn any_that_stays(&mut self, chance: &mut impl Rng) -> Option<&mut One> {
        let mut staying: Vec<&mut One> = self.all.iter_mut().filter(|one| one.fate == Fate::Stays).collect();
        let chosen = (!staying.is_empty()).then(|| chance.random_range(0..staying.len()))?;
        Some(staying.swap_remove(chosen))
    }

    /// The first that is not yet as it should be.
    pub async fn open(&self, world: &World) -> Option<String> {
        for one in &self.all {
            let page = world.page(one.id).await;
            let right = if one.fate == Fate::Stays { State::Ready } else { State::Destroyed };
            if page.summary.state != right {
                return Some(format!("{} should become {right:?}: {page:#?}", page.summary.name));
            }
            if one.fate == Fate::Stays && self.annotated(&page).await != page.summary.expires_at.to_string() {
                return Some(format!("the namespace of {} does not say its new expiry", page.summary.name));
            }
        }
        None
    }

    /// The expiry that its namespace tells.
    async fn annotated(&self, page: &EnvironmentPage) -> String {
        let namespace = self.admin.get(kinds::NAMESPACE, "", &page.namespace).await.expect("a read");
        let annotations = namespace.map(|mut namespace| namespace["metadata"]["annotations"].take());
        annotations.unwrap_or_default()[EXPIRES_ANNOTATION].as_str().unwrap_or_default().to_owned()
    }

    /// Looks at everything once all is at rest, and tells how much there was.
    pub async fn check(&self, world: &World) -> String {
        let (mut known, mut expected) = (BTreeSet::new(), BTreeSet::new());
        let mut probed = 0;
        for one in &self.all {
            let page = world.page(one.id).await;
            let made = self.witness.made(&page.namespace);
            // One that was wanted gone before it began was never made.
            let right = if one.fate == Fate::Stays { made == 1 } else { made <= 1 };
            assert!(right, "{} was made {made} times", page.namespace);
            match one.fate {
                Fate::Stays => drop(expected.insert(page.namespace.clone())),
                Fate::Destroyed | Fate::Expires => {
                    let receipt = page.receipt.as_ref().expect("a receipt");
                    let never_made = receipt.verdict() == Verdict::NeverMade && made == 0;
                    assert!(never_made || receipt.verdict() == Verdict::Gone, "{receipt:#?}");
                }
            }
            known.insert(page.namespace.clone());
            for step in 0..page.operation.as_ref().map_or(0, |operation| operation.steps.len()) {
                let log = world.log(&page, step).await;
                let asks =
                    |line: &&String| line.contains("interrupted") || line.contains("is not known; asking");
                probed += log.iter().filter(asks).count();
            }
            audited(one, &world.audited(one.id).await);
        }
        let there = namespaces(&self.admin).await.into_iter().map(|(name, _)| name);
        let left: BTreeSet<String> = there.filter(|name| !self.before.contains(name)).collect();
        assert_eq!(left, expected, "nothing but the ready ones is in the cluster");
        let strange = self.witness.names().into_iter();
        let strange: Vec<String> =
            strange.filter(|name| !known.contains(name) && !self.before.contains(name)).collect();
        assert!(strange.is_empty(), "namespaces of nobody: {strange:?}");
        let count = |fate: Fate| self.all.iter().filter(|one| one.fate == fate).count();
        let extended: usize = self.all.iter().map(|one| one.extended).sum();
        assert!(extended > 0 && count(Fate::Expires) > 0, "the seed leaves something out");
        format!(
            "{} environments asked for: {} ready, {} destroyed and {} expired with a receipt, {extended} extensions; {probed} \
             interrupted steps looked after",
            self.all.len(),
            count(Fate::Stays),
            count(Fate::Destroyed),
            count(Fate::Expires),
        )
    }
}

/// Every wish is recorded once, and so is what became of it.
fn audited(one: &One, audit: &[String]) {
    let count = |action: &str| audit.iter().filter(|recorded| recorded.as_str() == action).count();
    let once = |holds: bool| usize::from(holds);
    for (action, expected) in [
        ("environment.request", 1),
        ("environment.extend", one.extended),
        ("environment.destroy", once(one.fate == Fate::Destroyed)),
        ("environment.expire", once(one.fate == Fate::Expires)),
        ("environment.destroyed", once(one.fate != Fate::Stays)),
    ] {
        assert_eq!(count(action), expected, "{action} in {audit:?}");
    }
    let end = if one.fate == Fate::Stays { "environment.ready" } else { "environment.destroyed" };
    let became = audit.iter().rfind(|action| action.as_str() != "environment.extend");
    assert_eq!((count(end), became.map(String::as_str)), (1, Some(end)), "{audit:?}");
}
