//! What a play is, as it is declared, and what happens in it.

mod declaration;
mod running;

pub use declaration::*;
pub use running::*;
