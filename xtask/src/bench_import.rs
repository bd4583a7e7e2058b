//! `cargo xtask bench-import`: how long a million rows take and how much memory, next to SQLite's own import.

mod server;

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::fixtures::measurements::{HEADER, SEED, row};
use crate::fixtures::{Form, LineEnd, Random, Text, Writer};
use crate::{setup, shell};
use server::Server;

#[derive(Debug, clap::Args)]
pub(crate) struct BenchImport {
    /// How many rows
    #[arg(long, default_value_t = 1_000_000)]
    rows: u64,
}

/// What importing the file through the server took.
struct Import {
    /// From the first byte sent to the answer that names the job.
    upload: Duration,
    /// From there until the job was done.
    reading: Duration,
    /// How much more memory the server held at its worst than before the sign-in, in KiB.
    memory_kib: u64,
}

impl BenchImport {
    /// Measures both on the same file, one after the other, and fails where the server took more memory than it may.
    pub(crate) fn run(&self) -> Result<()> {
        setup::set_up(&[setup::Purpose::BenchImport])?;
        shell::step("build the backend", || {
            let mut cargo = shell::cargo();
            shell::run(cargo.args(["build", "--profile", "server", "--package", "perennial-server"]))
        })?;
        let dir = tempfile::tempdir().context("no place for a temporary directory")?;
        let file = dir.path().join("measurements.csv");
        shell::step("make the file", || self.make(&file))?;
        let import = shell::step("import it through the backend", || self.import(dir.path(), &file))?;
        let sqlite = shell::step("import it by sqlite3", || self.import_by_sqlite(dir.path(), &file))?;
        report(&import, sqlite);
        ensure!(import.memory_kib <= MOST_KIB, "the backend may take {} MiB above idle", MOST_KIB / 1024);
        Ok(())
    }

    fn make(&self, path: &Path) -> Result<()> {
        let form = Form { delimiter: ',', line_end: LineEnd::Lf, text: Text::Utf8 };
        let mut random = Random::new(SEED);
        let mut writer = Writer::new(BufWriter::new(File::create(path)?), form)?;
        writer.row(&HEADER)?;
        for number in 0..self.rows {
            writer.row(&row(&mut random, number))?;
        }
        // What waits to be written would otherwise be written while the first import is measured.
        writer.finish()?.into_inner()?.sync_all()?;
        println!("    {} rows, {:.1} MB", self.rows, std::fs::metadata(path)?.len() as f64 / 1e6);
        Ok(())
    }

    fn import(&self, dir: &Path, file: &Path) -> Result<Import> {
        let server = Server::start(&dir.join("data"))?;
        let idle_kib = server.memory_kib("VmRSS:")?;
        let bearer = server.sign_in()?;
        let begin = Instant::now();
        let job = server.send(&bearer, file)?;
        let upload = begin.elapsed();
        let ended = loop {
            let job = server.read(&bearer, &format!("/api/jobs/{job}"))?;
            match job["state"].as_str() {
                Some("queued" | "running") => std::thread::sleep(POLL),
                Some("done") => break job,
                _ => bail!("the import ended in another way: {job}"),
            }
        };
        let reading = begin.elapsed() - upload;
        ensure!(ended["rows_accepted"] == self.rows, "rows are missing: {ended}");
        let memory_kib = server.memory_kib("VmHWM:")?.saturating_sub(idle_kib);
        Ok(Import { upload, reading, memory_kib })
    }

    fn import_by_sqlite(&self, dir: &Path, file: &Path) -> Result<Duration> {
        let database = dir.join("sqlite.db");
        let mut import = Command::new("sqlite3");
        import.arg(&database).arg(format!(".import --csv '{}' measurements", file.display()));
        let begin = Instant::now();
        shell::run(&mut import)?;
        let took = begin.elapsed();
        let mut count = Command::new("sqlite3");
        count.arg(&database).arg("SELECT count(*) FROM measurements");
        let rows = shell::output(&mut count).context("sqlite3 cannot read what it wrote")?;
        ensure!(rows == self.rows.to_string(), "sqlite3 took {rows} rows");
        Ok(took)
    }
}

fn report(import: &Import, sqlite: Duration) {
    let (upload, reading) = (import.upload.as_secs_f64(), import.reading.as_secs_f64());
    let (whole, alone) = (upload + reading, sqlite.as_secs_f64());
    println!("\nbackend   {whole:>6.2} s   {:.2} × sqlite3", whole / alone);
    println!("  upload  {upload:>6.2} s");
    println!("  reading {reading:>6.2} s   {:.2} × sqlite3", reading / alone);
    println!("sqlite3   {alone:>6.2} s   its own .import --csv");
    println!("memory    {:>6.1} MiB above idle at most", import.memory_kib as f64 / 1024.0);
}

/// How much memory an import may take above idle, password hashing at the sign-in included.
const MOST_KIB: u64 = 64 << 10;

/// Short beside what is measured, long beside what a look costs.
const POLL: Duration = Duration::from_millis(50);
