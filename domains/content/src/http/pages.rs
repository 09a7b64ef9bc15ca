//! Pages as they are told and asked for.

use kernel::{ErrorCode, Timestamp, WorkspaceId};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Principal, Problem};

use crate::{
    Slice,
    model::page::{Page, PageDocument, Version},
    rules::page::{Faults, faults},
    store::pages,
};

/// A page in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PageBrief)]
pub(super) struct PageRow {
    #[schema(example = "spring")]
    pub(super) page: String,
    /// Of the draft.
    pub(super) title: String,
    /// How many blocks the draft has.
    pub(super) blocks: usize,
    /// The version customers see, if they see one.
    pub(super) published: Option<i64>,
    /// How many versions there have been.
    pub(super) versions: i64,
    /// Where customers find it, once it is published.
    #[schema(example = "/f/1/p/spring")]
    pub(super) path: String,
    #[schema(value_type = String, format = DateTime)]
    pub(super) created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub(super) changed_at: Timestamp,
    pub(super) changed_by: String,
    /// Named when it is changed.
    pub(super) revision: i64,
}

impl PageRow {
    pub(super) fn of(workspace: WorkspaceId, page: &Page) -> Self {
        Self {
            page: page.id.to_string(),
            title: page.draft.title.clone(),
            blocks: page.draft.blocks.len(),
            published: page.published,
            versions: page.last_version,
            path: format!("/f/{workspace}/p/{}", page.id),
            created_at: page.created_at,
            changed_at: page.changed_at,
            changed_by: page.changed_by.clone(),
            revision: page.revision,
        }
    }
}

/// What is wrong with a draft.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PageFault)]
pub(super) struct FaultView {
    /// Where, as a path such as `blocks[2].to.url`.
    field: String,
    message: String,
}

/// A version of a page.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PageVersionBrief)]
pub(super) struct VersionRow {
    version: i64,
    title: String,
    #[schema(value_type = String, format = DateTime)]
    published_at: Timestamp,
    published_by: String,
}

/// A page with what is being written.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContentPage)]
pub(super) struct PageView {
    #[serde(flatten)]
    row: PageRow,
    draft: PageDocument,
    /// What has to be mended before the draft can be published.
    faults: Vec<FaultView>,
    /// Whether customers see something other than the draft.
    differs: bool,
    /// The newest versions, at most 50.
    history: Vec<VersionRow>,
}

impl Slice {
    /// A page of the caller's brand.
    pub(super) async fn page(&self, caller: &Principal, id: &str) -> Result<Page, Problem> {
        let found = pages::page_in_workspace(self.records.reads(), caller.workspace, id).await;
        found.map_err(Problem::unavailable)?.ok_or_else(|| ErrorCode::NotFound.into())
    }

    /// A page, told.
    pub(super) async fn page_told(&self, workspace: WorkspaceId, page: &Page) -> Result<PageView, Problem> {
        let hosts = self.hosts(workspace).await?;
        let history = pages::versions_in_workspace(self.records.reads(), workspace, page.id.as_str(), 50).await;
        let history = history.map_err(Problem::unavailable)?;
        let seen = history.iter().find(|version| Some(version.version) == page.published);
        let row = |version: &Version| VersionRow {
            version: version.version,
            title: version.document.title.clone(),
            published_at: version.published_at,
            published_by: version.published_by.clone(),
        };
        let fault = |(field, message)| FaultView { field, message };
        Ok(PageView {
            row: PageRow::of(workspace, page),
            draft: page.draft.clone(),
            faults: faults(&page.draft, &hosts).into_iter().map(fault).collect(),
            differs: seen.is_none_or(|seen| seen.document != page.draft),
            history: history.iter().map(row).collect(),
        })
    }
}

/// What is wrong, as an answer.
pub(super) fn refused_faults(faults: Faults) -> Problem {
    let problem = Problem::new(ErrorCode::Invalid).detail("The page cannot be published as it is");
    faults.into_iter().fold(problem, |problem, (field, message)| problem.field(field, message))
}

/// Drafts are kept as they are, but not endless.
pub(super) const DRAFT_BYTES_MAX: usize = 256 * 1024;

/// Refuses what no draft is.
pub(super) fn check_size(draft: &PageDocument) -> Result<(), Problem> {
    let bytes = serde_json::to_vec(draft).map_err(Problem::internal)?;
    if bytes.len() > DRAFT_BYTES_MAX {
        return Err(Problem::invalid("draft", "is larger than 256 KiB"));
    }
    // PostgreSQL stores no NUL.
    if bytes.windows(6).any(|six| six == b"\\u0000") {
        return Err(Problem::invalid("draft", "must not hold control characters"));
    }
    Ok(())
}
