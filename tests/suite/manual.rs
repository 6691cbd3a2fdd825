//! Manual pages and completions: each command and each of its options is in them, and the programs they are for accept them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::copydesk;

fn text(arguments: &[&str]) -> String {
    let output = copydesk().args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// All commands, as the help lists them.
fn commands() -> Vec<String> {
    let help = text(&["help"]);
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap().to_owned();
    let is_name = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    let names = list.lines().filter(is_name).filter_map(|line| line.split_whitespace().next());
    names.map(str::to_owned).collect()
}

/// The long options of a command, without their dashes.
fn options(command: &str) -> BTreeSet<String> {
    let help = text(&["help", command]);
    let lines = help.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
    let long = lines.filter_map(|line| line.split("--").nth(1));
    let end = |c: char| !c.is_ascii_alphanumeric() && c != '-';
    long.map(|name| name.split(end).next().unwrap().to_owned()).collect()
}

/// Whether the program accepts the file without a word; `true` where there is no such program.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn is_accepted(program: &str, arguments: &[&str], file: &Path) -> bool {
    match Command::new(program).args(arguments).arg(file).output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(said.is_empty(), "{program}: {}: {said}", file.display());
            output.status.success()
        }
        Err(_) => {
            eprintln!("SKIPPED: there is no {program} here");
            true
        }
    }
}

#[test]
fn each_command_has_a_manual_page_with_all_its_options() {
    let work = tempfile::tempdir().unwrap();
    assert_eq!(text(&["man", "--into", work.path().to_str().unwrap()]), "");
    let commands = commands();
    assert!(commands.len() > 15, "{commands:?}");
    let pages = fs::read_dir(work.path()).unwrap().count();
    assert_eq!(pages, commands.len() + 1);
    for command in &commands {
        let path = work.path().join(format!("copydesk-{command}.1"));
        let page = fs::read_to_string(&path).unwrap();
        assert_eq!(page, text(&["man", command]));
        let title = format!(".TH copydesk-{command} 1 ");
        assert!(page.contains(&title) && page.contains(".SH SYNOPSIS"), "{page:.300}");
        let options = options(command);
        assert!(options.contains("help"));
        for option in options {
            let shown = format!("\\-\\-{}", option.replace('-', "\\-"));
            assert!(page.contains(&shown), "{command} --{option}");
        }
        assert!(is_accepted("groff", &["-man", "-ww", "-Tutf8", "-z"], &path));
    }
    let main = work.path().join("copydesk.1");
    let page = fs::read_to_string(&main).unwrap();
    assert_eq!(page, text(&["man"]));
    assert!(commands.iter().all(|command| page.contains(&format!("copydesk\\-{command}(1)"))));
    for line in text(&["help", "exit-codes"]).lines().skip(1) {
        let code = line.split_whitespace().next().unwrap();
        assert!(page.contains(&format!("\\fB{code}\\fR\n")), "exit code {code}");
    }
    assert!(is_accepted("groff", &["-man", "-ww", "-Tutf8", "-z"], &main));
    let unknown = copydesk().args(["man", "nothing"]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn each_shell_completes_every_command_and_option() {
    let work = tempfile::tempdir().unwrap();
    let commands = commands();
    for (shell, check) in [
        ("bash", Some("bash")),
        ("zsh", Some("zsh")),
        ("fish", Some("fish")),
        ("elvish", None),
        ("powershell", None),
    ] {
        let script = text(&["completions", shell]);
        for command in &commands {
            assert!(script.contains(command), "{shell}: {command}");
            for option in options(command) {
                assert!(script.contains(&option), "{shell}: {command} --{option}");
            }
        }
        let path = work.path().join(shell);
        fs::write(&path, script).unwrap();
        assert!(check.is_none_or(|program| is_accepted(program, &["-n"], &path)), "{shell}");
    }
    let script = format!(
        ". {}; COMP_WORDS=(copydesk run --max-m); COMP_CWORD=2; _copydesk copydesk --max-m run; echo \"${{COMPREPLY[@]}}\"",
        work.path().join("bash").display()
    );
    let output = Command::new("bash").args(["--norc", "-c", &script]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "--max-memory\n", "{output:?}");
}
