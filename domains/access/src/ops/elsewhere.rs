//! Signing in by way of a provider: out with a question, back with a code, and whoever the provider says it is.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use db::audit::By;
use kernel::{StaffId, Timestamp, token};
use ring::digest;
use web::Principal;

use crate::{
    Access, AccessError, Email, Name, NewStaff, Password,
    model::{Attempt, Linked, Provider, SecretHash, Staff, Visit},
    ops::{SignedIn, discovery::with_query},
    rules::{
        claims::Claims,
        decide::{Command, Rejection},
    },
    store,
};

/// How long somebody may take at the provider.
pub(crate) const ATTEMPT_SECS: i64 = 600;
/// Characters of chance in state, binding and nonce: 160 bits.
const TOKEN_LENGTH: usize = 32;
/// Characters of the verifier; the standard asks for 43 at least.
const VERIFIER_LENGTH: usize = 64;

/// Where a browser is to go, and what it is to keep meanwhile.
pub(crate) struct Begun {
    pub(crate) url: String,
    pub(crate) binding: String,
}

/// Who came back.
pub(crate) enum Returned {
    /// Somebody who is signed in now.
    In(Box<SignedIn>, String),
    /// Somebody who linked an identity to their account.
    Linked(String),
}

impl Access {
    /// Begins a sign-in, or the linking of an identity when somebody is signed in already.
    pub(crate) async fn begin_elsewhere(
        &self,
        provider: &str,
        linking: Option<&Principal>,
        return_to: String,
        visit: &Visit,
    ) -> Result<Begun, AccessError> {
        let provider = store::provider_by_id(self.reads(), provider).await?.ok_or(AccessError::NotFound)?;
        let staff = match linking {
            None => None,
            Some(caller) if caller.workspace != provider.workspace => return Err(AccessError::NotFound),
            Some(caller) => Some(caller.staff().ok_or(AccessError::NotFound)?.clone()),
        };
        self.count_visit(visit)?;
        let told = self
            .discovery()
            .metadata(&provider, self.clock())
            .await
            .map_err(|error| AccessError::Elsewhere(error.into()))?;
        let draw = |length| token(self.entropy(), length);
        let (state, binding, nonce) = (draw(TOKEN_LENGTH), draw(TOKEN_LENGTH), draw(TOKEN_LENGTH));
        let verifier = draw(VERIFIER_LENGTH);
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()));
        let redirect_uri = redirect_uri(visit).ok_or(AccessError::NotFound)?;
        let asked = [
            ("response_type", "code"),
            ("scope", "openid email profile"),
            ("client_id", &provider.client_id),
            ("redirect_uri", &redirect_uri),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let url = with_query(&told.authorization_endpoint, &asked).ok_or(AccessError::NotFound)?;
        let attempt = Attempt {
            state: SecretHash::of(&state),
            binding: SecretHash::of(&binding),
            workspace: provider.workspace,
            provider: provider.id,
            nonce,
            verifier,
            redirect_uri,
            return_to,
            staff,
            expires_at: self.now().plus_secs(ATTEMPT_SECS),
        };
        self.submit(visit.origin.named("visitor"), Command::BeginAttempt(Box::new(attempt))).await?;
        Ok(Begun { url, binding })
    }

    /// Finishes what was begun in this browser, once.
    pub(crate) async fn finish_elsewhere(
        &self,
        state: &str,
        binding: &str,
        code: &str,
        visit: Visit,
    ) -> Result<Returned, AccessError> {
        self.count_visit(&visit)?;
        let now = self.now();
        let attempt = store::attempt(self.reads(), SecretHash::of(state), now).await?.ok_or(Rejection::AttemptOver)?;
        if attempt.binding != SecretHash::of(binding) {
            return Err(Rejection::AttemptOver.into());
        }
        // Of two that come back with the same state one goes on.
        self.submit(visit.origin.named("visitor"), Command::EndAttempt(attempt.state)).await?;
        let provider = store::provider_by_id(self.reads(), &attempt.provider).await?.ok_or(Rejection::AttemptOver)?;
        let redeemed = self.discovery().redeem(&provider, &attempt, code, self.clock()).await;
        let claims = redeemed.map_err(|error| AccessError::Elsewhere(error.into()))?;
        claims
            .check(provider.issuer.as_str(), &provider.client_id, &attempt.nonce, now)
            .map_err(|error| AccessError::Disbelieved(error.into()))?;
        if let Some(staff) = &attempt.staff {
            let link = linked(self.now(), &provider, &claims, staff.clone());
            self.submit(visit.by_staff(staff), Command::Link(link)).await?;
            return Ok(Returned::Linked(attempt.return_to));
        }
        let staff = self.whoever(&provider, &claims, &visit).await?;
        self.refund_visit(&visit);
        Ok(Returned::In(Box::new(self.open_session(staff, visit).await?), attempt.return_to))
    }

    /// Who that is with us: whoever the identity was linked to; else, if the brand wants it, whoever has the address the
    /// provider vouches for, or was invited at it. Nobody else is let in, and nobody is made up.
    async fn whoever(&self, provider: &Provider, claims: &Claims, visit: &Visit) -> Result<Staff, AccessError> {
        let workspace = provider.workspace;
        let known = store::link(self.reads(), workspace, &provider.id, &claims.sub).await?;
        if let Some(known) = known {
            let staff = store::staff_member(self.reads(), workspace, &known.staff).await?;
            return staff.filter(|staff| staff.active).ok_or(AccessError::UnknownElsewhere);
        }
        let email = claims.verified_email().filter(|_| provider.match_email).map(Email::key_of);
        let email = email.ok_or(AccessError::UnknownElsewhere)?;
        let found = store::staff_by_email(self.reads(), &email).await?;
        let staff = match found.filter(|staff| staff.workspace == workspace) {
            Some(staff) => Some(staff).filter(|staff| staff.active).ok_or(AccessError::UnknownElsewhere)?,
            None => self.join_invited(provider, claims, &email, visit).await?,
        };
        let link = linked(self.now(), provider, claims, staff.id.clone());
        self.submit(visit.by_staff(&staff.id), Command::Link(link)).await?;
        Ok(staff)
    }

    /// Whoever was invited joins, under the name the provider knows. They have no password until they ask for one.
    async fn join_invited(
        &self,
        provider: &Provider,
        claims: &Claims,
        email: &str,
        visit: &Visit,
    ) -> Result<Staff, AccessError> {
        let open = store::invitation_by_email(self.reads(), provider.workspace, email, self.now()).await?;
        let open = open.ok_or(AccessError::UnknownElsewhere)?;
        let called = claims.name.clone().and_then(|name| Name::try_from(name).ok());
        let name = called.or_else(|| Name::try_from(email).ok()).ok_or(AccessError::UnknownElsewhere)?;
        let password =
            Password::try_from(token(self.entropy(), VERIFIER_LENGTH)).map_err(|_| AccessError::UnknownElsewhere)?;
        let email = Email::try_from(open.email).map_err(|_| AccessError::UnknownElsewhere)?;
        let new = NewStaff { id: None, name, email, password, role: open.role, unit: open.unit };
        let staff = self.staff_of(open.workspace, new).await?;
        let by = visit.origin.named(format!("invitation:{}", open.id));
        self.submit(by, Command::AcceptInvitation { token: open.token, staff: staff.clone() }).await?;
        Ok(staff)
    }

    /// Who the caller is at which provider, each with the provider's name.
    pub(crate) async fn links(&self, caller: &Principal) -> Result<Vec<(Linked, String)>, AccessError> {
        let staff = caller.staff().ok_or(AccessError::NotFound)?;
        Ok(store::links(self.reads(), caller.workspace, staff).await?)
    }

    /// Whoever the caller is at the provider opens their account no more.
    pub(crate) async fn unlink(&self, by: By, caller: &Principal, provider: String) -> Result<(), AccessError> {
        let staff = caller.staff().ok_or(AccessError::NotFound)?.clone();
        self.submit(by, Command::Unlink { workspace: caller.workspace, staff, provider }).await?;
        Ok(())
    }
}

/// Who somebody is at a provider, from now on.
fn linked(now: Timestamp, provider: &Provider, claims: &Claims, staff: StaffId) -> Linked {
    Linked {
        workspace: provider.workspace,
        provider: provider.id.clone(),
        subject: claims.sub.clone(),
        staff,
        label: claims.email.clone().filter(|email| email.len() <= 254),
        linked_at: now,
    }
}

/// Where the provider sends people back to: this very site, as they asked for it.
fn redirect_uri(visit: &Visit) -> Option<String> {
    let came = &visit.origin.came;
    let scheme = if came.https { "https" } else { "http" };
    Some(format!("{scheme}://{}/api/v1/sign-in/callback", came.host.as_deref()?))
}
