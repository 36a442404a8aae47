//! Catches everything that is logged, at the finest level, and looks for secrets in it.

use std::{
    io,
    sync::{
        Arc, Mutex, Once,
        atomic::{AtomicUsize, Ordering},
    },
};

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};
use tracing::{level_filters::LevelFilter, subscriber::DefaultGuard};
use tracing_subscriber::fmt::MakeWriter;
use url::form_urlencoded;

/// What has been caught on this thread.
#[derive(Clone)]
pub struct Logs {
    needles: Arc<Vec<String>>,
    lines: Arc<AtomicUsize>,
    found: Arc<Mutex<Vec<String>>>,
}

impl Logs {
    /// Catches the logs of this thread until the guard goes.
    pub fn catch(secrets: &[&str]) -> (Self, DefaultGuard) {
        // Crates that log without spans come in through the same door.
        static LOG: Once = Once::new();
        LOG.call_once(|| tracing_log::LogTracer::init().unwrap());
        let logs = Logs { needles: Arc::new(forms(secrets)), lines: Arc::default(), found: Arc::default() };
        let subscriber =
            tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(logs.clone()).finish();
        (logs, tracing::subscriber::set_default(subscriber))
    }

    pub fn lines(&self) -> usize {
        self.lines.load(Ordering::Relaxed)
    }

    /// Looks for the secrets in `text`.
    pub fn check(&self, text: &str) {
        if let Some(needle) = self.needles.iter().find(|needle| text.contains(needle.as_str())) {
            self.found.lock().unwrap().push(format!("{needle} in {text}"));
        }
    }

    /// Lines in which a secret stands.
    pub fn found(&self) -> Vec<String> {
        self.found.lock().unwrap().clone()
    }
}

/// Each secret as it is, percent-encoded, and in base64 of both alphabets wherever it stands in what was encoded.
fn forms(secrets: &[&str]) -> Vec<String> {
    let encoded = |secret: &str| form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let mut forms: Vec<String> = secrets.iter().flat_map(|secret| [(*secret).to_owned(), encoded(secret)]).collect();
    for (secret, before) in secrets.iter().flat_map(|secret| (0..3).map(move |before| (secret, before))) {
        // Signs at the ends hold bits of the neighbours too.
        let bytes = [&[0; 2][..before], secret.as_bytes()].concat();
        let whole = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
        forms.extend(
            [BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD].map(|base64| base64.encode(&bytes)[whole.clone()].into()),
        );
    }
    forms
}

impl io::Write for Logs {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.lines.fetch_add(1, Ordering::Relaxed);
        self.check(&String::from_utf8_lossy(line));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Logs {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[test]
fn secrets_are_found_in_every_form() {
    let (logs, _guard) = Logs::catch(&["s3cret/"]);
    tracing::trace!("the secret is s3cret%2F");
    log::trace!("the secret is {}", BASE64_STANDARD_NO_PAD.encode("s3cret/"));
    log::trace!("the secret is {}", BASE64_STANDARD_NO_PAD.encode("user:s3cret/?x"));
    tracing::trace!(field = "s3cret/");
    tracing::trace!("nothing");
    assert_eq!((logs.found().len(), logs.lines()), (4, 5));
}
