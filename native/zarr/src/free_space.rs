//! Whether what is recorded fits where it goes.

use std::collections::BTreeMap;

use zarrcam_config::{Problem, ProblemCode, bytes_text, duration_text};

use crate::Plan;

/// What a stream writes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Bytes that are free there.
    pub free_bytes: u64,
    /// Streams of one volume share its room; `None`: nobody knows which it is.
    pub volume: Option<u64>,
    /// Whose it is.
    pub keeper: Keeper,
}

/// Whose room it is, for the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// A disk.
    Disk,
    /// A browser, which gives a page some of its disk.
    Browser,
}

impl Keeper {
    fn full(self) -> &'static str {
        match self {
            Self::Disk => "Disk full",
            Self::Browser => "The room of this browser is used up",
        }
    }

    fn one(self) -> &'static str {
        match self {
            Self::Disk => "to one disk",
            Self::Browser => "to this browser",
        }
    }
}

/// What does not fit. One entry a stream in each: what it writes, and where; `None`: nothing, or it is not known.
pub fn free_space_problems(plans: &[Option<Plan>], rooms: &[Option<Room>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut shared = BTreeMap::<u64, Vec<u64>>::new();
    for (index, (plan, room)) in plans.iter().zip(rooms).enumerate() {
        let (Some(plan), Some(room)) = (plan, room) else { continue };
        let alone = alone(index, plan, room);
        let of_volume = room.volume.map(|volume| shared.entry(volume).or_default());
        if let (Some(needed), Some(of_volume)) = (needed_bytes(plan), of_volume) {
            of_volume.push(needed);
            problems.extend(alone.or_else(|| together(index, of_volume, room)));
        } else {
            problems.extend(alone);
        }
    }
    problems
}

fn problem(index: usize, message: String) -> Problem {
    Problem::warning(format!("video[{index}].storage.settings.uri"), ProblemCode::DiskFull, message)
}

/// `None`: until stopped.
fn needed_bytes(plan: &Plan) -> Option<u64> {
    Some(plan.total_bytes?.saturating_add(plan.temporary_disk_bytes))
}

/// `needed`: by the streams up to this one that write to the same volume.
fn together(index: usize, needed: &[u64], room: &Room) -> Option<Problem> {
    let sum = needed.iter().fold(0_u64, |sum, one| sum.saturating_add(*one));
    (needed.len() > 1 && sum > room.free_bytes).then(|| {
        let (streams, sum, free) = (needed.len(), bytes_text(sum), bytes_text(room.free_bytes));
        let (full, one) = (room.keeper.full(), room.keeper.one());
        problem(
            index,
            format!(
                "{full} before the end, unless the data compresses well: {streams} streams write {sum} {one}, {free} are free."
            ),
        )
    })
}

fn alone(index: usize, plan: &Plan, room: &Room) -> Option<Problem> {
    let (needed, free) = (needed_bytes(plan)?, room.free_bytes);
    (needed > free).then(|| {
        let when = match plan.duration_s {
            Some(whole_s) if whole_s > 0.0 => {
                let full_s = whole_s * free as f64 / needed as f64;
                format!("after {} of {}", duration_text(full_s), duration_text(whole_s))
            }
            _ => "before the end".to_owned(),
        };
        let (full, needed, free) = (room.keeper.full(), bytes_text(needed), bytes_text(free));
        problem(
            index,
            format!("{full} {when}, unless the data compresses well: {needed} are to be written, {free} are free."),
        )
    })
}
