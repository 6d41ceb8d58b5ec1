//! The style sheet: `style/main.css` with what it imports, in one file, for the browsers of the last two years.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::dependencies::{Dependency, DependencyOptions};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};
use lightningcss::targets::{Browsers, Targets};

/// The style sheet.
#[derive(Debug)]
pub struct Sheet {
    pub code: String,
    /// The files it names, in its order, by their path in the browser.
    pub urls: Vec<String>,
}

/// Bundles it. `public` has the path in the browser of each file of `public/`; a `url()` of another file is an error.
pub fn bundle(root: &Path, public: &BTreeMap<String, String>, minify: bool) -> anyhow::Result<Sheet> {
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    let mut sheet = bundler
        .bundle(&root.join("style/main.css"))
        .map_err(|error| anyhow!("the style sheet is not right: {error}"))?;
    let targets = Targets::from(browsers());
    if minify {
        sheet
            .minify(MinifyOptions { targets, ..MinifyOptions::default() })
            .map_err(|error| anyhow!("the style sheet cannot be made small: {error}"))?;
    }
    let printed = sheet
        .to_css(PrinterOptions {
            minify,
            targets,
            analyze_dependencies: Some(DependencyOptions { remove_imports: false }),
            ..PrinterOptions::default()
        })
        .map_err(|error| anyhow!("the style sheet cannot be written: {error}"))?;
    let mut code = printed.code;
    let mut urls = Vec::new();
    for dependency in printed.dependencies.unwrap_or_default() {
        let Dependency::Url(named) = dependency else {
            bail!("an @import of another site was left in the style sheet");
        };
        // `data:` and the like, and `#fragments`, stand for themselves.
        let url = if named.url.contains(':') || named.url.starts_with('#') {
            named.url
        } else {
            path_of(root, Path::new(&named.loc.file_path), &named.url, public)?
        };
        code = code.replace(&named.placeholder, &url);
        urls.push(url);
    }
    Ok(Sheet { code, urls })
}

/// The path in the browser of what a `url()` in this file names.
fn path_of(root: &Path, file: &Path, url: &str, public: &BTreeMap<String, String>) -> anyhow::Result<String> {
    let place = normal(&root.join(file).with_file_name(url));
    let shown = place.strip_prefix(root).unwrap_or(&place).display().to_string();
    let name = place.strip_prefix(root.join("public")).ok().and_then(Path::to_str);
    name.and_then(|name| public.get(name))
        .cloned()
        .with_context(|| format!("{} names {shown}, which is not there", file.display()))
}

/// Without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                normal.pop();
            }
            Component::CurDir => {}
            other => normal.push(other),
        }
    }
    normal
}

/// Two years back from the end of 2026. All of these know nesting and `light-dark()`, so both stay as written.
fn browsers() -> Browsers {
    let version = |major: u32, minor: u32| Some(major << 16 | minor << 8);
    Browsers {
        // The old browser of Android; its Chrome is Chrome.
        android: None,
        chrome: version(131, 0),
        edge: version(131, 0),
        firefox: version(133, 0),
        ie: None,
        ios_saf: version(18, 1),
        opera: version(116, 0),
        safari: version(18, 1),
        samsung: version(27, 0),
    }
}
