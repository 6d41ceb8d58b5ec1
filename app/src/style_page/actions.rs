//! Buttons, links, menus, what opens over the page.

use leptos::prelude::*;

use super::Shown;
use crate::ui::breadcrumb::Breadcrumb;
use crate::ui::prelude::*;

pub fn show(theme: &'static str) -> AnyView {
    let dialog = RwSignal::new(false);
    let clicks = RwSignal::new(0);
    let count = Callback::new(move |()| clicks.update(|clicks| *clicks += 1));
    let menu = format!("{theme}-menu");
    view! {
        <Shown name="Button: primary, plain, quiet, danger, last step of danger">
            <div class="row">
                <Button kind=ButtonKind::Primary icon=Glyph::Plus on_click=count>
                    "Request"
                </Button>
                <Button icon=Glyph::Clock on_click=count>
                    "Extend"
                </Button>
                <Button kind=ButtonKind::Quiet icon=Glyph::BookOpen on_click=count>
                    "How this works"
                </Button>
                <Button kind=ButtonKind::Danger icon=Glyph::Trash on_click=count>
                    "Destroy"
                </Button>
                <Button kind=ButtonKind::FilledDanger icon=Glyph::Trash on_click=count>
                    "Destroy payments-pr-311"
                </Button>
            </div>
            <p class="small dim">{move || format!("pressed {} times", clicks.get())}</p>
        </Shown>
        <Shown name="Button: busy">
            <div class="row">
                <Button kind=ButtonKind::Primary busy=true>
                    "Requesting"
                </Button>
                <Button busy=true>"Extending"</Button>
            </div>
        </Shown>
        <Shown name="Button: disabled, with its reason on hover and for screen readers">
            <div class="row">
                <Button kind=ButtonKind::Primary icon=Glyph::Plus disabled="Your team has used its quota">
                    "Request"
                </Button>
                <Button icon=Glyph::Clock disabled="It has ended">
                    "Extend"
                </Button>
                <Button kind=ButtonKind::Quiet disabled="It has ended">
                    "Retry"
                </Button>
                <Button kind=ButtonKind::Danger icon=Glyph::Trash disabled="It is being destroyed">
                    "Destroy"
                </Button>
            </div>
        </Shown>
        <Shown name="Link button, small; icon buttons">
            <div class="row">
                <LinkButton href="/style" icon=Glyph::ArrowRight>
                    "Open"
                </LinkButton>
                <LinkButton href="/style" kind=ButtonKind::Primary small=true>
                    "Small"
                </LinkButton>
                <LinkButton href="/style" small=true icon=Glyph::Download>
                    "Small"
                </LinkButton>
                <IconButton label="Refresh" icon=Glyph::Refresh />
                <IconButton label="More" icon=Glyph::More kind=ButtonKind::Plain />
                <IconButton label="Close" icon=Glyph::Close small=true />
            </div>
        </Shown>
        <Shown name="Foot of a form: with a way back and a remark, with a long name, alone">
            <div class="stack">
                <FormFoot cancel="/style" remark="Everything is checked first.">
                    <SubmitButton icon=Glyph::Send>"Publish"</SubmitButton>
                </FormFoot>
                <FormFoot cancel="/style">
                    <SubmitButton kind=ButtonKind::FilledDanger icon=Glyph::Trash>
                        "Remove the-repository-that-all-teams-share-and-nobody-remembers"
                    </SubmitButton>
                </FormFoot>
                <FormFoot>
                    <SubmitButton icon=Glyph::Check>"Save"</SubmitButton>
                </FormFoot>
            </div>
        </Shown>
        <Shown name="Menu (without JavaScript too), dialog">
            <div class="row">
                <button type="button" class="button" popovertarget=menu.clone()>
                    "Menu"
                    <Icon of=Glyph::ChevronDown />
                </button>
                <MenuList id=menu>
                    <MenuLink href="/style" icon=Glyph::User>
                        "Your account"
                    </MenuLink>
                    <hr />
                    <MenuLink href="/style" icon=Glyph::FileCode>
                        "Show the source"
                    </MenuLink>
                </MenuList>
                <Button on_click=Callback::new(move |()| dialog.set(true))>"Open a dialog"</Button>
            </div>
            <Dialog
                id=format!("{theme}-dialog")
                title="Stop payments-pr-311"
                open=dialog
                footer=move || {
                    view! {
                        <Button kind=ButtonKind::Primary on_click=Callback::new(move |()| dialog.set(false))>
                            "Stop it"
                        </Button>
                        <Button kind=ButtonKind::Quiet on_click=Callback::new(move |()| dialog.set(false))>
                            "Leave it running"
                        </Button>
                    }
                }
            >
                <p>"Its pods are scaled to nought. Its data stays, and starting it again takes about 40 s."</p>
            </Dialog>
        </Shown>
        <Shown name="Unknown value, and none, with the reason on hover">
            <p>
                "Last deployment " <Unknown reason="No source reports deployments of this service" />
            </p>
            <p>"Expires " <NoValue reason="Ended" /></p>
        </Shown>
        <Shown name="Tabs, breadcrumb">
            <Tabs
                label=format!("Example ({theme})")
                tabs=vec![
                    Tab::new("Progress", "/style"),
                    Tab::new("Objects", "/style/objects").counting(14),
                    Tab::new("Logs", "/style/logs"),
                    Tab::new("History", "/style/history"),
                ]
            />
            <Breadcrumb label=format!("Way ({theme})") crumbs=vec![
                Crumb::to("Environments", "/environments"),
                Crumb::to("Request", "/environments/new"),
                Crumb::here("Web service"),
            ] />
        </Shown>
    }
    .into_any()
}
