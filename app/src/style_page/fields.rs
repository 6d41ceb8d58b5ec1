//! Fields and forms.

use leptos::prelude::*;

use super::Shown;
use crate::ui::form_problems::FormProblems;
use crate::ui::prelude::*;

pub fn show(theme: &'static str) -> AnyView {
    let state = expect_context::<FormState>();
    let sizes = || {
        vec![
            Choice::new("small", "Small"),
            Choice::new("medium", "Medium"),
            Choice::new("large", "Large").refused(),
        ]
    };
    let clusters = || vec![Choice::new("a", "eu-west-1 / prod-k8s-2"), Choice::new("b", "eu-west-1 / lab")];
    view! {
        <Shown name="Fields: rest, help, error, disabled">
            <div class="form-grid">
                <TextField name="name" label="Name" value="payments-checkout-demo" help="Becomes part of the namespace and of the address" />
                <TextField name="name_bad" label="Name" value="Payments Demo" />
                <NumberField name="lifetime" label="Lifetime" unit="days" min=1 max=14 value="3" help="At most 14. The arrow keys step" />
                <NumberField name="replicas_bad" label="Replicas" value="12" min=1 max=4 />
                <TextField
                    name="image"
                    label="Image"
                    kind=TextKind::Code
                    value="registry.example.com/payments-api:1.42.0"
                    wide=true
                    help="With its tag or digest"
                />
                <TextField name="secret_password" label="Password" kind=TextKind::Secret autocomplete="new-password" />
                <TextField name="note" label="Note" optional=true placeholder="What is it for" />
                <TextField name="locked" label="Service" value="payments-api" disabled=true />
                <TextField name="fixed" label="Namespace" value="pr-311-payments" readonly=true />
                <Select name="cluster" label="Where" choices=clusters() value="a" help="2 clusters allow previews" />
                <Select name="cluster_off" label="Where" choices=clusters() disabled=true />
                <Segmented name=format!("{theme}_size") label="Size" choices=sizes() value="medium" help="1 CPU, 2 GiB each" />
                <Segmented name=format!("{theme}_size_bad") label="Size" choices=sizes() value="small" />
                <Textarea
                    name="variables"
                    label="Variables"
                    value="LOG_LEVEL=debug\nFEATURE_SPLIT_PAY=on"
                    code=true
                    optional=true
                    rows=3
                    wide=true
                    help="One a line"
                />
                <FileDrop name="file" label="Kubeconfig" fills="kubeconfig" help="It is read here and can be checked before it is sent" wide=true />
            </div>
        </Shown>
        <Shown name="Checkbox, switch">
            <div class="stack">
                <Checkbox name="leader" label="Leads the team" checked=true />
                <Checkbox name="notify" label="Tell the team" help="Everybody in payments gets a message" />
                <Checkbox name="accept_bad" label="I have saved what I need" />
                <Checkbox name="off" label="Cannot be changed" checked=true disabled=true />
                <Checkbox name="sleep" label="Sleep at night" switch=true checked=true />
                <Checkbox name="sleep_off" label="Sleep at weekends" switch=true />
                <Checkbox name="sleep_no" label="Not on this cluster" switch=true disabled=true />
            </div>
        </Shown>
        <Shown name="Radio cards">
            <RadioCards
                name=format!("{theme}_blueprint")
                label="Blueprint"
                value="web"
                cards=vec![
                    RadioCard {
                        value: "web".to_owned(),
                        name: "Web service".to_owned(),
                        text: "One image, an address, a size. Ready in about a minute.".to_owned(),
                        icon: Glyph::Globe,
                        disabled: false,
                    },
                    RadioCard {
                        value: "db".to_owned(),
                        name: "Web service with database".to_owned(),
                        text: "Beside a fresh Postgres of 20 GB.".to_owned(),
                        icon: Glyph::Database,
                        disabled: false,
                    },
                    RadioCard {
                        value: "job".to_owned(),
                        name: "Batch job".to_owned(),
                        text: "No cluster allows it for your team.".to_owned(),
                        icon: Glyph::Terminal,
                        disabled: true,
                    },
                ]
            />
        </Shown>
        <Shown name="What is wrong with the whole form">
            <FormProblems state=state />
        </Shown>
        <Shown name="Search">
            <SearchField label=format!("Search services ({theme})") name="q" />
        </Shown>
        <Shown name="A value to copy">
            <CopyField text="https://pr-311.preview.example.com" />
        </Shown>
    }
    .into_any()
}
