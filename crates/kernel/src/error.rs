//! One table of error codes. A code is stable; its words may be improved.

use serde::Serialize;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $status:literal $slug:literal $title:literal;)*) => {
        /// What went wrong, as told to a client: a stable slug, an HTTP status and a sentence.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($(#[$doc])* $name,)* }

        impl ErrorCode {
            /// Every code, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The HTTP status it is answered with.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// The stable name, in `code` of a problem document.
            #[must_use]
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug,)* }
            }

            /// The sentence for people, in `title` of a problem document.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

codes! {
    /// The request cannot be read.
    Malformed = 400 "malformed" "The request cannot be read";
    /// A field has a value that cannot be.
    Invalid = 422 "invalid" "A field is not valid";
    /// No sign-in, or one that has ended.
    Unauthenticated = 401 "unauthenticated" "Sign in, or send an API key";
    /// The e-mail and the password do not fit.
    WrongCredentials = 401 "wrong_credentials" "E-mail or password is wrong";
    /// The caller's role does not allow it.
    Forbidden = 403 "forbidden" "Your role does not allow this";
    /// Not there, or not visible to the caller.
    NotFound = 404 "not_found" "There is no such thing here";
    /// The address is there, but not for this method.
    MethodNotAllowed = 405 "method_not_allowed" "This address does not take that method";
    /// Taken, or changed by somebody else.
    Conflict = 409 "conflict" "It exists already, or has changed meanwhile";
    /// A person did not agree to this use of their data.
    ConsentMissing = 409 "consent_missing" "They have not agreed to this use of their data";
    /// More than one request may carry.
    TooLarge = 413 "too_large" "The request is larger than allowed";
    /// Too many sign-in attempts or requests.
    TooMany = 429 "too_many" "Too many requests; wait and try again";
    /// The fact log's queue is full.
    Overloaded = 429 "overloaded" "The log is full for the moment; send again after the time named";
    /// A read waited for an offset that did not arrive in time.
    NotCaughtUp = 503 "not_caught_up" "The server is still digesting facts; ask again in a moment";
    /// The disk or the records database refused.
    Unavailable = 503 "unavailable" "The server cannot store anything at the moment";
    /// No space left on the disk.
    StorageFull = 507 "storage_full" "The disk is full and nothing was stored; free some space, then send again";
    /// Our mistake.
    Internal = 500 "internal" "Something went wrong on our side";
}

impl Serialize for ErrorCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.slug())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn slugs_are_unique() {
        let slugs: BTreeSet<_> = ErrorCode::ALL.iter().map(|code| code.slug()).collect();
        assert_eq!(slugs.len(), ErrorCode::ALL.len());
    }
}
