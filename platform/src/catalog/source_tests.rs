use super::*;

#[test]
fn addresses_of_repositories() {
    let https = |host: &str, port| Transport::Https(Server { host: host.to_owned(), port });
    let ssh = |host: &str, port| Transport::Ssh(Server { host: host.to_owned(), port });
    let good = [
        ("https://git.example/team/catalog.git", https("git.example", None)),
        ("https://git.example:8443/x", https("git.example", Some(8443))),
        ("https://git.example:/x", https("git.example", None)),
        ("HTTPS://git.example/x", https("git.example", None)),
        ("https://10.0.0.7/x", https("10.0.0.7", None)),
        ("https://7.git.example/x", https("7.git.example", None)),
        ("https://[fd12::1]:8443/x", https("fd12::1", Some(8443))),
        ("ssh://git@git.example:2222/x.git", ssh("git.example", Some(2222))),
        ("git@git.example:team/catalog.git", ssh("git.example", None)),
        ("git.example:team/catalog.git", ssh("git.example", None)),
    ];
    for (url, transport) in good {
        assert_eq!(address(url, &Bounds::default()), Ok(transport), "{url}");
    }
    let bad = [
        "",
        "-u",
        "--upload-pack=x",
        "ext::sh -c x",
        "ext::x",
        "fd::17",
        "http://git.example/x",
        "git://git.example/x",
        "file:///etc",
        "ftp://x/y",
        "https://",
        "https:///x",
        "https://user:secret@git.example/x",
        "https://token@git.example/x",
        "ssh://git:secret@git.example/x",
        "ssh://-oProxyCommand=x/y",
        "-oProxyCommand=x:y",
        "git@-oProxyCommand=x:y",
        "https://169.254.169.254/latest",
        "https://169.254.170.2/x",
        "https://metadata.google.internal/x",
        "ssh://git@169.254.169.254/x",
        "git@169.254.169.254:x",
        "https://[::ffff:169.254.169.254]/x",
        "https://[fe80::1]/x",
        "https://100.100.100.200/x",
        "https://169.254.169.254?/x",
        "https://169.254.169.254#/x",
        "https://169.254.169.254./x",
        "https://git.example./x",
        "https://169.254.169%2E254/x",
        "https://git.example\\@169.254.169.254/x",
        "https://2852039166/x",
        "https://0xa9fea9fe/x",
        "https://0xA9.0xFE.0xA9.0xFE/x",
        "https://0251.0376.0251.0376/x",
        "https://169.254.43518/x",
        "https://\u{ff11}69.254.169.254/x",
        "https://git.example:x/y",
        "https://git.example:65536/y",
        "https://[git.example]/y",
        "https://[fd12::1]8443/y",
        "ssh://git@2852039166/x",
        "git@0xa9fea9fe:x",
        "https://git.example/a b",
        "https://git.example/a\nb",
        "relative/path",
        "./x",
        "/no-such-folder",
    ];
    for url in bad {
        assert!(address(url, &Bounds::default()).is_err(), "{url:?}");
    }
}

#[test]
fn settings_are_checked_field_by_field() {
    let settings = Settings {
        name: " ".to_owned(),
        place: Place::Git { url: "https://git.example/x".to_owned(), branch: Some("a..b".to_owned()) },
        glob: Some("[".to_owned()),
        trusted: false,
        allowance: Some(Allowance {
            kinds: AllowedKinds::Only(["Component".to_owned()].into()),
            namespaces: Some(["A".to_owned()].into()),
        }),
        every_minutes: 0,
    };
    let any = Bounds::default();
    let fields: Vec<String> = settings.problems(&any).into_iter().map(|problem| problem.field).collect();
    assert_eq!(fields, ["name", "branch", "glob", "kinds", "namespaces", "every_minutes"]);
    for glob in ["../*.yaml", "/etc/*.yaml", "a/../../*.yaml"] {
        let outside = Settings { glob: Some(glob.to_owned()), ..settings.clone() };
        let problem = outside.problems(&any).into_iter().find(|problem| problem.field == "glob");
        assert!(
            problem.is_some_and(|problem| problem.message.starts_with("Files outside of the source")),
            "{glob}"
        );
    }
    let endless =
        Settings { place: Place::Folder { path: format!("/{}", "x".repeat(2000)).into() }, ..settings };
    let problem = endless.problems(&any).remove(1);
    assert_eq!(
        (problem.field.as_str(), problem.message.as_str()),
        ("location", "Give at most 1000 characters")
    );
}

#[test]
fn files_are_read_again_when_what_they_may_say_changes() {
    let settings = Settings {
        name: "a".to_owned(),
        place: Place::Folder { path: "/srv/catalog".into() },
        glob: None,
        trusted: false,
        allowance: None,
        every_minutes: 10,
    };
    let with = |change: fn(&mut Settings)| {
        let mut changed = settings.clone();
        change(&mut changed);
        changed.read_as() == settings.read_as()
    };
    assert!(with(|s| s.every_minutes = 20));
    assert!(!with(|s| s.name = "b".to_owned()), "what goes before another document is told with the name");
    assert!(!with(|s| s.trusted = true));
    assert!(!with(|s| s.place = Place::Folder { path: "/srv/other".into() }));
}
