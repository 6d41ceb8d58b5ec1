use super::*;

/// A clone with a style sheet that names a font, and a browser's half.
fn clone() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write =
        |name: &str, content: &str| files::write(&folder.path().join(name), content.as_bytes()).unwrap();
    write("style/main.css", "@layer base; @import \"parts/fonts.css\" layer(base);");
    write(
        "style/parts/fonts.css",
        "@font-face { font-family: Inter; src: url(\"../../public/fonts/inter.woff2\") format(\"woff2\"); }
         a { color: light-dark(#000, #fff); &:hover { color: red; } }",
    );
    write("public/fonts/inter.woff2", "font");
    write("public/icon.svg", "<svg/>");
    write("front/slipway.js", "import './slipway_bg.wasm'");
    write("front/slipway_bg.wasm", &"wasm ".repeat(500));
    folder
}

fn made(clone: &Path, mode: Mode) -> (PathBuf, serde_json::Value) {
    let site = clone.join("site");
    files::fresh_folder(&site).unwrap();
    assemble(clone, &clone.join("front"), &site, mode).unwrap();
    let manifest = serde_json::from_slice(&files::read(&site.join("manifest.json")).unwrap()).unwrap();
    (site, manifest)
}

#[test]
fn every_file_has_its_hash_in_its_path_and_stands_in_the_manifest() {
    let clone = clone();
    let (site, manifest) = made(clone.path(), Mode::Dev);
    let files = manifest["files"].as_object().unwrap();
    assert_eq!(files.len(), 5);
    for (path, file) in files {
        assert!(site.join(path.trim_start_matches('/')).is_file(), "{path}");
        let hash = file["hash"].as_str().unwrap();
        assert!(path.contains(hash) || path.starts_with("/pkg/"), "{path}");
    }
    for named in ["script", "wasm", "stylesheet", "icon"] {
        assert!(files.contains_key(manifest[named].as_str().unwrap()), "{named}");
    }
    assert!(files.contains_key(manifest["fonts"][0].as_str().unwrap()));
}

#[test]
fn the_style_sheet_is_whole_and_names_the_hashed_font() {
    let clone = clone();
    let (site, manifest) = made(clone.path(), Mode::Release);
    let sheet = on_disk(&site, manifest["stylesheet"].as_str().unwrap());
    let code = std::fs::read_to_string(sheet).unwrap();
    assert!(code.contains(manifest["fonts"][0].as_str().unwrap()), "{code}");
    assert!(code.contains("@layer base"), "{code}");
    // What the browsers of the last two years understand stays as it is written.
    assert!(code.contains("light-dark(") && code.contains("&:hover"), "{code}");
    assert!(!code.contains("@import"), "{code}");
}

/// What folds away may only lose its button where the browser opens it by itself.
#[test]
fn facets_can_be_opened_in_every_browser() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let public = files::below(&root.join("public")).unwrap().into_iter().map(|file| {
        let name = relative(&root.join("public"), &file).unwrap();
        (name.clone(), format!("/assets/{name}"))
    });
    let code = css::bundle(root, &public.collect(), true).unwrap().code;
    let hides = ".facets-fold>summary{display:none}";
    let (before, after) = code.split_once("@supports selector(::details-content)").unwrap();
    assert!(after.contains(hides) && !before.contains(hides));
    let end = after.find("::details-content{").unwrap();
    assert!(after.get(..end).unwrap().contains(hides), "both rules stand under one condition");
}

#[test]
fn a_change_of_a_part_changes_the_folder_of_the_package() {
    let clone = clone();
    let before = made(clone.path(), Mode::Dev).1["pkg"].clone();
    assert_eq!(made(clone.path(), Mode::Dev).1["pkg"], before);
    files::write(&clone.path().join("front/chunk.wasm"), b"lazy").unwrap();
    assert_ne!(made(clone.path(), Mode::Dev).1["pkg"], before);
}

#[test]
fn a_release_has_compressed_forms_where_they_are_smaller() {
    let clone = clone();
    let (site, manifest) = made(clone.path(), Mode::Release);
    let wasm = manifest["wasm"].as_str().unwrap();
    assert_eq!(manifest["files"][wasm]["compressed"], serde_json::json!(["br", "gz"]));
    let whole = files::read(&on_disk(&site, wasm)).unwrap();
    let mut back = Vec::new();
    let packed = files::read(&on_disk(&site, &format!("{wasm}.br"))).unwrap();
    brotli::BrotliDecompress(&mut packed.as_slice(), &mut back).unwrap();
    assert_eq!(back, whole);
    let font = manifest["fonts"][0].as_str().unwrap();
    assert_eq!(manifest["files"][font]["compressed"], serde_json::json!([]));
}

#[test]
fn a_picture_that_is_not_there_fails_the_build() {
    let clone = clone();
    files::write(&clone.path().join("style/main.css"), b"a { background: url(\"../public/no.svg\"); }")
        .unwrap();
    let error = css::bundle(clone.path(), &BTreeMap::new(), false).unwrap_err().to_string();
    assert!(error.contains("public/no.svg"), "{error}");
}
