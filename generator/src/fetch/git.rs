//! The calls of git.

use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::process::{Command, Stdio};

use super::Error;

/// Of what git prints before it fails, this many lines are told.
const TOLD: usize = 5;

/// A repository of one commit.
pub(super) struct Git<'g> {
    /// Where it is.
    pub(super) folder: &'g Path,
    /// Where it comes from.
    pub(super) repository: &'g str,
}

impl Git<'_> {
    /// Makes an empty repository of the files that match `wanted`.
    pub(super) fn init(&self, wanted: &str) -> Result<(), Error> {
        // No hooks and other templates of the user's.
        self.run("prepare for", &["init", "--quiet", "--template="])?;
        self.run("prepare for", &["config", "core.sparseCheckout", "true"])?;
        self.run("prepare for", &["remote", "add", "origin", &self.address()])?;
        let info = self.folder.join(".git/info");
        let failed = |action, path: &Path, source| super::io_error(action, path, source);
        std::fs::create_dir_all(&info).map_err(|error| failed("create the folder", &info, error))?;
        let file = info.join("sparse-checkout");
        std::fs::write(&file, wanted).map_err(|error| failed("write", &file, error))
    }

    /// Where the repository is, seen from the new one.
    fn address(&self) -> String {
        let path = Path::new(self.repository);
        match path.canonicalize() {
            Ok(path) if !self.repository.contains("://") => path.to_string_lossy().into_owned(),
            _ => self.repository.to_owned(),
        }
    }

    /// Fetches the commit that `revision` names, not its files.
    pub(super) fn fetch(&self, revision: &str) -> Result<(), Error> {
        let quiet = if shown() { "--progress" } else { "--quiet" };
        // A server that cannot leave out files sends them all.
        let arguments = ["fetch", quiet, "--depth=1", "--no-tags", "--filter=blob:none", "origin", revision];
        self.run("fetch from", &arguments).map(drop)
    }

    /// The id and the date of the commit that was fetched.
    pub(super) fn commit(&self) -> Result<(String, String), Error> {
        let said = self.run("read", &["log", "-1", "--format=%H %cI", "FETCH_HEAD"])?;
        let (id, date) = said.trim().split_once(' ').unwrap_or_default();
        Ok((id.to_owned(), date.to_owned()))
    }

    /// Fetches the wanted files and writes them.
    pub(super) fn checkout(&self) -> Result<(), Error> {
        let quiet = if shown() { "--progress" } else { "--quiet" };
        self.run("fetch the pages of", &["checkout", quiet, "--detach", "FETCH_HEAD"]).map(drop)
    }

    fn run(&self, task: &'static str, arguments: &[&str]) -> Result<String, Error> {
        let mut git = Command::new("git");
        // A repository is input: it decides on no links, filters and line ends.
        for setting in ["core.symlinks=false", "core.autocrlf=false", "core.hooksPath=", "advice.detachedHead=false"] {
            git.args(["-c", setting]);
        }
        git.args(arguments).current_dir(self.folder).stdin(Stdio::null());
        // Nobody is asked for a password: the docs are public.
        git.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
        // Set by git for its hooks, these lead to another repository.
        for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"] {
            git.env_remove(variable);
        }
        let shows = arguments.contains(&"--progress");
        git.stderr(if shows { Stdio::inherit() } else { Stdio::piped() });
        let output = git.output().map_err(Error::NoGit)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
        let end = lines[lines.len().saturating_sub(TOLD)..].join("\n  ");
        let said = if end.is_empty() { format!("{} (see above)", output.status) } else { end };
        Err(Error::Git { task, repository: self.repository.to_owned(), said })
    }
}

/// Whether somebody watches.
fn shown() -> bool {
    io::stderr().is_terminal()
}
