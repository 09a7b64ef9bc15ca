//! Answers to forms.

use serde::{Deserialize, Serialize};

/// The subject answered a form. What they told of themselves follows as an `identify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormAnswered {
    /// The form's id.
    pub form: String,
    /// Which version of it was answered.
    pub version: u32,
    /// Tags that the choices they took give, by id: as the form said when it was answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_shape_is_frozen() {
        // What was answered stands beside what the house reads of it.
        let told = r#"{"form":"fm_1","version":2,"tags":["tg_1"],"answers":{"taste":"poem"}}"#;
        let read: FormAnswered = serde_json::from_str(told).unwrap();
        assert_eq!(read, FormAnswered { form: "fm_1".into(), version: 2, tags: vec!["tg_1".into()] });
        assert_eq!(serde_json::to_string(&read).unwrap(), r#"{"form":"fm_1","version":2,"tags":["tg_1"]}"#);
    }
}
