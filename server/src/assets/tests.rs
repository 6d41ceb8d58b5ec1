use axum::body::to_bytes;

use super::*;

const WASM: &str = "/pkg/0a/slipway_bg.wasm";

/// A folder as the build makes it; beside it lies a file that is nobody's business.
fn site() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    let write = |path: &str, content: &str| {
        let file = site.join(path.trim_start_matches('/'));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
    };
    write(WASM, "plain wasm");
    write("/pkg/0a/slipway_bg.wasm.br", "brotli");
    write("/pkg/0a/slipway_bg.wasm.gz", "gzip");
    write("/assets/main-0b.css", "a{}");
    write("/unlisted.txt", "no");
    std::fs::write(folder.path().join("secret"), "no").unwrap();
    write(
        "/manifest.json",
        r#"{"pkg": "/pkg/0a", "script": "", "wasm": "", "stylesheet": "/assets/main-0b.css", "fonts": ["/assets/f.woff2"],
            "icon": "/assets/i.svg", "files": {
                "/pkg/0a/slipway_bg.wasm": {"hash": "0a", "compressed": ["br", "gz"]},
                "/assets/main-0b.css": {"hash": "0b", "compressed": []}}}"#,
    );
    (folder, site)
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

async fn ask(path: &str, asked: &[(&'static str, &str)]) -> (StatusCode, HeaderMap, String) {
    let (_folder, site) = site();
    let assets = Assets::read(&site).unwrap();
    let response = serve(&assets, path, &headers(asked));
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1000).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

#[test]
fn the_names_are_those_of_the_manifest() {
    let (_folder, site) = site();
    let assets = Assets::read(&site).unwrap();
    assert_eq!(assets.names().pkg, "/pkg/0a");
    assert_eq!(assets.names().stylesheet, "/assets/main-0b.css");
    assert_eq!(assets.names().icon, "/assets/i.svg");
    assert_eq!(assets.names().fonts, ["/assets/f.woff2"]);
}

#[tokio::test]
async fn a_file_comes_with_its_type_and_may_be_kept_for_ever() {
    let (status, headers, body) = ask(WASM, &[]).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "plain wasm"));
    assert_eq!(headers["content-type"], "application/wasm");
    assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(headers["etag"], "\"0a\"");
    assert_eq!(headers["vary"], "accept-encoding");
    let (_, headers, _) = ask("/assets/main-0b.css", &[("accept-encoding", "br")]).await;
    assert_eq!(headers["content-type"], "text/css; charset=utf-8");
    assert!(!headers.contains_key("content-encoding"));
}

#[tokio::test]
async fn the_smallest_form_that_the_browser_takes_is_sent() {
    for (accepted, encoding, content) in [
        ("gzip, deflate, br, zstd", Some("br"), "brotli"),
        ("gzip", Some("gzip"), "gzip"),
        ("br;q=0, gzip;q=0.5", Some("gzip"), "gzip"),
        ("br; q=0.0, gzip;q=0", None, "plain wasm"),
        ("*", Some("br"), "brotli"),
        ("*, br;q=0", Some("gzip"), "gzip"),
        ("identity", None, "plain wasm"),
        ("", None, "plain wasm"),
    ] {
        let (_, headers, body) = ask(WASM, &[("accept-encoding", accepted)]).await;
        assert_eq!(
            headers.get("content-encoding").map(|value| value.to_str().unwrap()),
            encoding,
            "{accepted}"
        );
        assert_eq!(body, content, "{accepted}");
    }
}

#[tokio::test]
async fn a_browser_that_has_the_file_is_told_so() {
    for (known, status) in [
        ("\"0a\"", StatusCode::NOT_MODIFIED),
        ("\"xx\", W/\"0a\"", StatusCode::NOT_MODIFIED),
        ("\"0a-br\"", StatusCode::OK),
        ("\"0b\"", StatusCode::OK),
    ] {
        let (answered, _, body) = ask(WASM, &[("if-none-match", known)]).await;
        assert_eq!(answered, status, "{known}");
        assert_eq!(body.is_empty(), status == StatusCode::NOT_MODIFIED, "{known}");
    }
}

#[tokio::test]
async fn nothing_but_what_the_manifest_names_is_served() {
    for path in [
        "/unlisted.txt",
        "/manifest.json",
        "/../secret",
        "/pkg/0a/../../../secret",
        "/pkg/0a/slipway_bg.wasm.br",
        "/pkg",
    ] {
        assert_eq!(ask(path, &[]).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[test]
fn a_manifest_that_leads_out_of_the_folder_is_refused() {
    let (_folder, site) = site();
    let bad = r#"{"pkg": "", "stylesheet": "", "fonts": [], "icon": "", "files": {"/../secret": {"hash": "", "compressed": []}}}"#;
    std::fs::write(site.join("manifest.json"), bad).unwrap();
    assert!(Assets::read(&site).unwrap_err().to_string().contains("outside"));
}

#[test]
fn a_folder_without_a_manifest_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let error = Assets::read(folder.path()).unwrap_err().to_string();
    assert!(error.contains("manifest.json cannot be read"), "{error}");
}
