use super::*;

#[test]
fn ranges_are_read_strictly_and_know_what_they_hold() {
    for good in ["0.0.0.0/0", "10.0.0.0/8", "192.168.1.1/32", "::/0", "fd00::/8"] {
        assert_eq!(Cidr::parse(good).unwrap().to_string(), good);
    }
    for bad in ["10.0.0.0", "10.0.0.0/33", "10.0.0.1/8", "a/8", "::/129", "10.0.0.0/-1", ""] {
        assert_eq!(Cidr::parse(bad), None, "{bad}");
    }
    let (all, ten, six) = ("0.0.0.0/0", "10.0.0.0/8", "::/0");
    let holds = |a: &str, b: &str| Cidr::parse(a).unwrap().contains(&Cidr::parse(b).unwrap());
    assert!(holds(all, ten) && holds(ten, "10.1.0.0/16") && holds(ten, ten) && holds(six, "fd00::/8"));
    assert!(!holds(ten, all) && !holds(ten, "11.0.0.0/16") && !holds(all, six) && !holds(six, all));
}

#[test]
fn the_metadata_address_is_excepted_from_every_range_that_holds_it() {
    let rule = |value: Value| Egress::read(&value).unwrap().rule()["to"][0]["ipBlock"]["except"].clone();
    assert_eq!(
        rule(json!({"cidr": "0.0.0.0/0"})),
        json!(["169.254.0.0/16", "100.100.100.200/32", "192.0.0.192/32", "168.63.129.16/32"])
    );
    assert_eq!(rule(json!({"cidr": "::/0"})), json!(["fe80::/10", "fd00:ec2::254/128", "fd20:ce::254/128"]));
    assert_eq!(rule(json!({"cidr": "169.0.0.0/8", "except": ["169.254.0.0/16"]})), json!(["169.254.0.0/16"]));
    assert_eq!(rule(json!({"cidr": "10.0.0.0/8"})), Value::Null);
}

#[test]
fn a_wrong_entry_names_its_key() {
    for (value, key) in [
        (json!("10.0.0.0/8"), ""),
        (json!({}), "cidr"),
        (json!({"cidr": "10.0.0.1/8"}), "cidr"),
        (json!({"cidr": "169.254.169.254/32"}), "cidr"),
        (json!({"cidr": "169.254.0.0/16"}), "cidr"),
        (json!({"cidr": "10.0.0.0/8", "except": ["11.0.0.0/16"]}), "except"),
        (json!({"cidr": "10.0.0.0/8", "except": ["10.0.0.0/8"]}), "except"),
        (json!({"cidr": "10.0.0.0/8", "ports": [0]}), "ports"),
        (json!({"cidr": "10.0.0.0/8", "ports": ["http"]}), "ports"),
        (json!({"cidr": "10.0.0.0/8", "port": 1}), "port"),
    ] {
        assert_eq!(Egress::read(&value).unwrap_err().0, key, "{value}");
    }
}

#[test]
fn the_ingress_controller_reaches_only_the_ports_behind_an_ingress() {
    let ingress = |port: Value| {
        json!({"kind": "Ingress", "spec": {"rules": [
            {"http": {"paths": [{"backend": {"service": {"name": "web", "port": port}}}]}}]}})
    };
    let deployment = json!({"kind": "Deployment", "spec": {"template": {
        "metadata": {"labels": {"app": "web", "x": "y"}},
        "spec": {"containers": [{"ports": [{"name": "http", "containerPort": 3000}, {"containerPort": 9000}]}]}}}});
    let service = json!({"kind": "Service", "metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [
        {"name": "http", "port": 80, "targetPort": "http"}, {"name": "raw", "port": 81, "targetPort": 9000},
        {"name": "same", "port": 82}]}});
    let found = |port: Value| ingress_ports(&[&ingress(port), &deployment, &service]);
    assert_eq!(found(json!({"name": "http"})), [3000].into());
    assert_eq!(found(json!({"number": 81})), [9000].into());
    assert_eq!(found(json!({"name": "same"})), [82].into());
    assert_eq!(found(json!({"name": "none"})), [].into());
    assert_eq!(ingress_ports(&[&deployment, &service]), [].into());
}

#[test]
fn without_an_address_nothing_comes_in_from_outside() {
    let names = |namespace, ports: &[u16]| {
        let ports = ports.iter().copied().collect();
        policies(&[], &DnsSelector::default(), namespace, &ports)
            .into_iter()
            .map(|(name, _)| name)
            .collect::<Vec<_>>()
    };
    assert_eq!(names(Some("ingress"), &[]), ["default-deny", "allow-same-namespace", "allow-dns"]);
    assert_eq!(names(None, &[80]), ["default-deny", "allow-same-namespace", "allow-dns"]);
    let open = ["default-deny", "allow-same-namespace", "allow-ingress-controller", "allow-dns"];
    assert_eq!(names(Some("ingress"), &[80]), open);
}
