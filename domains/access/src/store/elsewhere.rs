//! Providers, who is who there, and who is on their way.

use std::collections::BTreeMap;

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, Tx, values};
use kernel::{StaffId, Timestamp, WorkspaceId};

use super::{INVITATION, invitation, secret_hash, staff_id, workspace_id};
use crate::{
    model::{Attempt, ClientSecret, Invitation, Issuer, Linked, Name, Provider, SecretHash},
    rules::decide::Effects,
};

pub(super) const PROVIDER: &str = "workspace_id, id, name, issuer, client_id, client_secret, match_email, created_at";
pub(super) const LINK: &str = "workspace_id, provider, subject, staff, label, linked_at";

/// A brand's providers, or those of all brands, oldest first.
pub(crate) async fn providers(
    reads: &impl ConnectionTrait,
    workspace: Option<WorkspaceId>,
) -> Result<Vec<Provider>, DbError> {
    let (which, values) = match workspace {
        Some(workspace) => ("where workspace_id = $1", values![workspace.0].to_vec()),
        None => ("", Vec::new()),
    };
    let sql = format!("select {PROVIDER} from identity_provider {which} order by created_at, id");
    reads.all(&sql, values).await?.iter().map(provider).collect()
}

/// A provider by its id, which is drawn and unique over the installation: whoever signs in has no brand yet.
pub(crate) async fn provider_by_id(reads: &impl ConnectionTrait, id: &str) -> Result<Option<Provider>, DbError> {
    let sql = format!("select {PROVIDER} from identity_provider where id = $1");
    reads.one(&sql, values![id]).await?.as_ref().map(provider).transpose()
}

/// Who somebody at a provider is here.
pub(crate) async fn link(
    reads: &impl ConnectionTrait,
    workspace: WorkspaceId,
    provider: &str,
    subject: &str,
) -> Result<Option<Linked>, DbError> {
    let sql = format!("select {LINK} from sign_in_link where workspace_id = $1 and provider = $2 and subject = $3");
    reads.one(&sql, values![workspace.0, provider, subject]).await?.as_ref().map(linked).transpose()
}

/// Where somebody is known, each with the provider's name.
pub(crate) async fn links(
    reads: &impl ConnectionTrait,
    workspace: WorkspaceId,
    staff: &StaffId,
) -> Result<Vec<(Linked, String)>, DbError> {
    let sql = "select link.workspace_id, link.provider, link.subject, link.staff, link.label, link.linked_at,
            identity_provider.name as provider_name
        from sign_in_link link
        join identity_provider on identity_provider.workspace_id = link.workspace_id and identity_provider.id = link.provider
        where link.workspace_id = $1 and link.staff = $2 order by link.linked_at, link.provider";
    let rows = reads.all(sql, values![workspace.0, staff.as_str()]).await?;
    rows.iter().map(|row| Ok((linked(row)?, row.get("provider_name")?))).collect()
}

/// The open invitation of an address in a brand.
pub(crate) async fn invitation_by_email(
    reads: &impl ConnectionTrait,
    workspace: WorkspaceId,
    email_key: &str,
    now: Timestamp,
) -> Result<Option<Invitation>, DbError> {
    let sql = format!(
        "select {INVITATION} from invitation
         where workspace_id = $1 and email_key = $2 and closed_at is null and expires_at > $3"
    );
    reads.one(&sql, values![workspace.0, email_key, now.0]).await?.as_ref().map(invitation).transpose()
}

/// Who comes back with this state, unless it is too late.
pub(crate) async fn attempt(
    reads: &impl ConnectionTrait,
    state: SecretHash,
    now: Timestamp,
) -> Result<Option<Attempt>, DbError> {
    let sql =
        "select workspace_id, state, binding, provider, nonce, verifier, redirect_uri, return_to, staff, expires_at
        from sign_in_attempt where state = $1 and expires_at > $2";
    let Some(row) = reads.one(sql, values![state.0.to_vec(), now.0]).await? else { return Ok(None) };
    let staff: Option<String> = row.get("staff")?;
    Ok(Some(Attempt {
        state: secret_hash(&row, "state")?,
        binding: secret_hash(&row, "binding")?,
        workspace: workspace_id(&row, "workspace_id")?,
        provider: row.get("provider")?,
        nonce: row.get("nonce")?,
        verifier: row.get("verifier")?,
        redirect_uri: row.get("redirect_uri")?,
        return_to: row.get("return_to")?,
        staff: staff.map(|staff| staff.parse().map_err(|_| DbError::corrupt("staff of an attempt"))).transpose()?,
        expires_at: Timestamp(row.get("expires_at")?),
    }))
}

pub(super) fn provider(row: &QueryResult) -> Result<Provider, DbError> {
    Ok(Provider {
        workspace: workspace_id(row, "workspace_id")?,
        id: row.get("id")?,
        name: Name::try_from(row.get::<String>("name")?).map_err(|error| DbError::corrupt(error.to_string()))?,
        issuer: Issuer::try_from(row.get::<String>("issuer")?).map_err(DbError::corrupt)?,
        client_id: row.get("client_id")?,
        client_secret: ClientSecret(row.get("client_secret")?),
        match_email: row.get::<i64>("match_email")? != 0,
        created_at: Timestamp(row.get("created_at")?),
    })
}

pub(super) fn linked(row: &QueryResult) -> Result<Linked, DbError> {
    Ok(Linked {
        workspace: workspace_id(row, "workspace_id")?,
        provider: row.get("provider")?,
        subject: row.get("subject")?,
        staff: staff_id(row, "staff")?,
        label: row.get("label")?,
        linked_at: Timestamp(row.get("linked_at")?),
    })
}

/// Writes what a batch decided about them.
pub(super) async fn write(tx: &Tx, effects: &mut Effects) -> Result<(), DbError> {
    write_providers(tx, std::mem::take(&mut effects.providers)).await?;
    for (workspace, staff, provider) in std::mem::take(&mut effects.unlinked) {
        let sql = "delete from sign_in_link where workspace_id = $1 and staff = $2 and provider = $3";
        tx.run(sql, values![workspace.0, staff.as_str(), provider]).await?;
    }
    let rows = std::mem::take(&mut effects.links).into_iter().flat_map(|link| {
        let Linked { workspace, provider, subject, staff, label, linked_at } = link;
        values![workspace.0, provider, subject, staff.as_str(), label, linked_at.0]
    });
    let head = format!("insert into sign_in_link ({LINK})");
    tx.insert_rows(&head, 6, rows.collect(), "").await?;
    let attempts = std::mem::take(&mut effects.attempts);
    if let Some(now) = attempts.iter().map(|(_, at)| at.0).max() {
        // Whoever sets out sweeps away those who never came back.
        tx.run("delete from sign_in_attempt where expires_at <= $1", values![now]).await?;
    }
    let rows = attempts.into_iter().flat_map(|(attempt, _)| {
        let staff = attempt.staff.map(String::from);
        let (state, binding) = (attempt.state.0.to_vec(), attempt.binding.0.to_vec());
        values![
            attempt.workspace.0,
            state,
            binding,
            attempt.provider,
            attempt.nonce,
            attempt.verifier,
            attempt.redirect_uri,
            attempt.return_to,
            staff,
            attempt.expires_at.0
        ]
    });
    let head = "insert into sign_in_attempt
        (workspace_id, state, binding, provider, nonce, verifier, redirect_uri, return_to, staff, expires_at)";
    tx.insert_rows(head, 10, rows.collect(), "").await?;
    for state in std::mem::take(&mut effects.attempts_ended) {
        tx.run("delete from sign_in_attempt where state = $1", values![state.0.to_vec()]).await?;
    }
    Ok(())
}

async fn write_providers(tx: &Tx, providers: BTreeMap<(WorkspaceId, String), Option<Provider>>) -> Result<(), DbError> {
    let mut rows = Vec::new();
    for ((workspace, id), provider) in providers {
        let Some(provider) = provider else {
            for (table, column) in
                [("sign_in_link", "provider"), ("sign_in_attempt", "provider"), ("identity_provider", "id")]
            {
                let sql = format!("delete from {table} where workspace_id = $1 and {column} = $2");
                tx.run(&sql, values![workspace.0, id.as_str()]).await?;
            }
            continue;
        };
        let Provider { name, issuer, client_id, client_secret, match_email, created_at, .. } = provider;
        let (name, issuer) = (String::from(name), issuer.as_str());
        let match_email = i64::from(match_email);
        rows.extend(values![workspace.0, id, name, issuer, client_id, client_secret.0, match_email, created_at.0]);
    }
    let head = format!("insert into identity_provider ({PROVIDER})");
    let tail = "on conflict (workspace_id, id) do update set name = excluded.name, issuer = excluded.issuer,
        client_id = excluded.client_id, client_secret = excluded.client_secret, match_email = excluded.match_email";
    tx.insert_rows(&head, 8, rows, tail).await?;
    Ok(())
}
