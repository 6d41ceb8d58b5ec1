//! Tables, facets, facts.

use leptos::prelude::*;

use super::Shown;
use crate::ui::prelude::*;

pub fn show(theme: &'static str) -> AnyView {
    let services = [
        ("payments-api", "Takes and settles card payments", "payments", State::Ok, "Healthy", "6,412"),
        ("checkout-web", "The shop’s checkout", "storefront", State::Warn, "SLO at risk", "1,204"),
        ("receipts", "Sends receipts by mail", "payments", State::Bad, "2 of 3 pods down", "212"),
        ("warehouse-sync", "Stock levels from the warehouse", "logistics", State::Off, "Not running", "96"),
    ];
    let rows: Vec<_> = services
        .into_iter()
        .map(|(name, about, owner, state, word, cost)| {
            view! {
                <tr>
                    <td class="main giving">
                        <div class="named">
                            <span class="who">
                                <Icon of=Glyph::Box class="faint" />
                                <a href="/style" data-row="">
                                    {name}
                                </a>
                            </span>
                            <span class="under">{about}</span>
                        </div>
                    </td>
                    <td>
                        <span class="clip">
                            <Who name=owner />
                        </span>
                    </td>
                    <td class="minor">
                        <Badge text="Tier 1" />
                    </td>
                    <td>
                        <Status state=state text=word />
                    </td>
                    <td class="num" data-label="USD, month">{cost}</td>
                </tr>
            }
        })
        .collect();
    let columns = || {
        vec![
            Column::new("Name").sorted_by("/style?sort=-name", Some(Order::Ascending)),
            Column::new("Owner").sorted_by("/style?sort=owner", None),
            Column::new("Tier").minor(),
            Column::new("Health"),
            Column::number("USD, month"),
        ]
    };
    let value = |label: &str, count: &str, on| FacetValue {
        label: label.to_owned(),
        count: count.to_owned(),
        href: "/style".to_owned(),
        on,
    };
    let kinds = vec![value("Service", "118", true), value("Website", "14", true), value("API", "63", false)];
    let lives = vec![value("production", "171", true), value("experimental", "24", false)];
    let more = ("/style".to_owned(), "3 more".to_owned());
    let now = page_now().get_untracked();
    let (hour, minute) = (3_600_000_000_i64, 60_000_000_i64);
    view! {
        <Shown name="Filters in force, views">
            <div class="chips">
                <FilterChip text="Kind: Service, Website" without="/style" />
                <Chip text="All" href="/style" on=true />
                <Chip text="Mine" href="/style" icon=Glyph::User />
                <Chip text="Organisation" href="/style" icon=Glyph::Folder count="12" />
            </div>
        </Shown>
        <Shown name="Table: sorted, numbers at the right, j and k go through it; small cards where it is narrow">
            <div class="card">
                <Table label=format!("Services ({theme})") columns=columns() stacks=true>
                    {rows}
                </Table>
            </div>
            <Pager summary="1–4 of 203" previous="/style" next="/style?after=x" keys=true label=format!("Pages ({theme})") />
            <Pager summary="50 changes" first="/style" next="/style?after=x" label=format!("Pages by cursor ({theme})") />
        </Shown>
        <Shown name="Table without rows">
            <Card flush=true title="Environments" aside=|| "none running">
                <Table label=format!("Environments ({theme})") columns=columns()>
                    <NoRows columns=5>
                        <EmptyState
                            why="No environments yet"
                            icon=Glyph::Environment
                            action=|| {
                                view! {
                                    <LinkButton href="/style" kind=ButtonKind::Primary icon=Glyph::Plus>
                                        "Request one"
                                    </LinkButton>
                                }
                            }
                        />
                    </NoRows>
                </Table>
            </Card>
        </Shown>
        <Shown name="Facets">
            <Facets label=format!("Filters ({theme})")>
                <Facet title=format!("Kind ({theme})") values=kinds more=more />
                <Facet title=format!("Lifecycle ({theme})") values=lives />
            </Facets>
        </Shown>
        <Shown name="Card with facts; times tell the exact one on hover">
            <Card title="About" aside=|| view! { <a class="link" href="/style">"History"</a> }>
                <KeyValues>
                    <Fact name="Owner">
                        <Who name="payments" href="/style" />
                    </Fact>
                    <Fact name="Requested by">"Mina Okafor"</Fact>
                    <Fact name="Approved by">"Sam Duarte, for plan " <code>"9f31c2"</code></Fact>
                    <Fact name="Started">
                        <Time micros=now - 49 * hour />
                    </Fact>
                    <Fact name="Expires">
                        <Time micros=now + 71 * hour + 12 * minute />
                    </Fact>
                    <Fact name="Last seen">
                        <Unknown reason="The cluster has not answered yet" />
                    </Fact>
                </KeyValues>
            </Card>
        </Shown>
    }
    .into_any()
}
