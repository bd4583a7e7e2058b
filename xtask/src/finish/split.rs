//! Splits the module of a release into the part that every visit needs and files that are loaded when they are wanted.
//!
//! The functions that begin such a file are marked in `src/app/lazy.rs`. Trunk has run wasm-bindgen over the whole
//! module; it has to see the main part alone, so it is run again here over what the linker wrote, and wasm-opt over
//! each file.

mod names;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, anyhow, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256, Sha384};

use crate::finish::PAGE;
use crate::shell;

/// Puts the split module in the place of the one that Trunk has staged.
pub(super) fn split(dir: &Path) -> Result<()> {
    let work = tempfile::tempdir().context("cannot make a directory to work in")?;
    let parts = Parts::cut(work.path())?;
    let build = parts.digest();
    let staged = Staged::find(dir)?;
    let name = |part: &str| format!("{STEM}-{build}{part}");

    let mut links = parts.links;
    for (file, code) in &parts.chunks {
        let chunk = name(&format!("-{}", file.trim_start_matches("split_")));
        links = in_place(&links, &format!("\"./{file}\""), &format!("\"./{chunk}\""))?;
        links = in_place(
            &links,
            &format!("new URL(\"./{chunk}\", import.meta.url)"),
            &format!("new URL(\"./{chunk}\", import.meta.url), {{ integrity: \"{}\" }}", integrity(code)),
        )?;
        write(dir, &chunk, code)?;
    }
    let links = in_place(&with_loader(&links)?, "./main.js", &format!("./{}", name(".js")))?;
    // The module knows it by this name and goes on doing so; only where it is imported from changes.
    let (from, to) = (format!("from\"{LINKS}\""), format!("from\"./{}\"", name("-parts.js")));
    let glue = in_place(&parts.glue, &from, &to)?;
    write(dir, &name("-parts.js"), links.as_bytes())?;
    write(dir, &name(".js"), glue.as_bytes())?;
    write(dir, &name("_bg.wasm"), &parts.main)?;

    let page = fs::read_to_string(dir.join(PAGE)).context("cannot read the page")?;
    let new = [(name(".js"), glue.as_bytes()), (name("_bg.wasm"), &*parts.main)];
    let page = staged.put_in_place(dir, page, new)?;
    write(dir, PAGE, page.as_bytes())
}

/// What a split module consists of, before it has its names.
struct Parts {
    main: Vec<u8>,
    glue: String,
    links: String,
    /// Each file that is loaded later, by the name that `links` knows it by.
    chunks: Vec<(String, Vec<u8>)>,
}

impl Parts {
    fn cut(work: &Path) -> Result<Self> {
        let module = module()?;
        let whole = fs::read(&module).with_context(|| format!("cannot read {}", module.display()))?;
        let cut = work.join("cut");
        let main = work.join("main.wasm");
        let mut options = wasm_split_cli_support::Options::new(&whole);
        options.output_dir = &cut;
        options.main_out_path = &main;
        options.link_name = LINKS;
        let split = wasm_split_cli_support::transform(options)
            .map_err(|error| anyhow!("cannot split {}: {error:#}", module.display()))?;
        ensure!(!split.split_modules.is_empty(), "no function of {} begins a file", module.display());

        let bound = work.join("bound");
        shell::run(
            shell::program("wasm-bindgen")
                .args(["--target", "web", "--no-typescript", "--keep-lld-exports", "--out-name", "main"])
                .arg("--out-dir")
                .arg(&bound)
                .arg(&main),
        )?;
        let glue = fs::read_to_string(bound.join("main.js")).context("wasm-bindgen wrote no script")?;
        let (main, glue) = names::shorten(&fs::read(bound.join("main_bg.wasm"))?, &glue)?;
        fs::write(bound.join("main_bg.wasm"), main)?;

        let main = bound.join("main_bg.wasm");
        let mut chunks = all_optimised(split.split_modules.into_iter().chain([main]).collect(), work)?;
        chunks.sort();
        let is_main = |(name, _): &(String, _)| name == "main_bg.wasm";
        let main = chunks.iter().position(is_main).context("the main part was not optimised")?;
        let (_, main) = chunks.remove(main);
        Ok(Self {
            main,
            glue: minified(&glue, work)?,
            links: fs::read_to_string(cut.join(LINKS)).context("no script loads the files")?,
            chunks,
        })
    }

    /// One digest for all, since the files fit only each other.
    fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for part in [&self.main, self.glue.as_bytes(), self.links.as_bytes()] {
            digest.update(part);
        }
        for (_, chunk) in &self.chunks {
            digest.update(chunk);
        }
        digest.finalize().iter().take(DIGEST_BYTES).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The names of the files that Trunk has staged.
struct Staged {
    glue: String,
    wasm: String,
}

impl Staged {
    fn find(dir: &Path) -> Result<Self> {
        let name = |end: &str| {
            let names = fs::read_dir(dir)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
            let mut names = names.filter(|name| name.starts_with(&format!("{STEM}-")) && name.ends_with(end));
            names.next().with_context(|| format!("Trunk has staged no {STEM}-…{end}"))
        };
        Ok(Self { wasm: name("_bg.wasm")?, glue: name(".js")? })
    }

    /// The page with the new files in the place of these, which are removed.
    fn put_in_place(self, dir: &Path, mut page: String, new: [(String, &[u8]); 2]) -> Result<String> {
        for (old, (name, content)) in [self.glue, self.wasm].into_iter().zip(new) {
            let path = dir.join(&old);
            let was = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            page = in_place(&page, &old, &name)?;
            page = in_place(&page, &integrity(&was), &integrity(content))?;
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
        Ok(page)
    }
}

/// What the linker wrote, in which functions can still be told from each other.
pub(super) fn module() -> Result<PathBuf> {
    let debug = shell::debug_dir()?;
    let target = debug.parent().context("the build directory has no parent")?;
    Ok(target.join(format!("wasm32-unknown-unknown/release/{STEM}.wasm")))
}

/// Each file by its name, made as small as can be: as many at once as there are processors.
fn all_optimised(files: Vec<PathBuf>, work: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let left = Mutex::new(files);
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let work_through = || {
        let mut done = Vec::new();
        while let Some(file) = next() {
            let name = file.file_name().and_then(|name| name.to_str()).context("a file without a name")?;
            done.push((name.to_owned(), optimised(&file, &work.join(format!("optimised-{name}")))?));
        }
        Ok(done)
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work_through)).collect();
        let done =
            workers.into_iter().map(|worker| worker.join().map_err(|_| anyhow!("a worker panicked"))?);
        Ok(done.collect::<Result<Vec<_>>>()?.concat())
    })
}

/// Made as small as can be. wasm-opt is told the features that rustc uses and no others: with all of them it writes a
/// module that browsers refuse.
fn optimised(wasm: &Path, out: &Path) -> Result<Vec<u8>> {
    let features = [
        "bulk-memory",
        "nontrapping-float-to-int",
        "sign-ext",
        "mutable-globals",
        "reference-types",
        "multivalue",
    ];
    let mut program = shell::program("wasm-opt");
    program.args(features.map(|feature| format!("--enable-{feature}"))).arg("-Oz").arg("--output").arg(out);
    shell::run(program.arg(wasm))?;
    fs::read(out).with_context(|| format!("wasm-opt wrote nothing for {}", wasm.display()))
}

fn minified(script: &str, work: &Path) -> Result<String> {
    let (from, to) = (work.join("glue.js"), work.join("glue.min.js"));
    fs::write(&from, script)?;
    let mut program = shell::program("esbuild");
    program.args(["--minify", "--format=esm", "--target=es2022", "--log-level=warning"]).arg(&from);
    shell::run(program.arg(format!("--outfile={}", to.display())))?;
    fs::read_to_string(&to).context("esbuild wrote nothing")
}

fn write(dir: &Path, name: &str, content: &[u8]) -> Result<()> {
    fs::write(dir.join(name), content).with_context(|| format!("cannot write {name}"))
}

/// The script with a loader that asks nothing of the host but the bytes. wasm-bindgen's own, which loads the main part,
/// does the same.
fn with_loader(links: &str) -> Result<String> {
    let links =
        in_place(links, "(WebAssembly.instantiateStreaming(src, imports))", "instantiate(src, imports)")?;
    let loader: Vec<&str> = LOADER.lines().filter(|line| !line.starts_with("//")).collect();
    // Imports may stand anywhere; functions are known before they are written.
    Ok(format!("{links}\n{}\n", loader.join("\n")))
}

/// Replaces what must be there.
fn in_place(text: &str, old: &str, new: &str) -> Result<String> {
    ensure!(text.contains(old), "`{old}` is not where it was");
    Ok(text.replace(old, new))
}

/// The digest as browsers take it (Subresource Integrity).
fn integrity(content: &[u8]) -> String {
    format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(content)))
}

/// What the files of the application begin with.
const STEM: &str = "perennial";

/// How a file is loaded.
const LOADER: &str = include_str!("split/load.js");

/// The script that loads the files.
const LINKS: &str = "./parts.js";

const DIGEST_BYTES: usize = 8;

#[cfg(test)]
mod tests {
    use super::with_loader;

    /// Field 50: what wasm-split writes, for one file and for one that others share.
    #[test]
    fn no_file_needs_a_host_that_knows_its_type() {
        let fetcher = "() => {
    const src = fetch(new URL(\"./split_data.wasm\", import.meta.url));
    src.catch(() => {});
    return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
}";
        let links = format!("const a = makeLoad({fetcher}, []);\nexport const b = makeLoad({fetcher}, [a]);");
        let links = with_loader(&links).unwrap();
        assert_eq!(links.matches("return async (imports) => instantiate(src, imports);").count(), 2);
        assert_eq!(links.matches("WebAssembly.instantiateStreaming").count(), 1, "the loader's own");
        assert!(links.contains("async function instantiate(source, imports)"));
        assert!(!links.contains("//"));
        assert!(with_loader("nothing that is known").is_err());
    }
}
