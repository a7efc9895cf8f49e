//! Whether a run fits on its disk.

use std::collections::BTreeMap;
use std::path::PathBuf;

use zarrcam_config::{Problem, ProblemCode};
use zarrcam_zarr::Plan;

use super::paths::uri_field;
use crate::disk;
use crate::meter::{bytes, duration};

/// One entry a stream in each: where it writes, what, and how many bytes are free there.
pub fn free_space_problems(
    paths: &[Option<PathBuf>],
    plans: &[Option<Plan>],
    disk_free_bytes: &[Option<u64>],
) -> Vec<Problem> {
    let mut problems = Vec::new();
    // Streams on one disk share its free space.
    let mut shared = BTreeMap::<u64, Vec<u64>>::new();
    for (index, (plan, free)) in plans.iter().zip(disk_free_bytes).enumerate() {
        let (Some(plan), Some(free)) = (plan, free) else { continue };
        let alone = free_space_problem(index, plan, *free);
        let volume = paths[index].as_deref().and_then(disk::volume);
        let of_volume = volume.map(|volume| shared.entry(volume).or_default());
        if let (Some(needed), Some(of_volume)) = (needed_bytes(plan), of_volume) {
            of_volume.push(needed);
            problems.extend(alone.or_else(|| shared_space_problem(index, of_volume, *free)));
        } else {
            problems.extend(alone);
        }
    }
    problems
}

/// `None`: until stopped.
fn needed_bytes(plan: &Plan) -> Option<u64> {
    Some(plan.total_bytes?.saturating_add(plan.temporary_disk_bytes))
}

/// `needed`: by the streams up to this one that write to the same disk.
fn shared_space_problem(index: usize, needed: &[u64], free: u64) -> Option<Problem> {
    let sum = needed.iter().fold(0_u64, |sum, one| sum.saturating_add(*one));
    (needed.len() > 1 && sum > free).then(|| {
        let (streams, sum, free) = (needed.len(), bytes(sum), bytes(free));
        let message = format!(
            "Disk full before the end, unless the data compresses well: {streams} streams write {sum} to one disk, {free} are free."
        );
        Problem::warning(uri_field(index), ProblemCode::DiskFull, message)
    })
}

fn free_space_problem(index: usize, plan: &Plan, free: u64) -> Option<Problem> {
    let needed = needed_bytes(plan)?;
    (needed > free).then(|| {
        let when = match plan.duration_s {
            Some(whole_s) if whole_s > 0.0 => {
                let full_s = whole_s * free as f64 / needed as f64;
                format!("after {} of {}", duration(full_s), duration(whole_s))
            }
            _ => "before the end".to_owned(),
        };
        let (needed, free) = (bytes(needed), bytes(free));
        let message =
            format!("Disk full {when}, unless the data compresses well: {needed} are to be written, {free} are free.");
        Problem::warning(uri_field(index), ProblemCode::DiskFull, message)
    })
}
