//! Compressed forms of files, made once at build time, as small as they get.

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::files;

/// Compressed already.
const DENSE: &[&str] = &["woff2", "png", "jpg", "webp", "avif"];

/// Writes the forms that save a tenth or more beside the file, as `name.br` and `name.gz`. Gives their endings.
pub fn beside(file: &Path) -> anyhow::Result<Vec<&'static str>> {
    if file.extension().is_some_and(|ending| DENSE.iter().any(|dense| ending == *dense)) {
        return Ok(Vec::new());
    }
    let content = files::read(file)?;
    let mut written = Vec::new();
    for (ending, packed) in [("br", brotli(&content)?), ("gz", gzip(&content)?)] {
        if packed.len() * 10 < content.len() * 9 {
            let mut name = file.as_os_str().to_owned();
            name.push(".");
            name.push(ending);
            files::write(Path::new(&name), &packed)?;
            written.push(ending);
        }
    }
    Ok(written)
}

fn brotli(content: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut packed = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 24, ..Default::default() };
    brotli::BrotliCompress(&mut &content[..], &mut packed, &params)?;
    Ok(packed)
}

fn gzip(content: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}
