//! The network of an environment: closed both ways, then opened for what is named.
//!
//! The metadata addresses of clouds, which hand out credentials, are never reachable, whatever is listed.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::render::template;
use crate::metadata;

/// A range of addresses, as `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cidr {
    address: IpAddr,
    prefix: u8,
}

impl Cidr {
    pub fn parse(text: &str) -> Option<Cidr> {
        let (address, prefix) = text.split_once('/')?;
        let (address, prefix): (IpAddr, u8) = (address.parse().ok()?, prefix.parse().ok()?);
        let cidr = Cidr { address, prefix };
        // Kubernetes warns of host bits and will refuse them: hold it from the start.
        (prefix <= cidr.width() && cidr.network(address) == cidr.bits(address)).then_some(cidr)
    }

    pub fn contains(&self, other: &Cidr) -> bool {
        self.address.is_ipv4() == other.address.is_ipv4()
            && self.prefix <= other.prefix
            && self.network(other.address) == self.bits(self.address)
    }

    fn width(&self) -> u8 {
        if self.address.is_ipv4() { 32 } else { 128 }
    }

    fn bits(&self, address: IpAddr) -> u128 {
        match address {
            IpAddr::V4(address) => u128::from(address.to_bits()),
            IpAddr::V6(address) => address.to_bits(),
        }
    }

    fn network(&self, address: IpAddr) -> u128 {
        let host_bits = u32::from(self.width().saturating_sub(self.prefix));
        let bits = self.bits(address);
        bits.checked_shr(host_bits).and_then(|top| top.checked_shl(host_bits)).unwrap_or(0)
    }
}

impl std::fmt::Display for Cidr {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}/{}", self.address, self.prefix)
    }
}

impl TryFrom<String> for Cidr {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Cidr::parse(&text).ok_or_else(|| format!("{text} is not a range of addresses"))
    }
}

impl From<Cidr> for String {
    fn from(cidr: Cidr) -> String {
        cidr.to_string()
    }
}

/// One entry of a blueprint's `allowed_egress`: a range, less some parts, on these TCP ports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Egress {
    pub cidr: Cidr,
    pub except: Vec<Cidr>,
    /// TCP; empty means every port.
    pub ports: Vec<u16>,
}

impl Egress {
    /// Reads one entry; the error names the key (empty: the entry itself) and says what is wrong.
    pub fn read(value: &Value) -> Result<Egress, (String, String)> {
        let wrong = |key: &str, sentence: &str| (key.to_owned(), sentence.to_owned());
        let map = value.as_object().ok_or_else(|| wrong("", "An entry is a map: cidr, except, ports."))?;
        if let Some(key) = map.keys().find(|key| !["cidr", "except", "ports"].contains(&key.as_str())) {
            return Err(wrong(key, "Known here: cidr, except, ports."));
        }
        let range = |value: &Value| value.as_str().and_then(Cidr::parse);
        let sentence = "Write a range of addresses such as 10.20.0.0/16, with no bits set behind the prefix.";
        let cidr = map.get("cidr").and_then(range).ok_or_else(|| wrong("cidr", sentence))?;
        if metadata_ranges().any(|range| range.contains(&cidr)) {
            return Err(wrong(
                "cidr",
                "A cloud's metadata addresses are never reachable from an environment.",
            ));
        }
        let mut except = Vec::new();
        for value in list(map.get("except")).ok_or_else(|| wrong("except", "`except` must be a list."))? {
            let part = range(value).ok_or_else(|| wrong("except", sentence))?;
            if part == cidr || !cidr.contains(&part) {
                return Err(wrong("except", &format!("{part} is not a part of {cidr}.")));
            }
            except.push(part);
        }
        let mut ports = Vec::new();
        for value in list(map.get("ports")).ok_or_else(|| wrong("ports", "`ports` must be a list."))? {
            let port = value.as_u64().and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0);
            ports.push(port.ok_or_else(|| wrong("ports", "A port is a number from 1 to 65535."))?);
        }
        Ok(Egress { cidr, except, ports })
    }

    fn rule(&self) -> Value {
        let mut except = self.except.clone();
        for range in metadata_ranges() {
            if self.cidr.contains(&range) && !except.iter().any(|part| part.contains(&range)) {
                except.push(range);
            }
        }
        let mut block = json!({"cidr": self.cidr});
        if !except.is_empty() {
            block["except"] = json!(except);
        }
        let mut rule = json!({"to": [{"ipBlock": block}]});
        if !self.ports.is_empty() {
            let ports: Vec<Value> =
                self.ports.iter().map(|port| json!({"protocol": "TCP", "port": port})).collect();
            rule["ports"] = json!(ports);
        }
        rule
    }
}

fn metadata_ranges() -> impl Iterator<Item = Cidr> {
    metadata::RANGES.into_iter().map(|(address, prefix)| Cidr { address, prefix })
}

fn list(value: Option<&Value>) -> Option<&[Value]> {
    match value {
        None => Some(&[]),
        Some(Value::Array(list)) => Some(list),
        Some(_) => None,
    }
}

/// Who answers DNS in the cluster; `pods` empty means every pod of the namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DnsSelector {
    pub namespace: String,
    pub pods: BTreeMap<String, String>,
}

impl Default for DnsSelector {
    fn default() -> Self {
        let pods = [("k8s-app".to_owned(), "kube-dns".to_owned())].into();
        DnsSelector { namespace: "kube-system".to_owned(), pods }
    }
}

/// A namespace is chosen by the label that the API server itself sets (Kubernetes 1.22).
fn namespace_selector(namespace: &str) -> Value {
    json!({"matchLabels": {"kubernetes.io/metadata.name": namespace}})
}

/// The specs of the network policies, by name, in the order in which they are made.
pub fn policies(
    egress: &[Egress],
    dns: &DnsSelector,
    ingress_namespace: Option<&str>,
    ingress_ports: &BTreeSet<u16>,
) -> Vec<(&'static str, Value)> {
    let own = json!([{"podSelector": {}}]);
    let mut policies = vec![
        ("default-deny", json!({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})),
        (
            "allow-same-namespace",
            json!({"podSelector": {}, "policyTypes": ["Ingress", "Egress"],
                   "ingress": [{"from": own}], "egress": [{"to": own}]}),
        ),
    ];
    if let Some(namespace) = ingress_namespace.filter(|_| !ingress_ports.is_empty()) {
        let ports: Vec<Value> =
            ingress_ports.iter().map(|port| json!({"protocol": "TCP", "port": port})).collect();
        let from = json!([{"namespaceSelector": namespace_selector(namespace)}]);
        policies.push((
            "allow-ingress-controller",
            json!({"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{"from": from, "ports": ports}]}),
        ));
    }
    let mut resolver = json!({"namespaceSelector": namespace_selector(&dns.namespace)});
    if !dns.pods.is_empty() {
        resolver["podSelector"] = json!({"matchLabels": dns.pods});
    }
    let ports = json!([{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]);
    policies.push((
        "allow-dns",
        json!({"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [resolver], "ports": ports}]}),
    ));
    if !egress.is_empty() {
        let rules: Vec<Value> = egress.iter().map(Egress::rule).collect();
        policies.push((
            "allow-listed-egress",
            json!({"podSelector": {}, "policyTypes": ["Egress"], "egress": rules}),
        ));
    }
    policies
}

/// The pod ports behind the ingresses among these objects: what the ingress controller must reach.
pub fn ingress_ports(objects: &[&Value]) -> BTreeSet<u16> {
    let mut ports = BTreeSet::new();
    for backend in
        objects.iter().filter(|object| object["kind"] == "Ingress").flat_map(|ingress| backends(ingress))
    {
        let named =
            |object: &&&Value| object["kind"] == "Service" && object["metadata"]["name"] == backend["name"];
        let Some(service) = objects.iter().find(named) else { continue };
        for port in service["spec"]["ports"].as_array().into_iter().flatten() {
            let wanted = &backend["port"];
            if port["name"] != wanted["name"] && port["port"] != wanted["number"] {
                continue;
            }
            match port.get("targetPort") {
                Some(Value::String(name)) => {
                    ports.extend(container_ports(objects, &service["spec"]["selector"], name))
                }
                Some(target) => ports.extend(number(target)),
                None => ports.extend(number(&port["port"])),
            }
        }
    }
    ports
}

fn backends(ingress: &Value) -> Vec<&Value> {
    let rules = ingress["spec"]["rules"].as_array().into_iter().flatten();
    let paths = rules.flat_map(|rule| rule["http"]["paths"].as_array().into_iter().flatten());
    paths.map(|path| &path["backend"]["service"]).collect()
}

/// The numbers of a named port in the pods that a service selects.
fn container_ports(objects: &[&Value], selector: &Value, name: &str) -> Vec<u16> {
    let selects = |labels: &Value| {
        selector
            .as_object()
            .is_some_and(|selector| selector.iter().all(|(key, value)| labels.get(key) == Some(value)))
    };
    objects
        .iter()
        .filter_map(|object| template(object))
        .filter(|template| selects(&template["metadata"]["labels"]))
        .flat_map(|template| template["spec"]["containers"].as_array().into_iter().flatten())
        .flat_map(|container| container["ports"].as_array().into_iter().flatten())
        .filter(|port| port["name"] == name)
        .filter_map(|port| number(&port["containerPort"]))
        .collect()
}

fn number(value: &Value) -> Option<u16> {
    value.as_u64().and_then(|port| u16::try_from(port).ok())
}

#[cfg(test)]
mod tests;
