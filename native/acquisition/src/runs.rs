use std::collections::BTreeMap;
use std::ops::Range;

/// A state for each number, kept as runs of equal neighbours: a run of a week is as small as its troubles are few.
#[derive(Clone, Debug)]
pub(crate) struct Runs<S> {
    /// First number of a run to its length and state. Runs never touch with equal states, and never overlap.
    runs: BTreeMap<u64, (u64, S)>,
}

impl<S> Default for Runs<S> {
    fn default() -> Self {
        Self { runs: BTreeMap::new() }
    }
}

impl<S: Copy + PartialEq> Runs<S> {
    pub fn get(&self, number: u64) -> Option<S> {
        let (first, (length, state)) = self.runs.range(..=number).next_back()?;
        (number - first < *length).then_some(*state)
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Range<u64>, S)> {
        self.runs.iter().map(|(first, (length, state))| (*first..first + length, *state))
    }

    /// The runs within `range`, cut to it.
    pub fn within(&self, range: Range<u64>) -> Vec<(Range<u64>, S)> {
        if range.is_empty() {
            return Vec::new();
        }
        let first = self.runs.range(..=range.start).next_back().map_or(range.start, |(first, _)| *first);
        self.runs
            .range(first..range.end)
            .map(|(first, (length, state))| ((*first).max(range.start)..(first + length).min(range.end), *state))
            .filter(|(run, _)| !run.is_empty())
            .collect()
    }

    /// Sets all of `range`, over what was there.
    pub fn set(&mut self, range: Range<u64>, state: S) {
        if range.is_empty() {
            return;
        }
        self.split_at(range.start);
        self.split_at(range.end);
        let covered: Vec<u64> = self.runs.range(range.clone()).map(|(first, _)| *first).collect();
        for first in covered {
            self.runs.remove(&first);
        }
        let Range { start: mut first, end } = range;
        let mut length = end - first;
        if let Some((before, (before_length, before_state))) = self.runs.range(..first).next_back()
            && before + before_length == first
            && *before_state == state
        {
            length += before_length;
            first = *before;
        }
        if let Some((after_length, after_state)) = self.runs.get(&end).copied()
            && after_state == state
        {
            self.runs.remove(&end);
            length += after_length;
        }
        self.runs.insert(first, (length, state));
    }

    fn split_at(&mut self, number: u64) {
        let Some((first, (length, state))) = self.runs.range(..number).next_back() else { return };
        let (first, length, state) = (*first, *length, *state);
        if number - first < length {
            self.runs.insert(first, (number - first, state));
            self.runs.insert(number, (first + length - number, state));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn behaves_like_a_list_of_states(
            operations in prop::collection::vec((0u64..40, 0u64..12, 0u8..3), 0..60),
            window in (0u64..50, 0u64..50),
        ) {
            let mut runs = Runs::default();
            let mut list = [None; 60];
            for (first, length, state) in operations {
                runs.set(first..first + length, state);
                list[first as usize..(first + length) as usize].fill(Some(state));
            }
            for (number, state) in list.iter().enumerate() {
                prop_assert_eq!(runs.get(number as u64), *state);
            }
            let all: Vec<_> = runs.iter().collect();
            for pair in all.windows(2) {
                prop_assert!(pair[0].0.end < pair[1].0.start || pair[0].0.end == pair[1].0.start && pair[0].1 != pair[1].1);
            }
            let (from, to) = window;
            let within: Vec<(u64, u8)> =
                runs.within(from..to).into_iter().flat_map(|(run, state)| run.map(move |n| (n, state))).collect();
            let expected: Vec<(u64, u8)> =
                (from..to).filter_map(|n| list[n as usize].map(|state| (n, state))).collect();
            prop_assert_eq!(within, expected);
        }
    }
}
