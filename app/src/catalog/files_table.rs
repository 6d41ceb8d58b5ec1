//! The files of a source, and what became of each.

use leptos::prelude::*;

use super::source_view::{FileStateView, FileView, SourcePageView};
use super::{address, source_fields, words};
use crate::ui::prelude::*;

/// The tab of files; `after` is the path that this page comes after.
pub fn panel(page: SourcePageView, after: &str) -> AnyView {
    let path = format!("{}?tab=files", address::source(page.source.id));
    if page.files.is_empty() {
        let why = match page.source.last_run {
            None => source_fields::unread(&page.source),
            Some(_) if after.is_empty() => "No files were found",
            Some(_) => "There are no more files",
        };
        return view! {
            <Card>
                <EmptyState
                    why=why
                    icon=Glyph::FileText
                    text="Slipway reads the files that the settings name, then follows their Locations."
                />
            </Card>
        }
        .into_any();
    }
    let columns = vec![
        Column::new("File"),
        Column::new("State"),
        Column::new("Referenced by").minor(),
        Column::number("Documents"),
        Column::number("In the catalog"),
        Column::number("Findings"),
        Column::number("Bytes").minor(),
        Column::number("Change noticed").minor(),
    ];
    let count = page.files.len();
    let source = page.source.id.to_string();
    let width = columns.len();
    let rows: Vec<_> = page.files.into_iter().map(|file| row(file, &source, width)).collect();
    let next = page.next.map(|next| format!("{path}&{}", address::search_of([("after", next)])));
    let first = (!after.is_empty()).then(|| path.clone());
    let summary = match next.is_some() || first.is_some() {
        true => format!("{count} files on this page"),
        false => words::count(u64::try_from(count).unwrap_or(u64::MAX), "file", "files"),
    };
    view! {
        <Card flush=true>
            <Table label="Files" columns=columns stacks=true>
                {rows}
            </Table>
        </Card>
        <Pager summary=summary first=first next=next />
    }
    .into_any()
}

fn row(file: FileView, source: &str, width: usize) -> AnyView {
    let status = match &file.state {
        FileStateView::Read => view! { <Status state=State::Ok text="Read" /> }.into_any(),
        FileStateView::NotRead(_) => view! { <Status state=State::Bad text="Not read" /> }.into_any(),
        FileStateView::NotNamed => view! { <Status state=State::Off text="Not referenced" /> }.into_any(),
        FileStateView::Gone(at) => {
            view! { <span class="row"><Status state=State::Off text="Gone" /> <Time micros=*at /></span> }
                .into_any()
        }
    };
    let named_by = match (&file.named_by, &file.state) {
        (Some((path, line)), _) => {
            let place = format!("{path}:{line}");
            view! { <code class="clip" title=place.clone()>{place.clone()}</code> }.into_any()
        }
        (None, FileStateView::NotNamed) => view! { <span class="dim">"nothing"</span> }.into_any(),
        (None, _) => view! { <span class="dim">"the settings"</span> }.into_any(),
    };
    let findings = match file.findings {
        0 => view! { <span class="faint zero">"0"</span> }.into_any(),
        findings => {
            let search = address::search_of([("source", source.to_owned()), ("q", file.path.clone())]);
            let href = address::with_search(address::PROBLEMS, &search);
            view! { <a class="link ink-warn" href=href>{words::grouped(findings)}</a> }.into_any()
        }
    };
    let size = match (&file.state, file.size) {
        // How large it is was never asked.
        (FileStateView::NotNamed | FileStateView::NotRead(_), 0) => {
            view! { <NoValue reason="It was not read" /> }.into_any()
        }
        (_, size) => words::grouped(size).into_any(),
    };
    let why = match file.state {
        FileStateView::NotRead(why) => Some(view! {
            <tr class="catalog-error">
                <td class="wrap ink-bad" colspan=width.to_string()>
                    {why}
                </td>
            </tr>
        }),
        _ => None,
    };
    view! {
        <tr>
            <td class="wrap giving">
                <a href=address::file(file.id) data-row="">
                    <code>{breakable(&file.path)}</code>
                </a>
            </td>
            <td>{status}</td>
            <td class="minor" data-label="referenced by">{named_by}</td>
            <td class="num" data-label="documents">{words::grouped(file.documents)}</td>
            <td class="num" data-label="in the catalog">{words::grouped(file.live)}</td>
            <td class="num" data-label="findings">{findings}</td>
            <td class="num dim minor" data-label="bytes">{size}</td>
            <td class="num dim minor" data-label="change noticed">
                <Time micros=file.read_at />
            </td>
        </tr>
        {why}
    }
    .into_any()
}
