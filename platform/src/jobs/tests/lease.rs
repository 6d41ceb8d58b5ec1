//! A lease and what is written under it.

use super::*;

on_both_databases!(what_takes_longer_to_write_than_a_lease_is_written, |db| async move {
    let now = database_now(&db).await;
    enqueue(&db, job(None, now)).await;
    let runs = Arc::new(AtomicUsize::new(0));
    let handler = does(move |run| {
        let runs = runs.clone();
        async move {
            // Whoever goes on, because the lease was over when it was written, finds nothing left to write.
            if runs.fetch_add(1, Ordering::SeqCst) == 0 {
                let mut tx = run.begin().await?;
                let later = run.due_after(SignedDuration::from_hours(1)).await?;
                enqueue_in_tx(&mut tx, job(None, later), run.now()).await?;
                tokio::time::sleep(Duration::from_millis(1_500)).await;
                tx.commit().await?;
            }
            Ok(Outcome::Done)
        }
        .boxed()
    });
    let worker = worker(&db, 300, handler).await;
    let (done, written) = (("done".to_owned(), 1), ("waiting".to_owned(), 1));
    until("done and written", async || states(&db).await == [done.clone(), written.clone()]).await;
    worker.stop().await;
});
