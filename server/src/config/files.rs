//! Looks into the files that settings name, so that what is wrong with one is said with the line that names it, also by
//! `slipway config check`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::Tls;
use super::read::ConfigError;
use super::values::Values;

/// The certificate and its key, ready to be served; both or none are set.
pub fn tls(values: &Values) -> Result<Option<Tls>, ConfigError> {
    let (certificate, key) = match (values.text("tls.certificate"), values.text("tls.key")) {
        (None, None) => return Ok(None),
        (Some(certificate), Some(key)) => (PathBuf::from(certificate), PathBuf::from(key)),
        (Some(_), None) => return Err(values.wrong("tls.certificate", "needs tls.key beside it")),
        (None, Some(_)) => return Err(values.wrong("tls.key", "needs tls.certificate beside it")),
    };
    let chain = CertificateDer::pem_file_iter(&certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(|error| values.wrong("tls.certificate", &unreadable(&certificate, &error)))?;
    if chain.is_empty() {
        let why = format!("names {}, in which there is no certificate (PEM)", certificate.display());
        return Err(values.wrong("tls.certificate", &why));
    }
    let secret = PrivateKeyDer::from_pem_file(&key)
        .map_err(|error| values.wrong("tls.key", &unreadable(&key, &error)))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let served = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, secret));
    let served = served.map_err(|error| {
        let why = format!("cannot be used with the certificate in {}: {error}", certificate.display());
        values.wrong("tls.key", &why)
    })?;
    Ok(Some(Tls { certificate, key, served: Arc::new(served) }))
}

/// The files of certificate authorities.
pub fn authorities(values: &Values) -> Result<Vec<PathBuf>, ConfigError> {
    let files = values.list::<PathBuf>("extra_ca")?;
    for file in &files {
        platform::outgoing::authorities(file)
            .map_err(|why| values.wrong("extra_ca", &format!("names {why}")))?;
    }
    Ok(files)
}

/// The data folder, which may be missing yet: from the root on, since programs that are started in other folders are told of it.
pub fn data(values: &Values) -> Result<PathBuf, ConfigError> {
    let data = std::path::absolute(values.text("data").unwrap_or("./data"))
        .map_err(|error| values.wrong("data", &format!("is no folder: {error}")))?;
    let is_none = match std::fs::metadata(&data) {
        Ok(there) => !there.is_dir(),
        Err(error) => error.kind() == std::io::ErrorKind::NotADirectory,
    };
    if is_none {
        return Err(values.wrong("data", &format!("names {}, which is not a folder", data.display())));
    }
    Ok(data)
}

/// The folders that sources may be in, and what is told of those that are not there: they may be mounted later, and a source that lies
/// in one says so itself.
pub fn roots(values: &Values) -> Result<(Vec<PathBuf>, Vec<String>), ConfigError> {
    const KEY: &str = "catalog.roots";
    let roots = values.list::<PathBuf>(KEY)?;
    let mut missing = Vec::new();
    for root in &roots {
        let shown = root.display();
        if !root.is_absolute() {
            let why = format!("names {shown}, which is not an absolute path such as /srv/catalog");
            return Err(values.wrong(KEY, &why));
        }
        match std::fs::metadata(root) {
            Ok(there) if there.is_dir() => {}
            Ok(_) => return Err(values.wrong(KEY, &format!("names {shown}, which is not a folder"))),
            Err(error) => {
                let told = values.wrong(KEY, &format!("names {shown}, which cannot be read now: {error}"));
                missing.push(told.to_string());
            }
        }
    }
    Ok((roots, missing))
}

/// The key file, as far as that can be told before the database is: one that is not there is made where nothing is sealed yet.
pub fn key_file(values: &Values, data: &Path) -> Result<PathBuf, ConfigError> {
    let file = values.text("key_file").map_or_else(|| data.join("key"), PathBuf::from);
    match platform::secrets::check_key_file(&file) {
        Ok(()) => Ok(file),
        Err(error) => Err(values.wrong("key_file", &format!("cannot be used. {error}"))),
    }
}

fn unreadable(file: &Path, error: &pem::Error) -> String {
    let file = file.display();
    match error {
        pem::Error::Io(error) => format!("names {file}, which cannot be read: {error}"),
        pem::Error::NoItemsFound => format!("names {file}, in which there is none (PEM)"),
        other => format!("names {file}, which is no PEM: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::os::unix::fs::PermissionsExt;

    use platform::testing::certificate::{CERTIFICATE, KEY};

    use crate::config::{Config, Overrides, load};

    /// Every file that a case may name, and a configuration that does; `DIR` stands for their folder.
    fn load_with_files(text: &str) -> Result<Config, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let other = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIBVvNM54ZO5/R2qGPLjUXd2YBVJiHEHNsBzBrz0C0VqK\n-----END PRIVATE KEY-----\n";
        for (name, content, mode) in [
            ("certificate.pem", CERTIFICATE, 0o644),
            ("key.pem", KEY, 0o600),
            ("other-key.pem", other, 0o600),
            ("empty.pem", "nothing\n", 0o644),
            ("open-key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 0o644),
            ("no-key", "nothing\n", 0o600),
            ("good-key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 0o600),
        ] {
            std::fs::write(path(name), content).expect("a file");
            std::fs::set_permissions(path(name), std::fs::Permissions::from_mode(mode)).expect("a mode");
        }
        let here = folder.path().display().to_string();
        std::fs::write(path("slipway.toml"), text.replace("DIR", &here)).expect("a file");
        let overrides = Overrides {
            config: Some(path("slipway.toml")),
            data: Some(path("data")),
            ..Overrides::default()
        };
        load(&overrides, &BTreeMap::new()).map_err(|error| error.to_string().replace(&here, "DIR"))
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_with_the_line_that_names_it() {
        for (text, expected) in [
            (
                "[tls]\ncertificate = \"DIR/none.pem\"\nkey = \"DIR/key.pem\"\n",
                "DIR/slipway.toml:2: tls.certificate names DIR/none.pem, which cannot be read",
            ),
            (
                "[tls]\ncertificate = \"DIR/empty.pem\"\nkey = \"DIR/key.pem\"\n",
                "DIR/slipway.toml:2: tls.certificate names DIR/empty.pem, in which there is no certificate",
            ),
            (
                "[tls]\ncertificate = \"DIR/certificate.pem\"\nkey = \"DIR/none.pem\"\n",
                "DIR/slipway.toml:3: tls.key names DIR/none.pem, which cannot be read",
            ),
            (
                "[tls]\ncertificate = \"DIR/certificate.pem\"\nkey = \"DIR/certificate.pem\"\n",
                "DIR/slipway.toml:3: tls.key names DIR/certificate.pem, in which there is none",
            ),
            (
                "[tls]\ncertificate = \"DIR/certificate.pem\"\nkey = \"DIR/other-key.pem\"\n",
                "DIR/slipway.toml:3: tls.key cannot be used with the certificate in DIR/certificate.pem",
            ),
            (
                "\nextra_ca = [\"DIR/certificate.pem\", \"DIR/empty.pem\"]\n",
                "DIR/slipway.toml:2: extra_ca names DIR/empty.pem, in which there is no certificate",
            ),
            (
                "extra_ca = [\"DIR/none.pem\"]\n",
                "DIR/slipway.toml:1: extra_ca names DIR/none.pem, which cannot be read",
            ),
            (
                "key_file = \"DIR/open-key\"\n",
                "DIR/slipway.toml:1: key_file cannot be used. The key file DIR/open-key can be read by others (mode 644)",
            ),
            (
                "key_file = \"DIR/no-key\"\n",
                "DIR/slipway.toml:1: key_file cannot be used. The key file DIR/no-key does not hold a key",
            ),
        ] {
            let error = load_with_files(text).expect_err(text);
            assert!(error.starts_with(expected), "{text:?}\n  gave {error}\n  not  {expected}");
        }
    }

    #[test]
    fn a_file_is_no_data_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("passwd");
        std::fs::write(&file, "root\n").expect("a file");
        for data in [file.clone(), file.join("data")] {
            let overrides = Overrides { data: Some(data.clone()), ..Overrides::default() };
            let error = load(&overrides, &BTreeMap::new()).expect_err("no folder").to_string();
            assert_eq!(error, format!("--data: data names {}, which is not a folder", data.display()));
        }
    }

    #[test]
    fn folders_of_sources_are_absolute_and_of_one_that_is_not_there_is_told() {
        for (text, expected) in [
            (
                "catalog = { roots = [\"DIR\", \"rel\"] }\n",
                "DIR/slipway.toml:1: catalog.roots names rel, which is not an absolute path such as /srv/catalog",
            ),
            (
                "\n[catalog]\nroots = [\"DIR/key.pem\"]\n",
                "DIR/slipway.toml:3: catalog.roots names DIR/key.pem, which is not a folder",
            ),
        ] {
            let error = load_with_files(text).expect_err(text);
            assert_eq!(error, expected);
        }
        let variables = BTreeMap::from([("SLIPWAY_CATALOG_ROOTS".to_owned(), "/nonexistent, /".to_owned())]);
        let config = load(&Overrides::default(), &variables).expect("it may be mounted later");
        assert_eq!(config.catalog_roots.len(), 2);
        let told = "SLIPWAY_CATALOG_ROOTS: catalog.roots names /nonexistent, which cannot be read now: ";
        assert!(config.warnings.len() == 1 && config.warnings[0].starts_with(told), "{:?}", config.warnings);
    }

    #[test]
    fn files_that_are_right_are_taken_and_a_key_file_may_be_missing_yet() {
        let text = "extra_ca = [\"DIR/certificate.pem\"]\n[tls]\ncertificate = \"DIR/certificate.pem\"\nkey = \"DIR/key.pem\"\n";
        let config = load_with_files(text).expect("a configuration");
        assert!(config.tls.is_some() && config.outgoing.extra_ca.len() == 1);
        assert!(config.public_url.secure, "it is reached by HTTPS");
        for key in ["good-key", "missing", "missing/too"] {
            load_with_files(&format!("key_file = \"DIR/{key}\"\n")).expect(key);
        }
    }
}
