use super::*;

fn with_proxy(no_proxy: &[&str]) -> Outgoing {
    let settings = OutgoingSettings {
        proxy: Some("http://proxy.example.com:3128".to_owned()),
        no_proxy: no_proxy.iter().map(|text| (*text).to_owned()).collect(),
        ..OutgoingSettings::default()
    };
    Outgoing::open(&settings, Path::new("/nonexistent")).expect("a way out")
}

#[test]
fn the_proxy_is_for_others_and_never_for_this_machine() {
    let outgoing = with_proxy(&["cluster.internal", "10.0.0.0/8"]);
    let cases = [
        ("https://github.com", true),
        ("https://api.cluster.example.com:6443", true),
        ("https://192.168.1.1:6443", true),
        ("https://api.cluster.internal:6443", false),
        ("https://10.1.2.3:6443", false),
        ("https://127.0.0.1:6443", false),
        ("http://localhost:8001", false),
        ("https://[::1]:6443", false),
    ];
    for (address, proxied) in cases {
        let to = address.parse().expect("an address");
        assert_eq!(outgoing.proxy(&to).is_some(), proxied, "{address}");
    }
    let variables = outgoing.variables();
    assert!(
        variables.contains(&("https_proxy", "http://proxy.example.com:3128".to_owned())),
        "{variables:?}"
    );
    assert!(variables.iter().any(|(name, value)| *name == "no_proxy" && value.ends_with("10.0.0.0/8")));
}

#[test]
fn nothing_set_is_the_system_as_it_is() {
    let outgoing =
        Outgoing::open(&OutgoingSettings::default(), Path::new("/nonexistent")).expect("a way out");
    assert!(outgoing.roots().is_none() && outgoing.variables().is_empty());
    assert!(outgoing.proxy(&"https://github.com".parse().expect("an address")).is_none());
}

#[test]
fn a_file_without_a_certificate_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("empty.pem");
    std::fs::write(&file, "nothing").expect("a file");
    let settings = OutgoingSettings { extra_ca: vec![file.clone()], ..OutgoingSettings::default() };
    let refused = Outgoing::open(&settings, folder.path()).expect_err("there is none");
    let chain = crate::jobs::error_chain(&refused);
    assert!(chain.contains(&file.display().to_string()) && chain.contains("no certificate"), "{chain}");
}
