//! What the aliases of a file may add to it, so that a small file cannot stand for a huge one.

use super::Limits;

/// What the aliases of a whole file may still add. Copies kept for an anchor count as well, since
/// anchors inside each other would otherwise be copied at every level.
pub struct Budget {
    nodes: usize,
    bytes: usize,
}

impl Budget {
    pub fn new(limits: &Limits) -> Self {
        Budget { nodes: limits.nodes, bytes: limits.bytes }
    }

    /// Takes what one copy costs; `false` when there is not enough left.
    pub fn take(&mut self, size: &Size) -> bool {
        let enough = self.nodes >= size.nodes && self.bytes >= size.bytes;
        if enough {
            self.nodes -= size.nodes;
            self.bytes -= size.bytes;
        }
        enough
    }
}

/// What a value costs to copy.
#[derive(Debug, Clone, Copy, Default)]
pub struct Size {
    pub nodes: usize,
    pub bytes: usize,
    pub depth: usize,
}
