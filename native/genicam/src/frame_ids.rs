/// Makes a camera's frame ids whole: GigE Vision counts in 16 bits and leaves 0 out, so 1 comes after 65535; whatever counts further than that
/// (extended ids, USB3 Vision) does not wrap.
#[derive(Clone, Copy, Debug, Default)]
pub struct FrameIds {
    last: Option<(u64, u64)>,
}

const LARGEST_16: u64 = 0xffff;

impl FrameIds {
    /// The run's first frame has this id, where none came before it. Gives no count: it was not whole.
    pub fn begin(&mut self, raw: u64) -> Option<Option<u64>> {
        self.last.get_or_insert((raw, 0));
        None
    }

    /// Frames since the run's first one, which is 0. `None`: the camera counted back.
    pub fn extend(&mut self, raw: u64) -> Option<u64> {
        let whole = match self.last {
            None => 0,
            Some((last_raw, last)) if raw >= last_raw => last + (raw - last_raw),
            // Less than half a turn behind: a frame that comes late, which a receiver that hands on in order never gives.
            Some((last_raw, _)) if last_raw > LARGEST_16 || last_raw - raw < LARGEST_16 / 2 => return None,
            Some((last_raw, last)) => last + (LARGEST_16 - last_raw) + raw,
        };
        self.last = Some((raw, whole));
        Some(whole)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sixteen_bits_wrap_and_skip_zero() {
        let mut ids = FrameIds::default();
        let whole: Vec<_> = [65_533, 65_534, 65_535, 1, 2, 5].map(|raw| ids.extend(raw).unwrap()).into();
        assert_eq!(whole, [0, 1, 2, 3, 4, 7]);
        // Lost over the edge: 65535 and 1.
        let mut ids = FrameIds::default();
        assert_eq!([65_534, 2].map(|raw| ids.extend(raw)), [Some(0), Some(3)]);
    }

    #[test]
    fn ids_beyond_sixteen_bits_do_not_wrap_and_none_goes_back() {
        let mut ids = FrameIds::default();
        assert_eq!([65_535, 65_536, 200_000, 7].map(|raw| ids.extend(raw)), [Some(0), Some(1), Some(134_465), None]);
        let mut ids = FrameIds::default();
        assert_eq!([100, 99].map(|raw| ids.extend(raw)), [Some(0), None]);
    }

    proptest! {
        #[test]
        fn any_gaps_of_less_than_half_a_turn_are_counted(first in 1_u64..=65_535, steps in prop::collection::vec(1_u64..30_000, 1..200)) {
            let mut ids = FrameIds::default();
            let raw = |count: u64| (count - 1) % 65_535 + 1;
            let mut count = first;
            prop_assert_eq!(ids.extend(raw(count)), Some(0));
            for step in steps {
                count += step;
                prop_assert_eq!(ids.extend(raw(count)), Some(count - first));
            }
        }
    }
}
