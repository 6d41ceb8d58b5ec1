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

on_both_databases!(who_runs_a_job_that_is_revoked_writes_nothing_more, |db| async move {
    let now = database_now(&db).await;
    enqueue(&db, job(Some("key"), now)).await;
    let (began, refused) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let revoked = Arc::new(tokio::sync::Notify::new());
    let handler = {
        let (began, refused, revoked) = (began.clone(), refused.clone(), revoked.clone());
        does(move |run| {
            let (began, refused, revoked) = (began.clone(), refused.clone(), revoked.clone());
            async move {
                began.fetch_add(1, Ordering::SeqCst);
                revoked.notified().await;
                if matches!(run.begin().await, Err(Failure::LeaseLost)) {
                    refused.fetch_add(1, Ordering::SeqCst);
                }
                Ok(Outcome::Done)
            }
            .boxed()
        })
    };
    let worker = worker(&db, 30_000, handler).await;
    until("it runs", async || began.load(Ordering::SeqCst) == 1).await;
    let mut tx = db.begin().await.expect("begin");
    let id = lock_in_tx(&mut tx, "key").await.expect("asked").expect("it runs");
    revoke_in_tx(&mut tx, id, now).await.expect("revoked");
    tx.commit().await.expect("commit");
    revoked.notify_one();
    until("it is refused", async || refused.load(Ordering::SeqCst) == 1).await;
    assert_eq!(states(&db).await, [("cancelled".to_owned(), 1)]);
    // What is wished for from now on is a job of its own.
    let later = now + SignedDuration::from_hours(1);
    assert!(matches!(enqueue(&db, job(Some("key"), later)).await, Enqueued::Made(_)));
    worker.stop().await;
    assert_eq!(began.load(Ordering::SeqCst), 1);
});
