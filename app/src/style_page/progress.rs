//! Status, steps, logs, code.

use leptos::prelude::*;

use super::Shown;
use crate::ui::prelude::*;

/// What a deployment writes, with the colours of a terminal.
const LOG: &[(&str, &str)] = &[
    ("10:42:07", "deployment/payments-api \u{1b}[32mconfigured\u{1b}[0m"),
    ("10:42:09", "pod payments-api-7d4b9-x2k8f  scheduled on eu-w1-n4"),
    ("10:42:15", "pod payments-api-7d4b9-x2k8f  \u{1b}[32mready\u{1b}[0m in 6.1 s"),
    (
        "10:42:24",
        "pod payments-api-7d4b9-l9wzc  \u{1b}[33mpulling registry.example.com/payments-api:pr-311 (61 %)\u{1b}[0m",
    ),
    ("10:42:31", "\u{1b}[1;31mBackOff\u{1b}[0m \u{1b}[2mback-off 10s restarting failed container\u{1b}[0m"),
];

const YAML: &str = "# Read every five minutes\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: payments-api\n  annotations:\n    github.com/project-slug: acme/payments-api # where it lives\nspec:\n  type: service\n  lifecycle: production\n  owner: payments\n";

pub fn show(theme: &'static str) -> AnyView {
    let lines = || -> Vec<LogLine> {
        LOG.iter().map(|(at, text)| LogLine { at: (*at).to_owned(), text: (*text).to_owned() }).collect()
    };
    let log = move || {
        let lines = lines();
        view! { <Log label=format!("Log of Deploy ({theme})") lines=Signal::stored(lines) /> }
    };
    view! {
        <Shown name="Status">
            <div class="row">
                <Status state=State::Ok text="Ready" />
                <Status state=State::Busy text="Updating · step 4 of 6" />
                <Status state=State::Warn text="Expires in 2 h" />
                <Status state=State::Bad text="2 of 3 pods down" />
                <Status state=State::Off text="Stopped" />
            </div>
        </Shown>
        <Shown name="Badge, avatar">
            <div class="row">
                <Badge text="Tier 1" />
                <Badge text="version 7" />
                <Badge text="Kubernetes" icon=Glyph::Server />
                <Badge text="You lead it" accent=true />
                <Who name="Mina Okafor" href="/style" />
                <Who name="payments" />
            </div>
        </Shown>
        <Shown name="Steps with logs">
            <Card flush=true title="Update to version 7" aside=|| "1 min 12 s of about 2 min">
                <Steps>
                    <Step
                        state=State::Ok
                        word="Done"
                        name=|| "Reserve quota"
                        text="payments has 9.5 of 16 CPU left"
                        time=duration(100_000)
                    />
                    <Step
                        state=State::Ok
                        word="Done"
                        name=|| view! { "Namespace " <code>"pr-311-payments"</code> }
                        text="restricted pod security · quota · default-deny network"
                        time=duration(1_400_000)
                    />
                    <Step
                        state=State::Busy
                        word="Running"
                        name=|| view! { "Deploy " <code>"payments-api:pr-311"</code> }
                        text="2 of 3 replicas ready · usually 25–40 s"
                        time=duration(22_000_000)
                        logs=log
                    />
                    <Step state=State::Bad word="Failed" name=|| "Smoke test" text="exit code 2" time=duration(3_000_000) />
                    <Step state=State::Off word="Waiting" name=|| "Publish address" />
                </Steps>
            </Card>
        </Shown>
        <Shown name="Log with its file; log without lines">
            <div class="stack">
                <Log
                    label=format!("Log of the pod ({theme})")
                    lines=Signal::stored(lines())
                    download="/style"
                />
                <Log label=format!("Empty log ({theme})") lines=Signal::stored(Vec::new()) />
            </div>
        </Shown>
        <Shown name="Code with a line to look at">
            <div class="card">
                <Code label=format!("catalog-info.yaml ({theme})") text=YAML.to_owned() language=Language::Yaml mark=7 />
            </div>
        </Shown>
    }
    .into_any()
}
