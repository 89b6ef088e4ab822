use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

const UPLOT: &str = include_str!("assets/uplot/uPlot.iife.min.js");
const UPLOT_STYLE: &str = include_str!("assets/uplot/uPlot.min.css");
const UPLOT_LICENCE: &str = include_str!("assets/uplot/LICENSE");
const STYLE: &[&str] = &[include_str!("assets/page.css"), include_str!("assets/parts.css")];
const BODY: &str = include_str!("assets/body.html");
/// In one scope, in this order.
const SCRIPTS: &[&str] = &[
    include_str!("assets/format.js"),
    include_str!("assets/reader.js"),
    include_str!("assets/data.js"),
    include_str!("assets/dom.js"),
    include_str!("assets/table.js"),
    include_str!("assets/chart.js"),
    include_str!("assets/overview.js"),
    include_str!("assets/charts.js"),
    include_str!("assets/snapshots.js"),
    include_str!("assets/classes.js"),
    include_str!("assets/class.js"),
    include_str!("assets/diff.js"),
    include_str!("assets/growth.js"),
    include_str!("assets/main.js"),
];

/// Writes the page: `blocks` are named, and in base64. Nothing but `title` could hold markup.
///
/// The policy lets these very scripts and styles run, and nothing else: no other script, no request to anywhere.
pub(super) fn write(out: &mut (impl Write + ?Sized), title: &str, blocks: &[(&str, String)]) -> io::Result<()> {
    let script = script();
    let style = [UPLOT_STYLE, STYLE[0], STYLE[1]].concat();
    let (title, scripts) = (escaped(title), [hash(UPLOT), hash(&script)].join(" "));
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src {scripts}; \
         style-src {}; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"generator\" content=\"classtracker {}\">\n\
         <title>{title}</title>\n<style>{style}</style>\n</head>\n",
        hash(&style),
        env!("CARGO_PKG_VERSION"),
    )?;
    out.write_all(BODY.replace("{{uplot-licence}}", &escaped(UPLOT_LICENCE)).as_bytes())?;
    for (name, block) in blocks {
        writeln!(out, "<script type=\"application/octet-stream\" id=\"data-{name}\">{block}</script>")?;
    }
    writeln!(out, "<script>{UPLOT}</script>\n<script>{script}</script>\n</body>\n</html>")
}

fn script() -> String {
    let mut script = String::from("(() => {\n\"use strict\";\n");
    SCRIPTS.iter().for_each(|part| script.push_str(part));
    script.push_str("})();\n");
    script
}

/// As the policy wants it.
fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(char),
        }
    }
    escaped
}
