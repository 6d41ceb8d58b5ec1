//! The folder that the server serves: scripts, WebAssembly, style sheet, fonts, pictures, each under a name that changes with its
//! content, and `manifest.json`, which names them.

mod compress;
mod css;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Serialize;

use crate::build::Mode;
use crate::files::{self, Fingerprint};
use crate::front::Front;
use crate::paths::Paths;
use crate::report;

/// What the site is made from, besides the browser's half.
const SOURCES: &[&str] = &["style", "public", "xtask/src/site"];

/// `manifest.json`. The server reads it (`server/src/assets.rs`). Paths are those in the browser, and in the folder.
#[derive(Debug, Default, Serialize)]
struct Manifest {
    /// The folder of the script and the WebAssembly.
    pkg: String,
    script: String,
    wasm: String,
    stylesheet: String,
    /// What every page needs at once: the first font of the style sheet, its text face.
    fonts: Vec<String>,
    /// The icon of the tab.
    icon: String,
    files: BTreeMap<String, File>,
}

/// One file of the site.
#[derive(Debug, Serialize)]
struct File {
    /// Of its content.
    hash: String,
    /// Which compressed forms lie beside it, under its name and this ending.
    compressed: Vec<&'static str>,
}

/// The folder of a mode. The server of a development build looks for `site` beside the folder of the program.
pub fn folder(paths: &Paths, mode: Mode) -> PathBuf {
    paths.target.join(match mode {
        Mode::Dev => "site",
        Mode::Release => "site-release",
    })
}

/// Makes the folder, unless nothing has changed. Gives its path.
pub fn build(paths: &Paths, front: &Front, mode: Mode) -> anyhow::Result<PathBuf> {
    let site = folder(paths, mode);
    let fingerprint = Fingerprint::default()
        .word(mode.name())
        .word(&front.fingerprint)
        .files(&paths.root, SOURCES)?
        .finish();
    let mark = paths.work().join(format!("site-{}.made-from", mode.name()));
    let unchanged = std::fs::read_to_string(&mark).is_ok_and(|made_from| made_from == fingerprint);
    if unchanged && site.join("manifest.json").exists() {
        return Ok(site);
    }
    report::stage("style sheet and assets", || {
        let making = site.with_extension("making");
        files::fresh_folder(&making)?;
        assemble(&paths.root, &front.folder, &making, mode)?;
        files::remake(&mark, &fingerprint, || {
            if site.exists() {
                std::fs::remove_dir_all(&site)?;
            }
            Ok(std::fs::rename(&making, &site)?)
        })
    })?;
    Ok(site)
}

fn assemble(root: &Path, front: &Path, site: &Path, mode: Mode) -> anyhow::Result<()> {
    let mut manifest = Manifest::default();
    add_package(front, site, &mut manifest)?;
    let public = add_public(&root.join("public"), site, &mut manifest)?;
    manifest.icon = public.get("icon.svg").cloned().unwrap_or_default();
    let sheet = css::bundle(root, &public, mode == Mode::Release)?;
    manifest.fonts = sheet.urls.iter().find(|url| url.ends_with(".woff2")).cloned().into_iter().collect();
    let hash = files::hash(sheet.code.as_bytes());
    manifest.stylesheet = format!("/assets/main-{hash}.css");
    let stylesheet = manifest.stylesheet.clone();
    add(site, &mut manifest, &stylesheet, sheet.code.as_bytes(), hash)?;
    if mode == Mode::Release {
        for (path, file) in &mut manifest.files {
            file.compressed = compress::beside(&on_disk(site, path))?;
        }
    }
    files::write(&site.join("manifest.json"), &serde_json::to_vec_pretty(&manifest)?)
}

/// The browser's half. Its files name each other, so their folder carries the hash of all of them.
fn add_package(front: &Path, site: &Path, manifest: &mut Manifest) -> anyhow::Result<()> {
    let mut parts = Vec::new();
    let mut together = Fingerprint::default();
    for file in files::below(front)? {
        let name = relative(front, &file)?;
        let content = files::read(&file)?;
        let hash = files::hash(&content);
        together = together.word(&name).word(&hash);
        parts.push((name, content, hash));
    }
    manifest.pkg = format!("/pkg/{}", together.finish());
    manifest.script = format!("{}/slipway.js", manifest.pkg);
    manifest.wasm = format!("{}/slipway_bg.wasm", manifest.pkg);
    for (name, content, hash) in parts {
        let path = format!("{}/{name}", manifest.pkg);
        add(site, manifest, &path, &content, hash)?;
    }
    Ok(())
}

/// Files that are served as they are. Gives the path of each by its name.
fn add_public(
    public: &Path,
    site: &Path,
    manifest: &mut Manifest,
) -> anyhow::Result<BTreeMap<String, String>> {
    let mut paths = BTreeMap::new();
    for file in files::below(public)? {
        let name = relative(public, &file)?;
        let content = files::read(&file)?;
        let hash = files::hash(&content);
        let path = format!("/assets/{}", hashed_name(&name, &hash));
        add(site, manifest, &path, &content, hash)?;
        paths.insert(name, path);
    }
    Ok(paths)
}

fn add(site: &Path, manifest: &mut Manifest, path: &str, content: &[u8], hash: String) -> anyhow::Result<()> {
    files::write(&on_disk(site, path), content)?;
    manifest.files.insert(path.to_owned(), File { hash, compressed: Vec::new() });
    Ok(())
}

fn on_disk(site: &Path, path: &str) -> PathBuf {
    site.join(path.trim_start_matches('/'))
}

/// `fonts/inter.woff2` with its hash: `fonts/inter-0123456789abcdef.woff2`.
fn hashed_name(name: &str, hash: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}-{hash}.{ending}"),
        None => format!("{name}-{hash}"),
    }
}

fn relative(folder: &Path, file: &Path) -> anyhow::Result<String> {
    let name = file.strip_prefix(folder)?;
    Ok(name.to_str().with_context(|| format!("{} has a name that is not text", file.display()))?.to_owned())
}

#[cfg(test)]
mod tests;
