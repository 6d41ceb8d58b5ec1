//! Kubeconfigs that people paste, and the sentence each gets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::clusters::LARGEST_KUBECONFIG;

use super::connection::Identity;
use super::kubeconfig::read;

/// A self-signed certificate that was made for these tests; its key opens nothing.
const CERTIFICATE: &str = include_str!("test_data/certificate.pem");
const KEY: &str = include_str!("test_data/key.pem");

const GOOD_CLUSTER: &str = "    server: https://api.example.com:6443";
const GOOD_USER: &str = "    token: abc.def";

fn kubeconfig(cluster: &str, user: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: here\n\
         clusters:\n- name: one\n  cluster:\n{cluster}\n\
         users:\n- name: me\n  user:\n{user}\n\
         contexts:\n- name: here\n  context:\n    cluster: one\n    user: me\n"
    )
}

/// The refusal of the only context.
fn refusal(cluster: &str, user: &str) -> String {
    let read = read(kubeconfig(cluster, user).as_bytes()).expect("it can be read");
    read.contexts[0].credentials.as_ref().expect_err("it is refused").to_string()
}

#[test]
fn a_token_is_taken() {
    let read = read(kubeconfig(GOOD_CLUSTER, GOOD_USER).as_bytes()).expect("good");
    assert_eq!(read.current.as_deref(), Some("here"));
    let context = read.context("here").expect("the context");
    let credentials = context.credentials.as_ref().expect("usable");
    assert_eq!(credentials.server, "https://api.example.com:6443");
    assert!(matches!(&credentials.identity, Identity::Token(_)));
    assert!(!format!("{credentials:?}").contains("abc.def"), "a token is never written by Debug");
}

#[test]
fn a_certificate_with_its_key_is_taken() {
    let pem = STANDARD.encode(CERTIFICATE);
    let cluster =
        format!("{GOOD_CLUSTER}\n    certificate-authority-data: {pem}\n    tls-server-name: kubernetes");
    let user = format!("    client-certificate-data: {pem}\n    client-key-data: {}", STANDARD.encode(KEY));
    let read = read(kubeconfig(&cluster, &user).as_bytes()).expect("good");
    let credentials = read.contexts[0].credentials.as_ref().expect("usable");
    assert_eq!(credentials.certificate_authority.as_deref(), Some(CERTIFICATE));
    assert_eq!(credentials.tls_server_name.as_deref(), Some("kubernetes"));
    assert!(
        matches!(&credentials.identity, Identity::Certificate { certificate, .. } if certificate == CERTIFICATE)
    );
}

#[test]
fn what_cannot_be_followed_is_refused_with_the_way_out() {
    let with = |more: &str| format!("{GOOD_CLUSTER}\n    {more}");
    let user = |more: &str| format!("{GOOD_USER}\n    {more}");
    let good = || GOOD_CLUSTER.to_owned();
    let me = || GOOD_USER.to_owned();
    let cases = [
        (good(), user("exec:\n      command: aws\n      args: [eks, get-token]"), "“exec”"),
        (good(), user("auth-provider:\n      name: gcp"), "“auth-provider”"),
        (good(), user("tokenFile: /etc/passwd"), "“tokenFile”"),
        (good(), user("client-certificate: /etc/ssl/c.pem"), "“client-certificate”"),
        (good(), user("client-key: /etc/ssl/k.pem"), "“client-key”"),
        (good(), user("username: root"), "“username”"),
        (good(), user("as: system:admin"), "“as”"),
        (good(), user("as-groups: [system:masters]"), "“as-groups”"),
        (with("certificate-authority: /etc/ssl/ca.pem"), me(), "“certificate-authority”"),
        (with("proxy-url: http://proxy:3128"), me(), "“proxy-url”"),
        (with("insecure-skip-tls-verify: true"), me(), "“certificate-authority-data”"),
        ("    server: http://api.example.com".to_owned(), me(), "plain HTTP"),
        ("    server: https://169.254.169.254".to_owned(), me(), "credentials"),
        ("    server: /etc/passwd".to_owned(), me(), "not the address"),
        ("    tls-server-name: kubernetes".to_owned(), me(), "The cluster has no server"),
        ("    server: \"\"".to_owned(), me(), "The cluster has no server"),
        (good(), "    extensions: []".to_owned(), "neither a token nor"),
    ];
    for (cluster, user, words) in cases {
        let sentence = refusal(&cluster, &user);
        assert!(sentence.contains(words), "{sentence}");
        assert!(sentence.contains("slipway cluster manifest"), "{sentence}");
    }
}

#[test]
fn refusals_name_the_line() {
    assert_eq!(
        refusal(GOOD_CLUSTER, "    exec:\n      command: aws"),
        "Line 11: “exec” would run a program on Slipway's machine. slipway-manifest.yaml of this page makes an \
         account for Slipway, and begins with the commands that make a kubeconfig for it; “slipway cluster manifest” \
         prints the same"
    );
    let off = format!("{GOOD_CLUSTER}\n    insecure-skip-tls-verify: false");
    assert!(read(kubeconfig(&off, GOOD_USER).as_bytes()).expect("read").contexts[0].credentials.is_ok());
    let sentence = refusal(&format!("{GOOD_CLUSTER}\n    certificate-authority-data: '%%%'"), GOOD_USER);
    assert_eq!(sentence, "Line 8: This is not base64");
    let data = STANDARD.encode("no certificate");
    let sentence = refusal(&format!("{GOOD_CLUSTER}\n    certificate-authority-data: {data}"), GOOD_USER);
    assert_eq!(sentence, "Line 8: This is not a certificate in PEM format");
    let sentence = refusal(GOOD_CLUSTER, "    token: \"a\\nb\"");
    assert!(sentence.starts_with("Line 11: The token contains characters"), "{sentence}");
}

#[test]
fn one_bad_context_does_not_spoil_the_others() {
    let text = kubeconfig(GOOD_CLUSTER, GOOD_USER)
        + "- name: nobody\n  context:\n    cluster: one\n    user: nobody\n\
           - name: gone\n  context:\n    cluster: x\n    user: me\n";
    let read = read(text.as_bytes()).expect("good");
    let usable: Vec<(&str, bool)> =
        read.contexts.iter().map(|context| (context.name.as_str(), context.credentials.is_ok())).collect();
    assert_eq!(usable, [("here", true), ("nobody", false), ("gone", false)]);
}

#[test]
fn what_is_no_kubeconfig_is_refused_whole() {
    let sentence = |bytes: &[u8]| read(bytes).expect_err("refused").to_string();
    assert!(sentence(b"").contains("slipway cluster manifest"));
    assert!(sentence(&vec![b'#'; LARGEST_KUBECONFIG + 1]).contains("larger than 256 KiB"));
    assert!(sentence(&[0xff, 0xfe, 0x00]).contains("UTF-8"));
    assert!(sentence(b"clusters: [\n").starts_with("Line "), "{}", sentence(b"clusters: [\n"));
    assert!(sentence(b"a: b\n  c: d\n").starts_with("Line 2"), "{}", sentence(b"a: b\n  c: d\n"));
    assert!(sentence(b"kind: Deployment\n").contains("not a kubeconfig"));
    assert!(sentence(b"- a\n- b\n").contains("not a kubeconfig"));
    assert!(sentence(b"apiVersion: v1\nkind: Config\n").contains("no contexts"));
    let bomb = "a: &a [x,x,x,x,x,x,x,x]\n".to_owned()
        + &(b'b'..b'i').fold(String::new(), |text, key| {
            let (before, key) = (char::from(key - 1), char::from(key));
            text + &format!("{key}: &{key} [{}]\n", vec![format!("*{before}"); 8].join(","))
        });
    assert!(sentence(bomb.as_bytes()).starts_with("Line "), "{}", sentence(bomb.as_bytes()));
}
