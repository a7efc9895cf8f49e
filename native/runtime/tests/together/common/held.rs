//! What this process holds, out of Linux's `/proc`. For tests that are alone in their process.

use std::time::Duration;

/// A figure of `/proc/self/status`.
pub fn status(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// The names of all threads, and where all handles lead: what there is too much of is told by name.
fn held() -> Vec<String> {
    let list = |folder: &str| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    // Either may be gone before it is looked at.
    let threads =
        list("/proc/self/task").into_iter().filter_map(|task| std::fs::read_to_string(task.join("comm")).ok());
    let handles = list("/proc/self/fd").into_iter().filter_map(|handle| std::fs::read_link(handle).ok());
    let mut held: Vec<_> = threads.chain(handles.map(|target| target.display().to_string())).collect();
    held.sort();
    held
}

/// The least of what is held within a moment: a thread that has called back may still be on its way out.
pub fn settled() -> Vec<String> {
    let looks = (0..100).map(|_| (std::thread::sleep(Duration::from_millis(2)), held()).1);
    looks.min_by_key(Vec::len).unwrap()
}

/// Waits until no more is held than `before`, and compares. On a busy machine a way out takes its time.
pub fn assert_no_more_than(before: &[String]) {
    let after = (0..20).map(|_| settled()).find(|after| after.len() <= before.len()).unwrap_or_else(settled);
    assert_eq!(after, before, "threads and handles");
}
