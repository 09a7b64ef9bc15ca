//! One SQL text for both engines: names of column types, placeholders, and values of one width.

use std::fmt::Write;

use sea_orm::{DbBackend, Statement, Value};

use crate::{DbError, Engine, Violation, ViolationKind};

/// Replaces the portable type names by those of the engine.
pub(crate) fn types(sql: &str, engine: Engine) -> String {
    let names: [(&str, &str); 7] = match engine {
        Engine::Sqlite => [
            ("{text}", "TEXT"),
            ("{bigint}", "BIGINT"),
            ("{bool}", "BOOLEAN"),
            ("{double}", "DOUBLE"),
            ("{blob}", "BLOB"),
            ("{serial}", "INTEGER PRIMARY KEY AUTOINCREMENT"),
            ("{clustered}", "WITHOUT ROWID"),
        ],
        Engine::Postgres => [
            ("{text}", "TEXT COLLATE \"C\""),
            ("{bigint}", "BIGINT"),
            ("{bool}", "BOOLEAN"),
            ("{double}", "DOUBLE PRECISION"),
            ("{blob}", "BYTEA"),
            ("{serial}", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
            ("{clustered}", ""),
        ],
    };
    names.iter().fold(sql.to_owned(), |sql, (portable, own)| sql.replace(portable, own))
}

/// A statement with its values.
pub(crate) fn statement(
    backend: DbBackend,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Result<Statement, DbError> {
    let values: Vec<Value> = values.into_iter().map(value).collect::<Result<_, _>>()?;
    Ok(Statement::from_sql_and_values(backend, sql, values))
}

/// Every whole number as a bigint. PostgreSQL remembers the parameter types a text was first prepared with; a number that
/// is 4 bytes wide the next time would be refused.
fn value(value: Value) -> Result<Value, DbError> {
    Ok(match value {
        Value::TinyInt(n) => Value::BigInt(n.map(i64::from)),
        Value::SmallInt(n) => Value::BigInt(n.map(i64::from)),
        Value::Int(n) => Value::BigInt(n.map(i64::from)),
        Value::TinyUnsigned(n) => Value::BigInt(n.map(i64::from)),
        Value::SmallUnsigned(n) => Value::BigInt(n.map(i64::from)),
        Value::Unsigned(n) => Value::BigInt(n.map(i64::from)),
        Value::BigUnsigned(None) => Value::BigInt(None),
        Value::BigUnsigned(Some(n)) => Value::BigInt(Some(i64::try_from(n).map_err(|_| {
            let message = format!("{n} is larger than the largest whole number records can hold, {}", i64::MAX);
            Violation { kind: ViolationKind::Value, message, source: None }
        })?)),
        Value::Float(n) => Value::Double(n.map(f64::from)),
        Value::Char(c) => Value::String(c.map(String::from)),
        other => other,
    })
}

/// `($3, $4), ($5, $6)` for two rows of width 2 after two other values; on SQLite `(?, ?), (?, ?)`, because there a
/// numbered placeholder is looked up by its name, which takes time quadratic in their number.
pub(crate) fn rows(engine: Engine, before: usize, rows: usize, width: usize) -> String {
    let mut text = String::with_capacity(rows * (width * 7 + 4));
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        list_into(&mut text, engine, before + row * width, width);
        text.push(')');
    }
    text
}

/// `$3, $4, $5` for three values after two others.
pub(crate) fn list(engine: Engine, before: usize, values: usize) -> String {
    let mut text = String::with_capacity(values * 7);
    list_into(&mut text, engine, before, values);
    text
}

fn list_into(text: &mut String, engine: Engine, before: usize, values: usize) {
    for value in 1..=values {
        if value > 1 {
            text.push_str(", ");
        }
        match engine {
            Engine::Sqlite => text.push('?'),
            // Writing to a string cannot fail.
            Engine::Postgres => write!(text, "${}", before + value).unwrap_or_default(),
        }
    }
}

/// Moves every `$n` outside quotes to `$(n + by)`.
pub(crate) fn renumber(sql: &str, by: usize) -> String {
    let mut text = String::with_capacity(sql.len() + 16);
    let mut quote = None;
    let mut characters = sql.chars().peekable();
    while let Some(c) = characters.next() {
        text.push(c);
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (None, '$') => {
                let mut number = 0;
                let mut digits = false;
                while let Some(digit) = characters.peek().and_then(|c| c.to_digit(10)) {
                    number = number * 10 + digit as usize;
                    digits = true;
                    characters.next();
                }
                if digits {
                    write!(text, "{}", number + by).unwrap_or_default();
                }
            }
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_after_the_values_before_them() {
        assert_eq!(rows(Engine::Postgres, 2, 2, 2), "($3, $4), ($5, $6)");
        assert_eq!(rows(Engine::Sqlite, 2, 2, 2), "(?, ?), (?, ?)");
        assert_eq!(list(Engine::Postgres, 0, 3), "$1, $2, $3");
        assert_eq!(renumber("a = $1 and b = '$2' and c in ($10, $1)", 5), "a = $6 and b = '$2' and c in ($15, $6)");
    }

    #[test]
    fn whole_numbers_have_one_width() {
        assert_eq!(value(Value::Unsigned(Some(7))).expect("fits"), Value::BigInt(Some(7)));
        assert!(value(Value::BigUnsigned(Some(u64::MAX))).expect_err("does not fit").is_constraint());
    }
}
