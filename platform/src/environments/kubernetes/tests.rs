//! The driver on the real control plane, as the account of the manifest: what becomes ready, what does not and how that
//! looks, and what is left after a delete.

mod blocked;
mod refused;
mod whole;

use std::time::Duration;

use domain::environments::name::ENVIRONMENT_LABEL;
use domain::environments::readiness::{self, Assessment, Cause};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::*;
use crate::clusters::api::ClusterApi;
use crate::testing::cluster::{api, cluster, post};

/// A place of a test's own.
struct Test {
    driver: Kubernetes,
    admin: ClusterApi,
    target: Target,
}

async fn test(name: &str) -> Option<Test> {
    let cluster = cluster()?;
    let environment = EnvironmentId::from(Uuid::new_v7(uuid::Timestamp::now(uuid::ContextV7::new())));
    let namespace = format!("env-{name}-{}", &environment.to_string()[24..]);
    Some(Test {
        driver: Kubernetes::new(api(&cluster.slipway().await)),
        admin: api(&cluster.admin()),
        target: Target { environment, namespace, uid: None },
    })
}

impl Test {
    fn metadata(&self, name: &str) -> Value {
        json!({
            "name": name, "namespace": self.target.namespace,
            "labels": {ENVIRONMENT_LABEL: self.target.environment.to_string(), "app.kubernetes.io/managed-by": "slipway"},
        })
    }

    fn namespace(&self) -> Value {
        let mut labels = self.metadata("")["labels"].clone();
        for mode in ["enforce", "audit", "warn"] {
            labels[format!("pod-security.kubernetes.io/{mode}")] = json!("restricted");
        }
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.target.namespace, "labels": labels}})
    }

    fn quota(&self, hard: Value) -> Value {
        json!({
            "apiVersion": "v1", "kind": "ResourceQuota", "metadata": self.metadata("environment"), "spec": {"hard": hard},
        })
    }

    /// A deployment that keeps to the restricted pod security standard.
    fn deployment(&self, image: &str, cpu: &str) -> Value {
        let mut pod = self.metadata("web")["labels"].clone();
        pod["app"] = json!("web");
        let resources = json!({"cpu": cpu, "memory": "64Mi"});
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": self.metadata("web"),
            "spec": {
                "replicas": 1, "selector": {"matchLabels": {"app": "web"}},
                "template": {"metadata": {"labels": pod}, "spec": {
                    "automountServiceAccountToken": false,
                    "securityContext": {"runAsNonRoot": true, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}},
                    "containers": [{
                        "name": "web", "image": image, "resources": {"requests": resources, "limits": resources},
                        "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
                    }],
                }},
            },
        })
    }

    async fn apply(&self, step: &str, objects: &[Value]) -> Result<Vec<Applied>> {
        self.driver.apply(&self.target, step, objects, &mut |_| {}).await
    }

    /// Waits until the rules call it blocked, and gives the last assessment with what was there.
    async fn blocked(&self, objects: &[Value]) -> (readiness::Blocked, Vec<Value>) {
        let mut seen = Vec::new();
        let ended = self
            .driver
            .wait_ready(
                &self.target,
                objects,
                Patience::of(Duration::from_secs(60)),
                &CancellationToken::new(),
                &mut |all: &[Value]| {
                    seen = all.to_vec();
                    let assessment = readiness::assess(objects, all, None);
                    let verdict = match &assessment {
                        Assessment::Blocked(_) => Verdict::Failed,
                        Assessment::Ready => Verdict::Ready,
                        Assessment::Progressing { .. } => Verdict::Waiting,
                    };
                    (assessment, verdict)
                },
                &mut |_| {},
            )
            .await
            .expect("a wait");
        match ended {
            Ended::Failed(Assessment::Blocked(blocked)) => (blocked, seen),
            other => panic!("it should be blocked: {other:?}"),
        }
    }

    /// Applies a deployment in a fresh namespace and gives why it is blocked.
    async fn blocked_deployment(&self, deployment: Value) -> (readiness::Blocked, Vec<Value>) {
        let objects = [self.namespace(), deployment];
        self.apply("step", &objects).await.expect("applied");
        self.blocked(&objects[1..]).await
    }

    async fn gone(&self) -> bool {
        for _ in 0..300 {
            if self.driver.namespace_state(&self.target).await.expect("a state") == NamespaceState::Absent {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        false
    }
}

fn assessing<'a>(objects: &'a [Value]) -> impl FnMut(&[Value]) -> (Assessment, Verdict) + 'a {
    move |all| {
        let assessment = readiness::assess(objects, all, None);
        let verdict = if assessment == Assessment::Ready { Verdict::Ready } else { Verdict::Waiting };
        (assessment, verdict)
    }
}
