//! A lease and what is written under it.

use super::*;

on_both_databases!(what_takes_longer_to_write_than_a_lease_is_written, |db| async move {
    let now = database_now(&db).await;
    enqueue(&db, job(None, now)).await;
    let (runs, written) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let handler = does({
        let (runs, written) = (runs.clone(), written.clone());
        move |run| {
            let (runs, written) = (runs.clone(), written.clone());
            async move {
                // Whoever goes on, because the lease was over when it was written, finds nothing left to write.
                if runs.fetch_add(1, Ordering::SeqCst) == 0 {
                    let tx = run.begin().await?;
                    tokio::time::sleep(Duration::from_millis(1_500)).await;
                    tx.commit().await?;
                    written.fetch_add(1, Ordering::SeqCst);
                }
                Ok(Outcome::Done)
            }
            .boxed()
        }
    });
    let worker = worker(&db, 300, handler).await;
    until("done", async || states(&db).await == [("done".to_owned(), 1)]).await;
    assert_eq!(written.load(Ordering::SeqCst), 1);
    worker.stop().await;
});
