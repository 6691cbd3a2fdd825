//! What the machine has, and what of it the process may use.

use std::fs;
use std::path::Path;

/// Assumed where the system does not tell.
const UNKNOWN_BYTES: u64 = 2 << 30;

/// Memory of the machine or, if that is less, of the control group that the process runs in; in bytes.
pub(super) fn memory_bytes() -> u64 {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| total(&text));
    let group = fs::read_to_string("/proc/self/cgroup").ok();
    let limits = group.as_deref().map(limit_files).unwrap_or_default();
    let limits = limits.iter().filter_map(|path| limit(&fs::read_to_string(path).ok()?));
    limits.chain(machine).min().unwrap_or(UNKNOWN_BYTES)
}

/// `MemTotal` of `/proc/meminfo`.
fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

/// The files that may hold a limit for the process: those of its group and of all groups around it, in either layout.
fn limit_files(cgroup: &str) -> Vec<String> {
    let mut files = Vec::new();
    for line in cgroup.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(_), Some(controllers), Some(path)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let (root, file) = match controllers {
            "" => ("/sys/fs/cgroup", "memory.max"),
            list if list.split(',').any(|name| name == "memory") => {
                ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
            }
            _ => continue,
        };
        for group in Path::new(path).ancestors() {
            files.push(format!(
                "{root}{}/{file}",
                group.display().to_string().trim_end_matches('/')
            ));
        }
    }
    files
}

/// A limit as a cgroup file gives it; `max` is none.
fn limit(text: &str) -> Option<u64> {
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_looked_for_in_all_groups_around_the_process() {
        assert_eq!(
            limit_files("0::/user.slice/job.service\n"),
            [
                "/sys/fs/cgroup/user.slice/job.service/memory.max",
                "/sys/fs/cgroup/user.slice/memory.max",
                "/sys/fs/cgroup/memory.max",
            ]
        );
        assert_eq!(
            limit_files("12:cpu,cpuacct:/\n9:memory:/docker/ab\n"),
            [
                "/sys/fs/cgroup/memory/docker/ab/memory.limit_in_bytes",
                "/sys/fs/cgroup/memory/docker/memory.limit_in_bytes",
                "/sys/fs/cgroup/memory/memory.limit_in_bytes",
            ]
        );
        assert_eq!((limit("max\n"), limit("1073741824\n")), (None, Some(1 << 30)));
        assert_eq!(total("MemFree: 1 kB\nMemTotal:       2048 kB\n"), Some(2 << 20));
    }

    #[test]
    fn this_machine_has_memory() {
        assert!(memory_bytes() > 64 << 20);
    }
}
