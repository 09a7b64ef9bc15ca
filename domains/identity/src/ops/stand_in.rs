//! A stand-in for WeChat's sign-in, for demos and tests: whoever comes says who they are and is believed. It is never on unless somebody
//! sets it, and then only for a server that nobody else reaches.

use std::{collections::VecDeque, sync::Arc};

use async_trait::async_trait;
use kernel::{Entropy, WorkspaceId, token};
use parking_lot::Mutex;

use super::fans::WeChatSignIn;
use crate::{PortError, model::fan::WeChatPerson};

/// The app of everybody who signs in here.
const APP: &str = "wxStandIn";
/// So many codes are remembered; older ones have gone unused.
const CODES_MAX: usize = 1000;
const CODE_LENGTH: usize = 32;

/// The stand-in, and the codes it gave out.
pub struct StandIn {
    entropy: Arc<dyn Entropy>,
    codes: Mutex<VecDeque<(String, WeChatPerson)>>,
}

impl StandIn {
    /// A stand-in that gave out nothing yet.
    #[must_use]
    pub fn new(entropy: Arc<dyn Entropy>) -> Self {
        Self { entropy, codes: Mutex::default() }
    }

    /// Believes whoever calls themselves so: the code they go back with. The same name is the same person.
    pub fn let_in(&self, name: &str) -> String {
        let id = &blake3::hash(name.as_bytes()).to_hex()[..24];
        let person =
            WeChatPerson { openid: format!("o{id}"), unionid: Some(format!("u{id}")), name: Some(name.to_owned()) };
        let code = token(&*self.entropy, CODE_LENGTH);
        let mut codes = self.codes.lock();
        if codes.len() >= CODES_MAX {
            codes.pop_front();
        }
        codes.push_back((code.clone(), person));
        code
    }
}

#[async_trait]
impl WeChatSignIn for StandIn {
    fn app(&self) -> &str {
        APP
    }

    /// A page of the app's own, which asks who one is.
    fn authorize(&self, workspace: WorkspaceId, _: &str, state: &str) -> String {
        format!("/f/{workspace}/stand-in?state={state}")
    }

    async fn exchange(&self, code: &str) -> Result<Option<WeChatPerson>, PortError> {
        let mut codes = self.codes.lock();
        let found = codes.iter().position(|(known, _)| known == code);
        Ok(found.and_then(|place| codes.remove(place)).map(|(_, person)| person))
    }
}
