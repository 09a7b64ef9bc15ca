//! The plainest decider: a command is SQL. For small writes that need no decision, for tools and for tests.

use async_trait::async_trait;
use sea_orm::Value;

use crate::{DbError, Decider, Sql, Tx};

/// One SQL text with its values.
#[derive(Clone, Debug, PartialEq)]
pub struct SqlText {
    /// The text, with `$1` placeholders.
    pub sql: String,
    /// Its values.
    pub values: Vec<Value>,
}

impl SqlText {
    /// A text with its values.
    #[must_use]
    pub fn new(sql: impl Into<String>, values: impl IntoIterator<Item = Value>) -> Self {
        Self { sql: sql.into(), values: values.into_iter().collect() }
    }
}

/// Runs texts one after the other; each is a command whose outcome is the number of rows it touched. A statement of its own
/// for every command costs 50 µs: what is done often deserves a [`Decider`] that writes set-wise.
#[derive(Clone, Copy, Debug, Default)]
pub struct Statements;

#[async_trait]
impl Decider for Statements {
    type Command = SqlText;
    type Outcome = u64;

    fn name(&self) -> &'static str {
        "statements"
    }

    async fn decide(&self, tx: &Tx, commands: &[SqlText]) -> Result<Vec<u64>, DbError> {
        let mut touched = Vec::with_capacity(commands.len());
        for command in commands {
            touched.push(tx.run(&command.sql, command.values.iter().cloned()).await?);
        }
        Ok(touched)
    }
}
