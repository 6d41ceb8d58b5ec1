//! `slipway migrate`.

use crate::config::Config;
use crate::serve;

/// Brings the database up to date.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub async fn run(config: Config) -> anyhow::Result<()> {
    serve::make_data(&config.data)?;
    let db = serve::open(&config).await?;
    db.migrate().await?;
    db.close().await;
    println!("The database is up to date");
    Ok(())
}
