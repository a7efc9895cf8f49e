//! Where bridge and programs meet: a socket in a folder that only this user can enter.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

/// Names another folder for the socket, to bridge and programs alike.
pub const FOLDER_VARIABLE: &str = "ZARRCAM_PUSH_DIR";
/// The socket's name in the folder.
pub const SOCKET_NAME: &str = "push.sock";
const LOCK_NAME: &str = "push.lock";

/// The folder of this user. Programs look in the same places, in this order.
pub fn folder() -> PathBuf {
    if let Some(folder) = std::env::var_os(FOLDER_VARIABLE).filter(|folder| !folder.is_empty()) {
        return folder.into();
    }
    let user = rustix::process::getuid().as_raw();
    let of_session = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let found = of_session.into_iter().chain([PathBuf::from(format!("/run/user/{user}"))]).find(|path| path.is_dir());
    match found {
        Some(folder) => folder.join("zarrcam"),
        None => std::env::temp_dir().join(format!("zarrcam-{user}")),
    }
}

/// The right to listen in a folder, and the socket.
pub struct Place {
    pub listener: UnixListener,
    path: PathBuf,
    /// Held as long as the socket is this process's.
    _lock: File,
}

impl Place {
    /// `None`: another bridge listens there.
    pub fn take(folder: &Path) -> Result<Option<Self>, String> {
        let failed = |error: io::Error| format!("{}: {error}", folder.display());
        own(folder)?;
        let lock = File::create(folder.join(LOCK_NAME)).map_err(failed)?;
        match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => return Ok(None),
            Err(error) => return Err(failed(error.into())),
        }
        let path = folder.join(SOCKET_NAME);
        // Whoever made it is gone: the lock was free.
        let _ = fs::remove_file(&path);
        let listener = UnixListener::bind(&path).map_err(failed)?;
        fs::set_permissions(&path, Permissions::from_mode(0o600)).map_err(failed)?;
        Ok(Some(Self { listener, path, _lock: lock }))
    }

    /// Whether programs still find it: some systems tidy their temporary folders.
    pub fn is_there(&self) -> bool {
        self.path.exists()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Makes the folder, and makes sure that nobody else can put anything into it.
fn own(folder: &Path) -> Result<(), String> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    let found = made.and_then(|()| fs::symlink_metadata(folder));
    let found = found.map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    if !found.is_dir() || found.uid() != rustix::process::getuid().as_raw() || found.mode() & 0o077 != 0 {
        return Err(format!(
            "{0} must be a folder of this user that nobody else can enter: chmod 700 {0}, or name another one in {FOLDER_VARIABLE}",
            folder.display()
        ));
    }
    Ok(())
}
