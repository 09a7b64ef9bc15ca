//! The envelope of a request: parameters in the address or the body, and JSON in base64 behind one of them.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;
use url::form_urlencoded;

use crate::rules::{Inflate, accept::read_object, inflate};

/// Some clients leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why nothing of a request can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No `data` and no `data_list`.
    #[error("the parameter data or data_list is missing, in the address or in a body like data_list=…")]
    NoData,
    /// `gzip=9`, or a sealed envelope inside.
    #[error(
        "the records are encrypted: only their sender's platform has the key. Switch the encryption of the SDK off; TLS \
         protects them on their way"
    )]
    Encrypted,
    /// A value of `gzip` nobody has described.
    #[error("gzip must be 0 or 1")]
    Compression,
    /// The checksum is of another text.
    #[error("the records changed on their way: crc is of another text")]
    Crc,
    /// No base64, no gzip, or no JSON.
    #[error("the records are not {0}")]
    Broken(&'static str),
    /// More bytes or more records than a request may have.
    #[error("a request has at most 4 MiB of records, and 2,500 of them")]
    TooLarge,
}

impl Unreadable {
    /// The stable word under which the register keeps it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Encrypted => "encrypted",
            Self::Crc => "crc",
            Self::NoData | Self::Compression | Self::Broken(_) | Self::TooLarge => "request",
        }
    }
}

/// What stands in the parameters of a request. The address counts before the body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    data: Option<String>,
    gzip: Option<String>,
    crc: Option<i32>,
    /// Which project the records are for: a key of a source.
    pub project: Option<String>,
    /// The same by its other name, which counts more.
    pub token: Option<String>,
}

impl Form {
    /// Reads the parameters of the address and of the body, whatever its content type is said to be.
    #[must_use]
    pub fn read(query: &str, body: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(body)) {
            let place = match &*name {
                "data" | "data_list" => &mut form.data,
                "gzip" => &mut form.gzip,
                "project" => &mut form.project,
                "token" => &mut form.token,
                "ext" if form.crc.is_none() => {
                    form.crc = value.split('&').find_map(|pair| pair.strip_prefix("crc=")?.trim().parse().ok());
                    continue;
                }
                _ => continue,
            };
            if place.is_none() && !value.is_empty() {
                *place = Some(value.into_owned());
            }
        }
        form
    }

    /// The key the request names: `token`, else `project`.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.token.as_deref().or(self.project.as_deref())
    }

    /// The JSON behind the parameters, of `bytes_max` bytes at most.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn open(&self, bytes_max: usize) -> Result<Vec<u8>, Unreadable> {
        // A plus that was not escaped has become a blank.
        let data = self.data.as_deref().ok_or(Unreadable::NoData)?.trim().replace(' ', "+");
        let gzip = match self.gzip.as_deref().unwrap_or("0") {
            "0" => false,
            "1" => true,
            "9" => return Err(Unreadable::Encrypted),
            _ => return Err(Unreadable::Compression),
        };
        if self.crc.is_some_and(|crc| crc != hash_code(&data)) {
            return Err(Unreadable::Crc);
        }
        let bytes = BASE64.decode(data).map_err(|_| Unreadable::Broken("base64"))?;
        let bytes = if gzip {
            inflate(&bytes, bytes_max).map_err(|error| match error {
                Inflate::TooLarge => Unreadable::TooLarge,
                Inflate::Broken => Unreadable::Broken("gzip"),
            })?
        } else {
            bytes
        };
        if bytes.len() > bytes_max { Err(Unreadable::TooLarge) } else { Ok(bytes) }
    }
}

/// `String.hashCode` of Java, by which the web SDK lets corrupted requests be told.
fn hash_code(text: &str) -> i32 {
    text.encode_utf16().fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

/// The records in the JSON of a request: a list, or one alone.
///
/// # Errors
/// [`Unreadable`].
pub fn records(json: &[u8], most: usize) -> Result<Vec<&RawValue>, Unreadable> {
    let broken = |_| Unreadable::Broken("a JSON object or a list of them");
    let whole: &RawValue = serde_json::from_slice(json).map_err(broken)?;
    let records: Vec<&RawValue> = match whole.get().as_bytes().first() {
        Some(b'{') => vec![whole],
        _ => serde_json::from_str(whole.get()).map_err(broken)?,
    };
    if records.len() > most {
        return Err(Unreadable::TooLarge);
    }
    if !records.is_empty() && records.iter().all(|record| is_sealed(record)) {
        return Err(Unreadable::Encrypted);
    }
    Ok(records)
}

/// Whether only its sender's platform can read a record: the SDKs have sealed envelopes of two shapes.
pub(super) fn is_sealed(record: &RawValue) -> bool {
    #[derive(Deserialize)]
    struct Sealed {
        payload: Option<IgnoredAny>,
        payloads: Option<IgnoredAny>,
        ekey: Option<IgnoredAny>,
        key_id: Option<IgnoredAny>,
        pkv: Option<IgnoredAny>,
    }
    read_object::<Sealed>(record).is_some_and(|sealed| {
        (sealed.payload.is_some() || sealed.payloads.is_some())
            && (sealed.ekey.is_some() || sealed.key_id.is_some() || sealed.pkv.is_some())
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::*;

    use super::*;

    const MAX: usize = 1 << 20;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_request_of_each_form_is_opened() {
        let json = r#"{"type":"track","n":"长>>>???"}"#;
        let packed = BASE64.encode(json);
        let escaped: String = form_urlencoded::byte_serialize(packed.as_bytes()).collect();
        let gzipped: String =
            form_urlencoded::byte_serialize(BASE64.encode(gzip(json.as_bytes())).as_bytes()).collect();
        let crc = hash_code(&packed);
        let opened = |query: &str, body: &str| Form::read(query, body.as_bytes()).open(MAX);
        for (query, body) in [
            (format!("project=k&data={escaped}&ext=crc%3D{crc}"), String::new()),
            (String::new(), format!("data={escaped}&ext=crc%3D{crc}")),
            ("instant_event=true".into(), format!("data_list={escaped}")),
            (String::new(), format!("data_list={gzipped}&gzip=1")),
            ("gzip=1".into(), format!("data={gzipped}")),
            // What should be escaped and is not.
            (String::new(), format!("data={packed}&gzip=0")),
            (String::new(), format!("data={}", escaped.trim_end_matches("%3D"))),
        ] {
            assert_eq!(opened(&query, &body), Ok(json.as_bytes().to_vec()), "{query} {body}");
        }
        for (query, body, why) in [
            ("", "", Unreadable::NoData),
            ("data=", "a=b", Unreadable::NoData),
            ("gzip=9", "data=QQ==", Unreadable::Encrypted),
            ("gzip=2", "data=QQ==", Unreadable::Compression),
            ("data=QQ==&ext=crc%3D7", "", Unreadable::Crc),
            ("data=%FF", "", Unreadable::Broken("base64")),
            ("data=QQ==&gzip=1", "", Unreadable::Broken("gzip")),
        ] {
            assert_eq!(opened(query, body), Err(why), "{query} {body}");
        }
    }

    #[test]
    fn the_checksum_is_that_of_java() {
        assert_eq!((hash_code(""), hash_code("hello"), hash_code("Zm9vYmFy")), (0, 99_162_322, 1_931_356_439));
    }

    #[test]
    fn what_is_sealed_is_told_from_what_is_not() {
        let sealed = [r#"{"pkv":1,"ekey":"x","payloads":["y"]}"#, r#"[{"key_id":1,"payload":"y"}]"#];
        for json in sealed {
            assert_eq!(records(json.as_bytes(), 9).unwrap_err(), Unreadable::Encrypted);
        }
        assert_eq!(records(br#"[{"ekey":"x","payloads":"y"},{"payload":1}]"#, 9).unwrap().len(), 2);
        assert_eq!(records(b"[]", 9).unwrap().len(), 0);
        assert_eq!(records(b"[1,2,3]", 2).unwrap_err(), Unreadable::TooLarge);
        for broken in ["", "7", "null", "\"{}\"", "{", "[{]"] {
            assert!(matches!(records(broken.as_bytes(), 9), Err(Unreadable::Broken(_))), "{broken}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_packed_comes_out_and_no_text_makes_it_stumble(
            bytes in prop::collection::vec(any::<u8>(), 1..500), text in "\\PC{0,80}", zipped in any::<bool>(),
        ) {
            let packed = BASE64.encode(if zipped { gzip(&bytes) } else { bytes.clone() });
            let escaped: String = form_urlencoded::byte_serialize(packed.as_bytes()).collect();
            let crc = hash_code(&packed);
            let body = format!("data={escaped}&ext=crc%3D{crc}&gzip={}", u8::from(zipped));
            prop_assert_eq!(Form::read("", body.as_bytes()).open(MAX), Ok(bytes.clone()));
            if bytes.len() > 1 {
                prop_assert_eq!(Form::read("", body.as_bytes()).open(bytes.len() - 1), Err(Unreadable::TooLarge));
            }
            let _ = Form::read(&text, &bytes).open(MAX);
            let _ = records(&bytes, 9);
            let _ = records(text.as_bytes(), 9);
        }
    }
}
