//! The latest changes of the ties, for whoever has a graph of a moment ago and wants that of now.

use std::collections::VecDeque;

use kernel::Offset;

use super::Network;
use crate::rules::graph::News;

/// So many changes are kept.
const NEWS_MAX: usize = 1 << 19;

/// Every change of the ties after one version up to another, in order.
#[derive(Clone, Debug)]
pub(super) struct TieNews {
    since: Offset,
    until: Offset,
    news: VecDeque<(Offset, News)>,
}

impl TieNews {
    /// Knows nothing of what came before a version.
    pub const fn new(version: Offset) -> Self {
        Self { since: version, until: version, news: VecDeque::new() }
    }

    /// Notes a change that moves the version from `before` to `offset`. Whatever moved it without telling us is not known
    /// here, so what is known begins after it.
    pub fn note(&mut self, before: Offset, offset: Offset, news: News) {
        if self.until != before {
            self.news.clear();
            self.since = before;
        }
        if self.news.len() == NEWS_MAX {
            // All of an offset go at once, for a version holds all of an offset.
            for (gone, _) in self.news.drain(..NEWS_MAX / 2) {
                self.since = gone;
            }
            while self.news.front().is_some_and(|(next, _)| *next == self.since) {
                self.news.pop_front();
            }
        }
        self.until = offset;
        self.news.push_back((offset, news));
    }
}

impl Network {
    /// The version of the ties, and every change after `version` up to it; nothing when some are not known any more.
    #[must_use]
    pub fn ties_since(&self, version: Offset) -> Option<(Offset, Vec<News>)> {
        let known = &self.tie_news;
        if version == self.ties_version {
            return Some((version, Vec::new()));
        }
        if known.until != self.ties_version || version < known.since || version > known.until {
            return None;
        }
        let from = known.news.partition_point(|(offset, _)| *offset <= version);
        Some((self.ties_version, known.news.range(from..).map(|(_, news)| *news).collect()))
    }
}
