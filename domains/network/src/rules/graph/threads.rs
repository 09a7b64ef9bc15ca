//! Work cut into parts for a few threads.

use std::ops::Range;

/// So many things in about equal parts, in order; never more parts than things, and at least one.
pub(crate) fn ranges(things: usize, parts: usize) -> Vec<Range<usize>> {
    let parts = parts.clamp(1, things.max(1));
    (0..parts).map(|part| things * part / parts..things * (part + 1) / parts).collect()
}

/// Nodes in parts of about equal weight, where a node weighs its row and one more.
pub(crate) fn even(weights: impl Iterator<Item = usize> + Clone, parts: usize) -> Vec<Range<usize>> {
    let all: usize = weights.clone().map(|weight| weight + 1).sum();
    let mut ranges = Vec::new();
    let (mut begin, mut end, mut weighed) = (0, 0, 0);
    for weight in weights {
        weighed += weight + 1;
        end += 1;
        if weighed * parts.max(1) >= all * (ranges.len() + 1) {
            ranges.push(begin..end);
            begin = end;
        }
    }
    if ranges.is_empty() {
        ranges.push(0..0);
    }
    ranges
}

/// A slice in parts that end at these places, the last at its end.
pub(crate) fn split<'a, T>(mut whole: &'a mut [T], ends: &[usize]) -> Vec<&'a mut [T]> {
    let mut begin = 0;
    let mut parts = Vec::with_capacity(ends.len());
    for end in ends {
        let (part, rest) = whole.split_at_mut(end - begin);
        parts.push(part);
        whole = rest;
        begin = *end;
    }
    parts
}

/// Each piece of work on a thread of its own; the answers in the order of the work.
pub(crate) fn each<W: Send, T: Send>(work: impl Iterator<Item = W>, part: impl Fn(W) -> T + Sync) -> Vec<T> {
    let part = &part;
    std::thread::scope(|scope| {
        let threads: Vec<_> = work.map(|work| scope.spawn(move || part(work))).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_in_one_part() {
        let one = |parts: Vec<Range<usize>>| (parts.len(), parts.first().cloned());
        assert_eq!(ranges(5, 2), [0..2, 2..5]);
        assert_eq!((one(ranges(1, 4)), one(ranges(0, 4))), ((1, Some(0..1)), (1, Some(0..0))));
        assert_eq!(even([9, 0, 0, 0, 8].into_iter(), 2), [0..2, 2..5]);
        assert_eq!(even([1, 1].into_iter(), 5), [0..1, 1..2]);
        assert_eq!(one(even(std::iter::empty(), 2)), (1, Some(0..0)));
        let mut all = [1, 2, 3, 4];
        assert_eq!(split(&mut all, &[1, 4]), [&[1][..], &[2, 3, 4]]);
    }
}
