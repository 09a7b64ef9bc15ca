//! Who used what: accounts on one side, what they have in common on the other, an edge for each use.

/// Accounts and targets, each numbered densely from 0, with the edges as seen from both sides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edges {
    pub(super) by_account: Sides,
    pub(super) by_target: Sides,
}

/// The edges as seen from one side: the other ends of a node lie together, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sides {
    begins: Vec<u32>,
    others: Vec<u32>,
}

impl Sides {
    fn new(nodes: u32, edges: &[(u32, u32)]) -> Self {
        let mut begins = vec![0_u32; nodes as usize + 1];
        for (node, _) in edges {
            begins[*node as usize + 1] += 1;
        }
        for node in 0..nodes as usize {
            begins[node + 1] += begins[node];
        }
        Self { begins, others: edges.iter().map(|edge| edge.1).collect() }
    }

    pub(super) fn len(&self) -> usize {
        self.begins.len().saturating_sub(1)
    }

    pub(super) fn of(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.others[self.begins[node] as usize..self.begins[node + 1] as usize]
    }
}

impl Edges {
    /// The edges between so many accounts and so many targets; a repeated one counts once.
    ///
    /// # Panics
    /// When an edge names a number that is not below its side's count.
    #[must_use]
    pub fn new(accounts: u32, targets: u32, mut edges: Vec<(u32, u32)>) -> Self {
        edges.sort_unstable();
        edges.dedup();
        let by_account = Sides::new(accounts, &edges);
        let mut turned: Vec<(u32, u32)> = edges.iter().map(|(account, target)| (*target, *account)).collect();
        turned.sort_unstable();
        Self { by_account, by_target: Sides::new(targets, &turned) }
    }

    /// How many accounts there are.
    #[must_use]
    pub fn accounts(&self) -> u32 {
        self.by_account.len() as u32
    }

    /// How many targets there are.
    #[must_use]
    pub fn targets(&self) -> u32 {
        self.by_target.len() as u32
    }

    /// How many edges there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_account.others.len()
    }

    /// Whether nobody used anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What an account used, in order.
    #[must_use]
    pub fn targets_of(&self, account: u32) -> &[u32] {
        self.by_account.of(account)
    }

    /// Who used a target, in order.
    #[must_use]
    pub fn accounts_of(&self, target: u32) -> &[u32] {
        self.by_target.of(target)
    }

    /// Every edge, by account.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        (0..self.accounts()).flat_map(|account| self.targets_of(account).iter().map(move |target| (account, *target)))
    }

    /// The same edges without those inside a block.
    pub(super) fn without(&self, accounts: &[u32], targets: &[u32]) -> Self {
        let marked = |count: u32, members: &[u32]| {
            let mut marked = vec![false; count as usize];
            members.iter().for_each(|member| marked[*member as usize] = true);
            marked
        };
        let (inside, shared) = (marked(self.accounts(), accounts), marked(self.targets(), targets));
        let outside = |edge: &(u32, u32)| !(inside[edge.0 as usize] && shared[edge.1 as usize]);
        Self::new(self.accounts(), self.targets(), self.iter().filter(outside).collect())
    }
}
