//! What is shown of an id to those who may not read it.

/// The first and the last two characters of a text that is long enough to hide something, else nothing of it.
pub(crate) fn masked(value: &str) -> String {
    let characters: Vec<char> = value.chars().collect();
    if characters.len() < 8 {
        return "****".to_owned();
    }
    let (head, tail) = (&characters[..2], &characters[characters.len() - 2..]);
    format!("{}****{}", head.iter().collect::<String>(), tail.iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn an_id_hides_its_middle() {
        assert_eq!(masked("oX7-abcdefgh"), "oX****gh");
        assert_eq!(masked("用户甲乙丙丁戊己"), "用户****戊己");
        assert_eq!(masked("u42"), "****");
    }
}
