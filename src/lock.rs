//! The kernel's lock on a file: it goes with the process, however that ends, so there is never a stale one.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::Error;

/// How often a lock that another process holds is tried again.
const AGAIN: Duration = Duration::from_millis(50);

/// A lock that is held. Dropping it lets go by name: closing the file would leave the lock with any process that was started
/// meanwhile, until that is past its `exec`, for a child shares the open file that the kernel's lock is on.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Where this fails, closing does it.
        let _ = self.0.unlock();
    }
}

/// Takes the lock `NAME` in `folder`, which is created if need be, and notes in it who holds it. If another process has it,
/// waits up to `wait`, and then says who: `what` is what they both want.
pub(crate) fn take(what: &Path, folder: &Path, wait: Duration) -> Result<Lock, Error> {
    let path = folder.join(NAME);
    let began = Instant::now();
    loop {
        if let Err(why) = fs::create_dir(folder)
            && why.kind() != io::ErrorKind::AlreadyExists
        {
            return Err(Error::output(folder)(why));
        }
        let opened =
            File::options().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = match opened {
            // A run that ends removes the folder with the lock in it.
            Err(why)
                if why.kind() == io::ErrorKind::NotFound && began.elapsed() < wait.max(AGAIN) =>
            {
                continue;
            }
            opened => opened.map_err(Error::output(&path))?,
        };
        match file.try_lock() {
            Ok(()) => {
                let locked = file.metadata().map_err(Error::output(&path))?;
                // A lock on a file that is gone holds nothing.
                if fs::metadata(&path).is_ok_and(|there| there.ino() == locked.ino()) {
                    let note = format!("process {} on {}", std::process::id(), host());
                    file.set_len(0)
                        .and_then(|()| file.write_all(note.as_bytes()))
                        .map_err(Error::output(&path))?;
                    return Ok(Lock(file));
                }
            }
            Err(TryLockError::WouldBlock) if began.elapsed() < wait => thread::sleep(AGAIN),
            Err(TryLockError::WouldBlock) => {
                return Err(Error::Locked { output: what.to_owned(), holder: holder(&mut file) });
            }
            Err(TryLockError::Error(why)) => return Err(Error::output(&path)(why)),
        }
    }
}

/// Name of the lock within its folder.
pub(crate) const NAME: &str = "lock";

/// Who holds a lock, and since when. For people only: without the note the lock holds all the same.
fn holder(file: &mut File) -> String {
    let mut note = String::new();
    let _ = file.read_to_string(&mut note);
    let since = file.metadata().and_then(|metadata| metadata.modified()).ok();
    match since.and_then(|since| since.elapsed().ok()) {
        Some(age) if age.as_secs() >= 120 => format!("{note}, for {} minutes", age.as_secs() / 60),
        Some(age) => format!("{note}, for {} seconds", age.as_secs()),
        None => note,
    }
}

fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_let_go_of_though_a_child_shares_its_file() {
        let work = tempfile::tempdir().unwrap();
        let take = || take(work.path(), work.path(), Duration::ZERO);
        let lock = take().unwrap();
        let inherited = lock.0.try_clone().unwrap();
        assert!(matches!(take(), Err(Error::Locked { .. })));
        drop(lock);
        take().unwrap();
        drop(inherited);
    }
}
