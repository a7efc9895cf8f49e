//! How many pictures a second are rendered: what a screen shows, and fewer while storage needs the computer.

use std::collections::HashMap;
use std::time::Duration;

use zarrcam_acquisition::Queue;

/// A little more than the 60 that a screen shows, so that a camera of 60 frames a second loses none to the clocks' difference.
const FULL_PER_S: f64 = 62.5;
/// Under load the rate falls to this, and no lower.
const FLOOR_PER_S: f64 = 6.0;
/// While frames are lost it falls to this.
const LOSING_FLOOR_PER_S: f64 = 4.0;
/// The rate is halved at most so often: what was taken back must show first.
const FALL_EVERY: Duration = Duration::from_millis(100);
/// Storage has to be calm for so long before the rate rises.
const CALM_FOR: Duration = Duration::from_millis(500);
/// The rate rises at most so often.
const RISE_EVERY: Duration = Duration::from_millis(250);
/// A queue that neither grows nor empties for so long is how this storage works; the rate rises slowly beside it.
const STEADY_FOR: Duration = Duration::from_secs(5);
/// The rate rises by this factor, up to a share of what was too much the last time.
const RISE_FACTOR: f64 = 1.25;
/// From there on it rises by so much a step.
const RISE_STEP_PER_S: f64 = 0.5;
/// From this share of a rate that was too much it rises slowly.
const SAFE_SHARE: f64 = 0.8;

/// How storage fares, as the camera thread sees it with each frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Load {
    /// Nothing is stored.
    Free,
    /// How many frames wait for storage.
    Storing(Queue),
    /// Storage had no buffer for this frame.
    Losing,
}

/// One rate for all streams, since they share the computer.
///
/// Half as much whenever storage falls behind, more again step by step when it is calm: TCP's way to find what a path
/// carries, which needs to know nothing of the computer. A camera as fast as possible keeps the queue full by itself, and
/// so keeps the rate at the floor.
pub struct PreviewRate {
    per_s: f64,
    /// The rate from which on it rises slowly, pictures a second.
    careful_from: f64,
    falling: bool,
    under_pressure_at: Option<Duration>,
    /// When storage was behind the last time.
    behind_at: Option<Duration>,
    changed_at: Option<Duration>,
    /// When the next picture of each stream may be rendered.
    due: HashMap<u32, Duration>,
}

impl Default for PreviewRate {
    fn default() -> Self {
        Self {
            per_s: FULL_PER_S,
            careful_from: FULL_PER_S,
            falling: false,
            under_pressure_at: None,
            behind_at: None,
            changed_at: None,
            due: HashMap::new(),
        }
    }
}

impl PreviewRate {
    /// Takes notice of the load, as a camera thread sees it with each frame.
    pub fn observe(&mut self, load: Load, now: Duration) {
        let passed = |at: Option<Duration>, wait: Duration| at.is_none_or(|at| now.saturating_sub(at) >= wait);
        let calm = !is_under_pressure(load) && passed(self.under_pressure_at, CALM_FOR);
        if is_under_pressure(load) {
            self.under_pressure_at = Some(now);
        }
        let steady = passed(self.behind_at, STEADY_FOR);
        if let Some(floor) = floor(load) {
            self.behind_at = Some(now);
            if self.per_s > floor && passed(self.changed_at, FALL_EVERY) {
                if !self.falling {
                    self.careful_from = SAFE_SHARE * self.per_s;
                }
                self.falling = true;
                self.per_s = (self.per_s / 2.0).max(floor);
                self.changed_at = Some(now);
            }
        } else if calm && load == Load::Free {
            (self.per_s, self.careful_from) = (FULL_PER_S, FULL_PER_S);
        } else if (calm || steady) && self.per_s < FULL_PER_S && passed(self.changed_at, RISE_EVERY) {
            self.falling = false;
            let quick = self.per_s * RISE_FACTOR;
            let risen = if calm && quick <= self.careful_from { quick } else { self.per_s + RISE_STEP_PER_S };
            self.per_s = risen.min(FULL_PER_S);
            self.changed_at = Some(now);
        }
    }

    /// How many pictures a second may be rendered at most; `None`: as many as a screen shows.
    pub fn limit_per_s(&self) -> Option<f64> {
        (self.per_s < FULL_PER_S).then_some(self.per_s)
    }

    /// How long the stream's next picture has to wait.
    pub fn wait(&self, stream: u32, now: Duration) -> Duration {
        self.due.get(&stream).map_or(Duration::ZERO, |due| due.saturating_sub(now))
    }

    /// A picture of the stream was rendered. One period may be made up for, so that a camera of just this rate is not halved by a frame that came late. Pictures
    /// that wait for no turn are no debt: however many there were, the next one comes after a period.
    pub fn rendered(&mut self, stream: u32, now: Duration) {
        let period = Duration::from_secs_f64(1.0 / self.per_s);
        let due = self.due.entry(stream).or_insert(now);
        let earliest = now.saturating_sub(period);
        *due = (*due).clamp(earliest, now) + period;
    }
}

/// More than a little waits. A frame or two are always under way, which counts where there are few.
fn is_under_pressure(load: Load) -> bool {
    match load {
        Load::Free => false,
        Load::Storing(queue) => queue.frames > queue.capacity / 8 + 1,
        Load::Losing => true,
    }
}

/// How low the rate may fall now; `None`: it need not.
fn floor(load: Load) -> Option<f64> {
    match load {
        Load::Storing(queue) if queue.frames > queue.capacity / 4 + 1 => Some(FLOOR_PER_S),
        Load::Losing => Some(LOSING_FLOOR_PER_S),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Duration = Duration::from_millis(5);
    const BEGUN: Duration = Duration::from_secs(1000);

    fn storing(frames: u32) -> Load {
        Load::Storing(Queue { frames, capacity: 64 })
    }

    /// Observes `load` with each frame for `seconds`.
    fn observe(rate: &mut PreviewRate, now: &mut Duration, load: Load, seconds: f64) {
        let end = *now + Duration::from_secs_f64(seconds);
        while *now < end {
            *now += FRAME;
            rate.observe(load, *now);
        }
    }

    #[test]
    fn a_calm_storage_holds_nothing_back() {
        let (mut rate, mut now) = (PreviewRate::default(), BEGUN);
        observe(&mut rate, &mut now, storing(9), 3.0);
        assert_eq!(rate.limit_per_s(), None);
        observe(&mut rate, &mut now, storing(17), 3.0);
        assert_eq!(rate.limit_per_s(), None, "a quarter is no reason yet");
    }

    #[test]
    fn a_storage_behind_gets_the_computer_soon() {
        let (mut rate, mut now) = (PreviewRate::default(), BEGUN);
        observe(&mut rate, &mut now, storing(40), 0.5);
        assert_eq!(rate.limit_per_s(), Some(FLOOR_PER_S));
        observe(&mut rate, &mut now, storing(64), 60.0);
        assert_eq!(rate.limit_per_s(), Some(FLOOR_PER_S), "somebody still sees that it goes on");
        observe(&mut rate, &mut now, Load::Losing, 1.0);
        assert_eq!(rate.limit_per_s(), Some(LOSING_FLOOR_PER_S));
    }

    #[test]
    fn it_rises_again_and_slowly_near_what_was_too_much() {
        let (mut rate, mut now) = (PreviewRate::default(), BEGUN);
        observe(&mut rate, &mut now, storing(40), 0.5);
        observe(&mut rate, &mut now, storing(12), 4.5);
        assert_eq!(rate.limit_per_s(), Some(FLOOR_PER_S), "what waits must go first");
        observe(&mut rate, &mut now, storing(2), 3.5);
        let soon = rate.limit_per_s().unwrap();
        assert!((35.0..=50.0).contains(&soon), "{soon}");
        observe(&mut rate, &mut now, storing(2), 2.0);
        let later = rate.limit_per_s().unwrap();
        assert!(later - soon < 6.0, "{soon} to {later}");
        observe(&mut rate, &mut now, storing(2), 20.0);
        assert_eq!(rate.limit_per_s(), None);
    }

    #[test]
    fn a_queue_that_is_never_empty_is_no_reason_for_ever() {
        let (mut rate, mut now) = (PreviewRate::default(), BEGUN);
        observe(&mut rate, &mut now, storing(40), 0.5);
        observe(&mut rate, &mut now, storing(12), 15.0);
        let risen = rate.limit_per_s().unwrap();
        assert!((20.0..=30.0).contains(&risen), "{risen}");
        observe(&mut rate, &mut now, storing(12), 25.0);
        assert_eq!(rate.limit_per_s(), None);
    }

    #[test]
    fn pictures_out_of_turn_are_no_debt() {
        let (mut rate, mut now) = (PreviewRate::default(), BEGUN);
        observe(&mut rate, &mut now, storing(40), 0.5);
        for _ in 0..300 {
            rate.rendered(0, now);
        }
        assert!(rate.wait(0, now) <= Duration::from_secs_f64(1.0 / FLOOR_PER_S), "{:?}", rate.wait(0, now));
    }

    #[test]
    fn where_nothing_is_stored_nothing_is_held_back() {
        let (mut rate, mut now) = (PreviewRate::default(), BEGUN);
        observe(&mut rate, &mut now, Load::Losing, 1.0);
        observe(&mut rate, &mut now, Load::Free, 0.6);
        assert_eq!(rate.limit_per_s(), None);
    }

    #[test]
    fn sixty_a_second_pass_whole_and_more_do_not() {
        let rendered = |period: Duration, jitter: Duration| {
            let (mut rate, begun) = (PreviewRate::default(), BEGUN);
            let mut rendered = 0;
            for frame in 0..(Duration::from_secs(10).as_micros() / period.as_micros()) as u32 {
                let now = begun + period * frame + if frame % 2 == 1 { jitter } else { Duration::ZERO };
                if rate.wait(3, now).is_zero() {
                    rate.rendered(3, now);
                    rendered += 1;
                }
            }
            rendered
        };
        assert_eq!(rendered(Duration::from_micros(16_667), Duration::from_millis(6)), 599);
        let fast = rendered(Duration::from_micros(4000), Duration::ZERO);
        assert!((600..=627).contains(&fast), "{fast}");
    }
}
