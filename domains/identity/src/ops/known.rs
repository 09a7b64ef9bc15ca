//! Who ids stand for, as other slices ask in transactions of their own.

use db::{ConnectionTrait, DbError};
use facts::{NamedId, names};
use kernel::{Handle, WorkspaceId};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    KnownAs,
    rules::{Key, Namespaces},
    store,
};

/// Whom each of these ids stands for, in the order asked. An id that was never heard of stands for itself alone.
pub(crate) async fn known<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    ids: &[NamedId],
) -> Result<Vec<KnownAs>, DbError> {
    let namespaces = Namespaces::with(store::evidence::namespaces(conn, workspace).await?);
    let keys: Vec<Option<Key<'_>>> =
        ids.iter().map(|id| namespaces.resolve(id).map(|(space, value)| Key { space, value })).collect();
    let asked: Vec<Key<'_>> = keys.iter().flatten().cloned().collect();
    let found: FxHashMap<Key<'_>, Handle> =
        store::handles_in_workspace(conn, workspace, &asked).await?.into_iter().collect();
    let handles: Vec<Handle> = found.values().copied().collect();
    let persons = store::persons_in_workspace(conn, workspace, &handles).await?;
    let all: Vec<Handle> = persons.iter().flatten().copied().collect();
    let bought: FxHashSet<Handle> =
        store::who_did(conn, workspace, names::ORDER_PAID, &all).await?.into_iter().collect();
    let mut named: FxHashMap<Handle, NamedId> = FxHashMap::default();
    for known in store::ids(conn, workspace, &all).await? {
        let (key, app) = (namespaces.key_of(known.space), namespaces.of(known.space).is_some_and(|of| of.per_app));
        let id = match known.value.split_once(':') {
            Some((of_app, value)) if app => NamedId::new(format!("{key}:{of_app}"), value),
            _ => NamedId::new(key, known.value),
        };
        named.insert(known.handle, id);
    }
    let person: FxHashMap<Handle, &Vec<Handle>> =
        persons.iter().flat_map(|handles| handles.iter().map(move |handle| (*handle, handles))).collect();
    let known_as = |(id, key): (&NamedId, &Option<Key<'_>>)| {
        let handles = key.as_ref().and_then(|key| found.get(key)).and_then(|handle| person.get(handle));
        let handles: Vec<Handle> = handles.into_iter().flat_map(|handles| handles.iter().copied()).collect();
        let others = handles.iter().filter_map(|handle| named.get(handle)).filter(|other| *other != id);
        let ids = std::iter::once(id).chain(others).cloned().collect();
        KnownAs { ids, bought: handles.iter().any(|handle| bought.contains(handle)), handles }
    };
    Ok(ids.iter().zip(&keys).map(known_as).collect())
}
