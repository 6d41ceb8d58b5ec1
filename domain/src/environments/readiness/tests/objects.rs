//! Objects as a cluster of Kubernetes 1.34 shows them, in each kind of trouble.

use serde_json::{Value, json};

pub const SET: &str = "web-7d4b9c6f5d";
pub const POD: &str = "web-7d4b9c6f5d-x2k8f";
pub const T: &str = "2026-11-23T10:42:07Z";

pub fn wanted() -> Value {
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "env-a-1"}})
}

pub fn owner(kind: &str, name: &str) -> Value {
    json!([{"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": "u", "controller": true, "blockOwnerDeletion": true}])
}

/// A deployment of two replicas as the controller leaves it; `more` is put over its status.
pub fn deployment(more: Value) -> Value {
    let mut object = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "env-a-1", "generation": 1,
                     "annotations": {"deployment.kubernetes.io/revision": "2"}},
        "spec": {"replicas": 2, "progressDeadlineSeconds": 300},
        "status": {
            "observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "unavailableReplicas": 2,
            "conditions": [
                {"type": "Available", "status": "False", "reason": "MinimumReplicasUnavailable",
                 "message": "Deployment does not have minimum availability.", "lastUpdateTime": T, "lastTransitionTime": T},
                {"type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated",
                 "message": "ReplicaSet \"web-7d4b9c6f5d\" is progressing.", "lastUpdateTime": T, "lastTransitionTime": T},
            ],
        },
    });
    for (key, value) in more.as_object().unwrap() {
        object["status"][key] = value.clone();
    }
    object
}

pub fn replica_set(name: &str, revision: &str) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "ReplicaSet",
           "metadata": {"name": name, "namespace": "env-a-1", "ownerReferences": owner("Deployment", "web"),
                        "annotations": {"deployment.kubernetes.io/revision": revision}},
           "spec": {"replicas": 2}, "status": {"replicas": 2, "fullyLabeledReplicas": 2, "observedGeneration": 1}})
}

/// A scheduled pod with one container in this state.
pub fn pod(container: Value) -> Value {
    let mut status = json!({
        "name": "web", "image": "nginx:nope", "imageID": "", "ready": false, "restartCount": 0, "started": false,
        "lastState": {}, "state": {},
    });
    for (key, value) in container.as_object().unwrap() {
        status[key] = value.clone();
    }
    let unready = |of_type: &str| {
        json!({"type": of_type, "status": "False", "reason": "ContainersNotReady",
               "message": "containers with unready status: [web]", "lastProbeTime": null, "lastTransitionTime": T})
    };
    let holds = |of_type: &str| json!({"type": of_type, "status": "True", "lastProbeTime": null, "lastTransitionTime": T});
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": POD, "namespace": "env-a-1", "ownerReferences": owner("ReplicaSet", SET)},
        "spec": {"nodeName": "node-1", "containers": [
            {"name": "web", "image": "nginx:nope", "resources": {"limits": {"cpu": "250m", "memory": "512Mi"}}}]},
        "status": {
            "phase": "Pending", "hostIP": "10.0.0.1", "startTime": T, "qosClass": "Guaranteed",
            "conditions": [holds("PodReadyToStartContainers"), holds("Initialized"), unready("Ready"),
                           unready("ContainersReady"), holds("PodScheduled")],
            "containerStatuses": [status],
        },
    })
}

pub fn waiting(reason: &str, message: &str) -> Value {
    pod(json!({"state": {"waiting": {"reason": reason, "message": message}}}))
}

pub fn event(kind: &str, name: &str, reason: &str, message: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Event", "metadata": {"name": "e.1", "namespace": "env-a-1"},
           "involvedObject": {"kind": kind, "name": name, "namespace": "env-a-1", "uid": "u"},
           "reason": reason, "message": message, "type": "Warning", "count": 3,
           "firstTimestamp": T, "lastTimestamp": T, "eventTime": null, "source": {"component": "kubelet"}})
}

pub fn unschedulable(message: &str) -> Value {
    let mut pod = pod(json!({}));
    pod["spec"]["nodeName"] = Value::Null;
    pod["status"] = json!({"phase": "Pending", "qosClass": "Guaranteed", "conditions": [
        {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message,
         "lastProbeTime": null, "lastTransitionTime": T}]});
    pod
}

pub fn refusing(message: &str) -> Value {
    deployment(json!({"replicas": 0, "updatedReplicas": 0, "conditions": [
        {"type": "Progressing", "status": "True", "reason": "NewReplicaSetCreated",
         "message": "Created new replica set \"web-7d4b9c6f5d\""},
        {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message},
    ]}))
}

pub fn late() -> Value {
    deployment(json!({"conditions": [
        {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded",
         "message": "ReplicaSet \"web-7d4b9c6f5d\" has timed out progressing."}]}))
}

pub fn crash(exit: Value) -> Value {
    pod(json!({
        "restartCount": 5,
        "state": {"waiting": {"reason": "CrashLoopBackOff",
            "message": "back-off 2m40s restarting failed container=web pod=web-7d4b9c6f5d-x2k8f_env-a-1(0c6e)"}},
        "lastState": {"terminated": exit},
    }))
}

pub fn cases() -> Vec<(&'static str, Vec<Value>)> {
    let set = || replica_set(SET, "2");
    let going = || deployment(json!({}));
    let on_pod = |pod: Value| vec![going(), set(), pod];
    let running = json!({"state": {"running": {"startedAt": T}}, "started": true});
    let probe = "Readiness probe failed: HTTP probe failed with statuscode: 503";
    vec![
        ("nothing seen", vec![]),
        ("not taken up", vec![deployment(json!({"observedGeneration": 0}))]),
        ("ready", vec![deployment(json!({"readyReplicas": 2, "availableReplicas": 2}))]),
        (
            "one of two",
            vec![
                deployment(json!({"readyReplicas": 1, "availableReplicas": 1})),
                set(),
                pod(json!({"state": {"waiting": {"reason": "ContainerCreating"}}})),
            ],
        ),
        (
            "old pods ending",
            vec![deployment(json!({"replicas": 3, "readyReplicas": 3, "availableReplicas": 3}))],
        ),
        (
            "image does not exist",
            on_pod(waiting(
                "ImagePullBackOff",
                "Back-off pulling image \"nginx:nope\": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image \"docker.io/library/nginx:nope\": failed to resolve reference \"docker.io/library/nginx:nope\": docker.io/library/nginx:nope: not found",
            )),
        ),
        (
            "registry refuses",
            on_pod(waiting(
                "ErrImagePull",
                "failed to pull and unpack image \"registry.example.com/a:1\": failed to resolve reference \"registry.example.com/a:1\": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
            )),
        ),
        (
            "registry unreachable",
            on_pod(waiting(
                "ErrImagePull",
                "failed to do request: Head \"https://registry.example.com/v2/a/manifests/1\": dial tcp: lookup registry.example.com on 10.0.0.10:53: no such host",
            )),
        ),
        (
            "image without a reason",
            on_pod(waiting("ImagePullBackOff", "Back-off pulling image \"nginx:nope\"")),
        ),
        (
            "invalid image name",
            on_pod(waiting(
                "InvalidImageName",
                "Failed to apply default image tag \"Nginx:nope\": couldn't parse image name \"Nginx:nope\": invalid reference format: repository name (library/Nginx) must be lowercase",
            )),
        ),
        (
            "crash loop",
            on_pod(crash(
                json!({"exitCode": 1, "reason": "Error", "startedAt": T, "finishedAt": T, "containerID": "containerd://a"}),
            )),
        ),
        (
            "command not found",
            on_pod(crash(json!({"exitCode": 127, "reason": "Error", "startedAt": T, "finishedAt": T}))),
        ),
        (
            "ends by itself",
            on_pod(crash(json!({"exitCode": 0, "reason": "Completed", "startedAt": T, "finishedAt": T}))),
        ),
        (
            "out of memory",
            on_pod(crash(json!({"exitCode": 137, "reason": "OOMKilled", "startedAt": T, "finishedAt": T}))),
        ),
        (
            "between two starts",
            on_pod(pod(
                json!({"restartCount": 1, "state": {"terminated": {"exitCode": 2, "reason": "Error"}}}),
            )),
        ),
        ("first exit", on_pod(pod(json!({"state": {"terminated": {"exitCode": 2, "reason": "Error"}}})))),
        (
            "runs as root",
            on_pod(waiting(
                "CreateContainerConfigError",
                "container has runAsNonRoot and image will run as root (pod: \"web-7d4b9c6f5d-x2k8f_env-a-1(0c6e)\", container: web)",
            )),
        ),
        (
            "user by name",
            on_pod(waiting(
                "CreateContainerConfigError",
                "container has runAsNonRoot and image has non-numeric user (nginx), cannot verify user is non-root (pod: \"web-7d4b9c6f5d-x2k8f_env-a-1(0c6e)\", container: web)",
            )),
        ),
        ("secret missing", on_pod(waiting("CreateContainerConfigError", "secret \"db\" not found"))),
        (
            "executable missing",
            on_pod(waiting(
                "RunContainerError",
                "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: \"serve\": executable file not found in $PATH",
            )),
        ),
        ("volume not mounted", {
            let mut all = on_pod(pod(json!({"state": {"waiting": {"reason": "ContainerCreating"}}})));
            all.push(event(
                "Pod",
                POD,
                "FailedMount",
                "MountVolume.SetUp failed for volume \"tls\" : secret \"tls\" not found",
            ));
            all
        }),
        (
            "no room",
            on_pod(unschedulable(
                "0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient cpu. preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.",
            )),
        ),
        (
            "taints only",
            on_pod(unschedulable(
                "0/1 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu}. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
            )),
        ),
        ("no nodes", on_pod(unschedulable("no nodes available to schedule pods"))),
        (
            "quota refused",
            vec![refusing(
                "pods \"web-7d4b9c6f5d-x2k8f\" is forbidden: exceeded quota: environment, requested: limits.cpu=2,requests.cpu=2, used: limits.cpu=4,requests.cpu=4, limited: limits.cpu=4,requests.cpu=4",
            )],
        ),
        (
            "quota wants limits",
            vec![refusing(
                "pods \"web-7d4b9c6f5d-x2k8f\" is forbidden: failed quota: environment: must specify limits.cpu for: web; limits.memory for: web",
            )],
        ),
        (
            "pod security refused",
            vec![refusing(
                "pods \"web-7d4b9c6f5d-x2k8f\" is forbidden: violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false (container \"web\" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container \"web\" must set securityContext.capabilities.drop=[\"ALL\"]), runAsNonRoot != true (pod or container \"web\" must set securityContext.runAsNonRoot=true)",
            )],
        ),
        (
            "limit range refused",
            vec![refusing(
                "pods \"web-7d4b9c6f5d-x2k8f\" is forbidden: maximum cpu usage per Container is 1, but limit is 2",
            )],
        ),
        (
            "refused by a webhook",
            vec![refusing(
                "admission webhook \"policy.example.com\" denied the request: image is not signed",
            )],
        ),
        ("runs, not ready", on_pod(pod(running.clone()))),
        ("probe fails", {
            let mut all = on_pod(pod(running.clone()));
            all.push(event("Pod", POD, "Unhealthy", probe));
            all
        }),
        ("never ready", {
            let mut all = vec![late(), set(), pod(running.clone())];
            all.push(event("Pod", POD, "Unhealthy", probe));
            all
        }),
        ("no progress and no reason", vec![late(), set()]),
        (
            "deadline, but the image is the reason",
            vec![late(), set(), waiting("ImagePullBackOff", "Back-off pulling image \"nginx:nope\"")],
        ),
        (
            "the old revision does not count",
            vec![going(), replica_set("web-old", "1"), set(), {
                let mut old = waiting("ImagePullBackOff", "old");
                old["metadata"]["ownerReferences"] = owner("ReplicaSet", "web-old");
                old
            }],
        ),
        (
            "a pod that is ending does not count",
            on_pod({
                let mut ending = waiting("ImagePullBackOff", "ending");
                ending["metadata"]["deletionTimestamp"] = json!(T);
                ending
            }),
        ),
    ]
}
