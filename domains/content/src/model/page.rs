//! Pages made of blocks.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::target::{Slug, Target};

/// What a page says: its head, for the share card, and its blocks from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"title": "春季书单", "description": "给 0–6 岁的 12 本", "image": null,
    "blocks": [{"type": "title", "text": "春季书单", "level": 1}, {"type": "text", "text": "每天读一本。"}]}))]
pub struct PageDocument {
    /// What the page is called in a chat and in the browser; 1 to 60 characters.
    pub title: String,
    /// What stands under it in a chat; at most 200 characters.
    #[serde(default)]
    pub description: String,
    /// The picture of the share card: an https address.
    #[serde(default)]
    pub image: Option<String>,
    /// At most 200.
    pub blocks: Vec<Block>,
}

/// One piece of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = PageBlock)]
pub enum Block {
    /// A heading.
    Title {
        /// What it says.
        text: String,
        /// 1 or 2, 1 is the larger; a draft may hold anything.
        #[serde(default = "first_level")]
        level: u8,
    },
    /// Plain text: an empty line parts paragraphs.
    Text {
        /// What it says.
        text: String,
    },
    /// A picture.
    Image {
        /// An https address, or a path of ours under `/f/`.
        src: String,
        /// What is seen on it, for those who cannot see it.
        #[serde(default)]
        alt: String,
        /// Where a tap on it leads.
        #[serde(default)]
        to: Option<Target>,
    },
    /// Entries under one another.
    List {
        /// At most 50.
        items: Vec<ListItem>,
    },
    /// A product with its price.
    Product {
        /// Which.
        #[schema(value_type = String)]
        product: Slug,
    },
    /// A play to join.
    Play {
        /// Which.
        #[schema(value_type = String)]
        play: Slug,
    },
    /// A form to answer.
    Form {
        /// Which.
        #[schema(value_type = String)]
        form: Slug,
    },
    /// A button.
    Button {
        /// What it says.
        text: String,
        /// Where it leads.
        to: Target,
        /// How it looks.
        #[serde(default)]
        look: ButtonLook,
    },
    /// Empty space.
    Spacer {
        /// How much.
        size: SpacerSize,
    },
}

const fn first_level() -> u8 {
    1
}

/// An entry of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PageListItem)]
pub struct ListItem {
    /// What it says.
    pub text: String,
    /// What stands under that, smaller.
    #[serde(default)]
    pub note: Option<String>,
    /// A picture beside it.
    #[serde(default)]
    pub image: Option<String>,
    /// Where a tap on it leads.
    #[serde(default)]
    pub to: Option<Target>,
}

/// How a button looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PageButtonLook)]
pub enum ButtonLook {
    /// As the one thing to do.
    #[default]
    Primary,
    /// As one thing among others.
    Plain,
}

/// How much space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PageSpacerSize)]
pub enum SpacerSize {
    /// A line.
    Small,
    /// Two lines.
    Medium,
    /// Four lines.
    Large,
}

/// A page as the brand keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What its address names.
    pub id: Slug,
    /// What is being written.
    pub draft: PageDocument,
    /// The version customers see, if they see one.
    pub published: Option<i64>,
    /// How many versions there have been.
    pub last_version: i64,
    /// Since when there is one.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When the draft was last changed, or the page published or withdrawn.
    pub changed_at: Timestamp,
    /// By whom.
    pub changed_by: String,
    /// Rises with every change.
    pub revision: i64,
}

/// What customers saw from some moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Dense from 1.
    pub version: i64,
    /// What it says.
    pub document: PageDocument,
    /// Since when.
    pub published_at: Timestamp,
    /// By whom.
    pub published_by: String,
}
