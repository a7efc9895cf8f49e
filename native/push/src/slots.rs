use crate::refusal::Refusal;

/// A program has no more slots.
pub const MOST_SLOTS: u32 = 64;

/// Which slots hold frames that the bridge has not let go. The program has the others: it may fill them in any order.
#[derive(Clone, Debug)]
pub struct Slots {
    count: u32,
    /// A bit for each slot.
    held: u64,
}

impl Slots {
    /// `count` slots, all of them the program's.
    pub fn new(count: u32) -> Self {
        assert!(count <= MOST_SLOTS, "a description is checked before");
        Self { count, held: 0 }
    }

    /// The program hands one over.
    pub fn take(&mut self, slot: u32) -> Result<(), Refusal> {
        if slot >= self.count {
            return Err(Refusal::NoSuchSlot { slot, slots: self.count });
        }
        if self.held & (1 << slot) != 0 {
            return Err(Refusal::SlotTaken(slot));
        }
        self.held |= 1 << slot;
        Ok(())
    }

    /// The program may fill it again.
    pub fn free(&mut self, slot: u32) {
        self.held &= !(1 << slot);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Any order of hand-overs and releases, wrong ones too, against a plain set: from empty to full and around again.
        #[test]
        fn a_slot_is_held_once_and_by_one_side(
            count in 1..=MOST_SLOTS,
            steps in prop::collection::vec((any::<bool>(), 0..MOST_SLOTS + 2), 0..400),
        ) {
            let (mut slots, mut model) = (Slots::new(count), BTreeSet::new());
            for (takes, slot) in steps {
                if takes {
                    let expected = if slot >= count {
                        Err(Refusal::NoSuchSlot { slot, slots: count })
                    } else if model.insert(slot) {
                        Ok(())
                    } else {
                        Err(Refusal::SlotTaken(slot))
                    };
                    prop_assert_eq!(slots.take(slot), expected);
                } else if model.remove(&slot) {
                    slots.free(slot);
                }
                prop_assert_eq!(slots.held.count_ones() as usize, model.len());
            }
            for slot in 0..count {
                prop_assert_eq!(slots.take(slot).is_ok(), !model.contains(&slot));
            }
            prop_assert_eq!(slots.held.count_ones(), count);
        }
    }
}
