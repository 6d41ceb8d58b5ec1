//! Scripts, styles, fonts: what `cargo xtask build` made, served from memory.
//!
//! Invariants: only what the manifest names is served, so no path leads out of the folder; names carry a hash of the content, so
//! browsers may keep a file for ever.

mod manifest;
mod negotiate;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::Path;
#[cfg(any(test, not(feature = "embed")))]
use std::path::PathBuf;

use anyhow::Context;
use app::AssetNames;
use axum::body::{Body, Bytes};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use manifest::Manifest;
use negotiate::Encoding;

/// A year, and no question in between (RFC 8246): another content has another name.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The built files.
#[derive(Debug, Default)]
pub struct Assets {
    names: AssetNames,
    files: HashMap<String, Asset>,
}

/// One file in all its forms. Sending it copies no bytes.
#[derive(Debug)]
struct Asset {
    kind: HeaderValue,
    hash: String,
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

impl Assets {
    /// Reads them from the folder that `SLIPWAY_SITE` names, else from the program itself, else from `site` beside the folder of the
    /// program. Without any, pages still work, without script and style, and the log says so.
    pub fn load() -> anyhow::Result<Self> {
        if let Some(folder) = std::env::var_os("SLIPWAY_SITE").filter(|folder| !folder.is_empty()) {
            return Self::read(Path::new(&folder));
        }
        #[cfg(feature = "embed")]
        return Self::embedded();
        #[cfg(not(feature = "embed"))]
        match built_folder() {
            Some(folder) => Self::read(&folder),
            None => {
                tracing::warn!(
                    "pages have no script and no style: build them (cargo xtask build), or set SLIPWAY_SITE"
                );
                Ok(Self::default())
            }
        }
    }

    /// Their names.
    pub fn names(&self) -> &AssetNames {
        &self.names
    }

    /// Reads the folder.
    fn read(folder: &Path) -> anyhow::Result<Self> {
        let fetch = |path: &str| {
            let file = folder.join(path.trim_start_matches('/'));
            let content =
                std::fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
            Ok(Bytes::from(content))
        };
        Self::from_parts(fetch)
    }

    /// Takes them from the program.
    #[cfg(feature = "embed")]
    fn embedded() -> anyhow::Result<Self> {
        Self::from_parts(|path| {
            let found = EMBEDDED.iter().find(|(name, _)| *name == path);
            let (_, content) = found.with_context(|| format!("{path} is not in the program"))?;
            Ok(Bytes::from_static(content))
        })
    }

    fn from_parts(fetch: impl Fn(&str) -> anyhow::Result<Bytes>) -> anyhow::Result<Self> {
        let manifest = Manifest::parse(&fetch("/manifest.json")?)?;
        let mut files = HashMap::new();
        for (path, file) in manifest.files {
            let packed = |ending: &str| {
                let has = file.compressed.iter().any(|form| form == ending);
                has.then(|| fetch(&format!("{path}.{ending}"))).transpose()
            };
            let asset = Asset {
                kind: kind(&path),
                plain: fetch(&path)?,
                brotli: packed("br")?,
                gzip: packed("gz")?,
                hash: file.hash,
            };
            files.insert(path, asset);
        }
        let names = AssetNames {
            pkg: manifest.pkg,
            stylesheet: manifest.stylesheet,
            icon: manifest.icon,
            fonts: manifest.fonts,
        };
        Ok(Self { names, files })
    }
}

#[cfg(feature = "embed")]
include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// `target/site` of `target/debug/slipway`.
#[cfg(not(feature = "embed"))]
fn built_folder() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let folder = program.parent()?.parent()?.join("site");
    folder.join("manifest.json").exists().then_some(folder)
}

/// Answers with a file, in the smallest form that the browser takes.
pub fn serve(assets: &Assets, path: &str, headers: &HeaderMap) -> Response {
    let Some(asset) = assets.files.get(path) else {
        return crate::doors::not_found();
    };
    let packed = [(Encoding::Brotli, &asset.brotli), (Encoding::Gzip, &asset.gzip)];
    let form = packed
        .into_iter()
        .filter(|(encoding, _)| negotiate::accepts(headers, *encoding))
        .find_map(|(encoding, content)| Some((encoding.name(), content.as_ref()?)));
    let (encoding, content) = match form {
        Some((encoding, content)) => (Some(encoding), content),
        None => (None, &asset.plain),
    };
    // Another form is another representation, with a tag of its own (RFC 9110 section 8.8.3.3).
    let tag = format!("\"{}{}\"", asset.hash, encoding.map(|name| format!("-{name}")).unwrap_or_default());
    let unchanged = negotiate::has_tag(headers, &tag);
    let (status, body) = if unchanged {
        (StatusCode::NOT_MODIFIED, Body::empty())
    } else {
        (StatusCode::OK, Body::from(content.clone()))
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let answer = response.headers_mut();
    answer.insert(header::CACHE_CONTROL, FOR_EVER);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.insert(header::ETAG, tag);
    }
    if asset.brotli.is_some() || asset.gzip.is_some() {
        answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    if !unchanged {
        answer.insert(header::CONTENT_TYPE, asset.kind.clone());
        if let Some(encoding) = encoding {
            answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
    }
    response
}

/// The media type, by the ending of the name. WebAssembly is compiled while it arrives only under its own type.
fn kind(path: &str) -> HeaderValue {
    HeaderValue::from_static(match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("avif") => "image/avif",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    })
}
