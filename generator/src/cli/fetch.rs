//! `bitrix24-codegen fetch`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bitrix24_codegen::fetch::{Fetch, Language, Lock};
use clap::{Args, ValueEnum};

use super::{Outcome, output};

/// Bring the published docs into a folder.
///
/// The newest commit of the public repository comes without its history and images, by the installed `git`. The folder changes in
/// one step when everything is there; where something fails it stays as it was. `docs.lock` notes repository, commit and date:
/// keep it under version control and the docs outside of it, and `--locked` brings everybody the same pages.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The language of the docs.
    #[arg(long, value_enum, default_value_t = Lang::En)]
    lang: Lang,
    /// The folder that the pages go to [default: docs/LANG]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// A branch, a tag or a whole commit id instead of the newest commit.
    #[arg(long, value_name = "REV")]
    rev: Option<String>,
    /// Another repository: what git takes for one, a path too [default: the public one of the language]
    #[arg(long, value_name = "URL")]
    from: Option<String>,
    /// Bring the commit that the lock names, from the repository that it names.
    #[arg(long, conflicts_with_all = ["rev", "from"])]
    locked: bool,
    /// Where to note what was fetched.
    #[arg(long, value_name = "FILE", default_value = "docs.lock")]
    lock: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Lang {
    /// Russian, the original.
    Ru,
    /// English.
    En,
}

const EXAMPLES: &str = "\
Examples:
  The newest docs in English, and the crate that comes of them:
    bitrix24-codegen fetch --lang en
    BITRIX24_DOCS=docs/en cargo check -p bitrix24 --features full

  On another machine the same pages:
    bitrix24-codegen fetch --lang en --locked

  What the last weeks changed:
    bitrix24-codegen fetch --lang ru --rev COMMIT --out docs/ru-old
    bitrix24-codegen fetch --lang ru
    bitrix24-codegen diff docs/ru-old docs/ru";

impl Arguments {
    pub(super) fn run(self) -> Outcome {
        let language = match self.lang {
            Lang::Ru => Language::Ru,
            Lang::En => Language::En,
        };
        let folder = self.out.unwrap_or_else(|| Path::new("docs").join(language.code()));
        let mut lock = Lock::open(&self.lock)?;
        let mut fetch = Fetch {
            repository: self.from.unwrap_or_else(|| language.repository().to_owned()),
            revision: self.rev,
            folder,
        };
        if self.locked {
            let entry = lock.entry(&fetch.folder).ok_or_else(|| {
                let (lock, folder) = (self.lock.display(), fetch.folder.display());
                format!("`{lock}` names no docs for `{folder}`: fetch once without --locked")
            })?;
            fetch.repository.clone_from(&entry.repository);
            fetch.revision = Some(entry.revision.clone());
        }
        let fetched = fetch.run(&mut |what| eprintln!("{what}")).map_err(|error| {
            if self.locked { format!("`{}` asks for it: {error}", self.lock.display()) } else { error.to_string() }
        })?;
        lock.set(fetched.entry.clone());
        lock.write(&self.lock)?;
        output(None, |out| {
            let state = if fetched.unchanged { "unchanged, " } else { "" };
            let entry = &fetched.entry;
            writeln!(
                out,
                "{}: {state}{} pages of {} ({})",
                fetch.folder.display(),
                fetched.pages,
                entry.revision,
                entry.date
            )
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
