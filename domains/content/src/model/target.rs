//! Where links, buttons and pictures lead.

use std::fmt;

use kernel::IdError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The id of a page, a play or a product.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

impl Slug {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Slug {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
        // Nothing that an address would take for a step upwards.
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(allowed) && text.bytes().any(|byte| byte != b'.');
        if fits { Ok(Self(text)) } else { Err(IdError::NotAnId) }
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where something leads: to a page of ours, or to an https address of a host that the brand allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = Target)]
pub enum Target {
    /// A page made of blocks.
    Page {
        /// Which.
        #[schema(value_type = String)]
        page: Slug,
    },
    /// A play.
    Play {
        /// Which.
        #[schema(value_type = String)]
        play: Slug,
    },
    /// A product.
    Product {
        /// Which.
        #[schema(value_type = String)]
        product: Slug,
    },
    /// Somewhere else.
    Url {
        /// An https address.
        #[schema(example = "https://shop.example/spring")]
        url: String,
    },
}

impl Target {
    /// As facts name it: `page:spring`.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Page { page } => format!("page:{page}"),
            Self::Play { play } => format!("play:{play}"),
            Self::Product { product } => format!("product:{product}"),
            Self::Url { url } => url.clone(),
        }
    }
}
