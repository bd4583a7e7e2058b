//! The data block in a page.

use anyhow::{Result, bail};

/// The JSON of a page's data block, or the text itself where it is no page.
pub(super) fn find(text: &str) -> Result<&str> {
    let text = text.trim_start_matches('\u{feff}');
    if !text.trim_start().starts_with('<') {
        return Ok(text);
    }
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((behind, block)) = next_script(rest) {
        blocks.extend(block);
        rest = behind;
    }
    match &*blocks {
        [block] => Ok(block),
        [] => bail!("it is a page, but no <script type=\"application/json\" id=\"{ID}\"> stands in it"),
        _ => bail!("more than one <script> with the id \"{ID}\" stands in it"),
    }
}

/// What stands behind the next script that is no comment, and its text if it is the data block.
fn next_script(text: &str) -> Option<(&str, Option<&str>)> {
    let script = text.find("<script")?;
    if let Some(comment) = text[..script].find("<!--") {
        let inside = &text[comment + 4..];
        let end = inside.find("-->").map_or(inside.len(), |end| end + 3);
        return Some((&inside[end..], None));
    }
    let tag = &text[script..];
    let opened = tag.find('>')?;
    let (attributes, body) = (&tag[7..opened], &tag[opened + 1..]);
    let closed = body.find("</script")?;
    let is_block = [format!("id=\"{ID}\""), format!("id='{ID}'"), format!("id={ID}")];
    let is_block =
        attributes.split_ascii_whitespace().any(|attribute| is_block.iter().any(|it| it == attribute));
    Some((&body[closed..], is_block.then_some(&body[..closed])))
}

const ID: &str = "perennial-config";

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn a_page_is_searched_for_its_block_however_it_is_written() {
        for page in [
            r#"<!doctype html><script src="x.js"></script><script type="application/json" id="perennial-config">{}</script>"#,
            "<html><script id=perennial-config type=application/json>{}</script></html>",
            "\u{feff}<html>\n<script\n id='perennial-config'\n>{}</script></html>",
            r#"<html><!-- <script id="perennial-config">no</script> --><script id="perennial-config">{}</script>"#,
        ] {
            assert_eq!(find(page).unwrap(), "{}", "{page}");
        }
    }

    #[test]
    fn what_is_no_page_is_the_block_itself() {
        assert_eq!(find(" {\"preset\": \"hybrid\"}\n").unwrap(), " {\"preset\": \"hybrid\"}\n");
        assert_eq!(find("").unwrap(), "");
    }

    #[test]
    fn a_page_without_a_block_or_with_two_says_so() {
        let missing = find("<html><script>{}</script></html>").unwrap_err().to_string();
        assert!(missing.contains("no <script"), "{missing}");
        assert!(find("<html><!-- <script id=perennial-config>{}</script>").is_err());
        let block = "<script id=perennial-config>{}</script>";
        let twice = find(&format!("<html>{block}{block}")).unwrap_err().to_string();
        assert!(twice.contains("more than one"), "{twice}");
    }
}
