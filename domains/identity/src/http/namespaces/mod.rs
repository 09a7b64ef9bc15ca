//! The namespaces of ids: how far each speaks for a person.

pub(super) mod declare_namespace;
pub(super) mod list_namespaces;
