//! A person's facts, from the lake and from the log's tail that is not in the lake yet.
//!
//! The manifest's next offset is the border: below it the lake has everything, from it on records and log have. Pages go by
//! offset. Files are looked at from the end that was asked for and only until the page is certain: a file whose offsets all
//! lie beyond the page cannot change it. Rows are fetched whole only when they are on the page.

use std::{ops::Range, sync::Arc};

use factlog::{FactLog, ReadError};
use futures::{StreamExt, TryStreamExt, stream};
use kernel::{Handle, Offset};

use crate::{
    Bookings, Lake, LakeError, LakeFile, Manifest, Order, Row, lake::blocking, search::Found, writer::understand,
};

/// How many files are looked into at the same time.
const FILES_AT_ONCE: usize = 4;

/// Which facts are asked for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// All handles of the person; `None` is everybody.
    pub handles: Option<Vec<Handle>>,
    /// Of this event only.
    pub event: Option<String>,
    /// From which end.
    pub order: Order,
    /// Facts that come after this one in that order.
    pub after: Option<Offset>,
    /// At most so many.
    pub limit: usize,
}

/// Reads timelines of one workspace. Cheap to clone.
#[derive(Clone)]
pub struct Timelines {
    lake: Lake,
    log: Arc<FactLog>,
    bookings: Arc<dyn Bookings>,
}

impl Timelines {
    /// Of a lake, the log it follows and the records that book it.
    #[must_use]
    pub fn new(lake: Lake, log: Arc<FactLog>, bookings: Arc<dyn Bookings>) -> Self {
        Self { lake, log, bookings }
    }

    /// A page of a timeline, in the order that was asked for; shorter than the limit only when there is no more.
    ///
    /// # Errors
    /// [`LakeError`] when lake, log or records cannot be read.
    pub async fn page(&self, mut ask: Ask) -> Result<Vec<Row>, LakeError> {
        if let Some(handles) = &mut ask.handles {
            handles.sort_unstable();
            handles.dedup();
        }
        loop {
            let manifest = self.lake.manifest();
            match self.page_of(&manifest, &ask).await {
                // What was in the log when the page was begun has come into the lake meanwhile.
                Err(LakeError::Log(ReadError::Trimmed { .. }))
                    if manifest.next_offset < self.lake.manifest().next_offset => {}
                page => return page,
            }
        }
    }

    async fn page_of(&self, manifest: &Manifest, ask: &Ask) -> Result<Vec<Row>, LakeError> {
        let border = manifest.next_offset;
        let range = match (ask.order, ask.after) {
            (_, None) => Offset::FIRST..Offset(u64::MAX),
            (Order::OldestFirst, Some(after)) => Offset(after.0.saturating_add(1))..Offset(u64::MAX),
            (Order::NewestFirst, Some(after)) => Offset::FIRST..after,
        };
        let lake = range.start..range.end.min(border);
        let tail = range.start.max(border)..range.end;
        let mut page;
        match ask.order {
            Order::OldestFirst => {
                page = self.lake.page(&manifest.files, ask, lake, ask.limit).await?;
                page.append(&mut self.in_tail(ask, tail, ask.limit - page.len()).await?);
            }
            Order::NewestFirst => {
                page = self.in_tail(ask, tail, ask.limit).await?;
                page.append(&mut self.lake.page(&manifest.files, ask, lake, ask.limit - page.len()).await?);
            }
        }
        Ok(page)
    }

    async fn in_tail(&self, ask: &Ask, range: Range<Offset>, limit: usize) -> Result<Vec<Row>, LakeError> {
        if limit == 0 || range.is_empty() || ask.handles.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Vec::new());
        }
        let booked = self.bookings.under(ask.handles.as_deref(), ask.event.as_deref(), range, ask.order, limit).await;
        let mut booked = booked.map_err(LakeError::Records)?;
        booked.sort_unstable();
        let log = Arc::clone(&self.log);
        let offsets: Vec<Offset> = booked.iter().map(|(offset, _)| *offset).collect();
        let records = blocking(move || log.read_at(&offsets)).await??;
        let rows = records.iter().zip(booked).map(|((offset, record), (_, handle))| {
            Ok(Row { offset: *offset, handle, fact: understand(*offset, record)? })
        });
        let rows = rows.collect::<Result<Vec<Row>, LakeError>>()?;
        Ok(in_order(rows, ask.order))
    }
}

impl Lake {
    /// Facts of everybody from an offset on, in the order of offsets, at most so many; and the offset up to which these are
    /// all there are. That is how far the lake has come when there are fewer than asked for.
    ///
    /// # Errors
    /// [`LakeError`] when a file cannot be read.
    pub async fn facts_from(&self, from: Offset, limit: usize) -> Result<(Vec<Row>, Offset), LakeError> {
        let manifest = self.manifest();
        let ask = Ask { handles: None, event: None, order: Order::OldestFirst, after: None, limit };
        let rows = self.page(&manifest.files, &ask, from..manifest.next_offset, limit).await?;
        let next = match rows.last() {
            Some(last) if rows.len() == limit => last.offset.next(),
            _ => manifest.next_offset,
        };
        Ok((rows, next))
    }

    /// The first rows of a range in the order that was asked for.
    async fn page(
        &self,
        files: &[LakeFile],
        ask: &Ask,
        range: Range<Offset>,
        limit: usize,
    ) -> Result<Vec<Row>, LakeError> {
        if limit == 0 || range.is_empty() {
            return Ok(Vec::new());
        }
        let everybody = (Handle(0), Handle(u32::MAX));
        let whose = ask.handles.as_ref().map_or(Some(everybody), |handles| Some((*handles.first()?, *handles.last()?)));
        let Some((least, greatest)) = whose else { return Ok(Vec::new()) };
        let overlaps = |file: &&LakeFile| {
            file.first_offset < range.end
                && range.start <= file.last_offset
                && file.min_handle <= greatest.0
                && least.0 <= file.max_handle
        };
        let mut files: Vec<LakeFile> = files.iter().filter(overlaps).cloned().collect();
        match ask.order {
            Order::OldestFirst => files.sort_by_key(|file| file.first_offset),
            Order::NewestFirst => files.sort_by_key(|file| std::cmp::Reverse(file.last_offset)),
        }
        let asked = Arc::new(ask.clone());
        let (lake, in_range) = (self.clone(), range.clone());
        let mut looked = stream::iter(files.clone().into_iter().enumerate())
            .map(move |(at, file)| {
                let (lake, ask, range) = (lake.clone(), Arc::clone(&asked), in_range.clone());
                on_any_core(async move {
                    let found = lake.find(&file, ask.handles.as_deref(), ask.event.as_deref(), &range).await?;
                    Ok((at, found))
                })
            })
            .buffered(FILES_AT_ONCE);
        let mut page: Vec<(Found, usize)> = Vec::new();
        while let Some((at, found)) = looked.try_next().await? {
            page.extend(found.into_iter().map(|found| (found, at)));
            cut(&mut page, ask.order, limit);
            if is_certain(&page, files.get(at + 1), ask.order, limit) {
                break;
            }
        }
        drop(looked);
        self.whole_rows(&files, page, ask.order).await
    }

    /// The rows of a page, fetched file by file.
    async fn whole_rows(
        &self,
        files: &[LakeFile],
        mut page: Vec<(Found, usize)>,
        order: Order,
    ) -> Result<Vec<Row>, LakeError> {
        page.sort_unstable_by_key(|(found, file)| (*file, found.row));
        let mut fetches = Vec::new();
        for in_file in page.chunk_by(|a, b| a.1 == b.1) {
            let places: Vec<usize> = in_file.iter().map(|(found, _)| found.row).collect();
            let (lake, file) = (self.clone(), files[in_file[0].1].clone());
            fetches.push(on_any_core(async move { lake.fetch(&file, &places).await }));
        }
        let of_files: Vec<Vec<Row>> = stream::iter(fetches).buffered(FILES_AT_ONCE).try_collect().await?;
        let mut rows = of_files.concat();
        rows.sort_unstable_by_key(|row| row.offset);
        Ok(in_order(rows, order))
    }
}

/// Work of one file; what decodes pages should not wait for the files before it. A panic in it is one of the caller's.
async fn on_any_core<T: Send + 'static>(
    work: impl Future<Output = Result<T, LakeError>> + Send + 'static,
) -> Result<T, LakeError> {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(LakeError::Stopping),
    }
}

/// The first of what was found, in order. Much more may have been found in a large file than belongs on a page.
fn cut(page: &mut Vec<(Found, usize)>, order: Order, limit: usize) {
    let sooner = |a: &(Found, usize), b: &(Found, usize)| match order {
        Order::OldestFirst => a.cmp(b),
        Order::NewestFirst => b.cmp(a),
    };
    if page.len() > limit {
        page.select_nth_unstable_by(limit, sooner);
        page.truncate(limit);
    }
    page.sort_unstable_by(sooner);
}

/// Whether no file from the next one on can hold a row that belongs on the page.
fn is_certain(page: &[(Found, usize)], next: Option<&LakeFile>, order: Order, limit: usize) -> bool {
    let (Some((last, _)), Some(next)) = (page.last(), next) else { return false };
    page.len() == limit
        && match order {
            Order::OldestFirst => last.offset < next.first_offset,
            Order::NewestFirst => next.last_offset < last.offset,
        }
}

fn in_order(mut ascending: Vec<Row>, order: Order) -> Vec<Row> {
    if order == Order::NewestFirst {
        ascending.reverse();
    }
    ascending
}
