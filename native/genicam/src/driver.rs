use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use zarrcam_camera::{Camera, CameraError, CameraListing, Driver, ListChanged};

use crate::aravis::{Aravis, Device};
use crate::camera::GenicamCamera;
use crate::discovery::search;
use crate::roster::{Place, Roster};

/// Cameras that come and go are noticed after this at the latest, and after a search.
const SEARCH_EVERY: Duration = Duration::from_secs(5);
/// Who asks for cameras right after the start waits so long for the first search.
const FIRST_SEARCH: Duration = Duration::from_secs(3);

/// How Aravis is installed.
const INSTALL: &str = if cfg!(target_os = "macos") {
    "brew install aravis"
} else if cfg!(windows) {
    "pacman -S mingw-w64-x86_64-aravis (MSYS2)"
} else {
    "sudo apt-get install -y libaravis-0.8-0 (Debian, Ubuntu), or sudo dnf install aravis (Fedora)"
};

/// GigE Vision and USB3 Vision cameras, by Aravis.
///
/// It begins to search when a runtime watches it, in a thread of its own that goes with it. USB is searched always, the
/// network on the interfaces that were named.
pub struct GenicamDriver {
    inner: Arc<Inner>,
}

struct Inner {
    /// Network interfaces on which cameras are searched; `all`: every one.
    interfaces: Vec<String>,
    roster: Arc<Roster>,
    open: Arc<AtomicUsize>,
    state: Mutex<State>,
    changed: Condvar,
    /// One search at a time.
    searching: Mutex<()>,
}

#[derive(Default)]
struct State {
    watcher: Option<ListChanged>,
    searched: bool,
    ended: bool,
    /// What kept the last search from asking somewhere, in sentences.
    trouble: Vec<String>,
}

impl GenicamDriver {
    /// `interfaces`: names of the network interfaces on which cameras are searched; `all`: every one; empty: no network is.
    pub fn new(interfaces: Vec<String>) -> Self {
        let inner = Inner {
            interfaces,
            roster: Arc::default(),
            open: Arc::default(),
            state: Mutex::default(),
            changed: Condvar::new(),
            searching: Mutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }
}

impl Inner {
    /// Fields are set one by one, so poison says nothing here.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn search(&self) {
        let _searching = self.searching.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(aravis) = Aravis::get() else {
            self.lock().searched = true;
            self.changed.notify_all();
            return;
        };
        // To search USB is to open what is plugged in: not beside a camera that sends frames.
        let searches_usb = self.open.load(Ordering::SeqCst) == 0;
        let usb = if searches_usb { aravis.usb_cameras() } else { Vec::new() };
        let (network, trouble) = search(&self.interfaces);
        let is_other = self.roster.take(network, usb, searches_usb);
        let watcher = {
            let mut state = self.lock();
            state.searched = true;
            state.trouble = trouble;
            state.watcher.clone().filter(|_| is_other)
        };
        self.changed.notify_all();
        if let Some(changed) = watcher {
            changed();
        }
    }

    /// Whether the driver is still there after a while.
    fn rests(&self) -> bool {
        let rest = self.changed.wait_timeout_while(self.lock(), SEARCH_EVERY, |state| !state.ended);
        !rest.unwrap_or_else(PoisonError::into_inner).0.ended
    }

    fn device(&self, aravis: &'static Aravis, name: &str) -> Result<Device, CameraError> {
        let failed = |reason: String| CameraError::Failed { camera: name.to_owned(), reason };
        match self.roster.place(name) {
            None => Err(CameraError::unknown(name, &self.roster.listings())),
            Some(Place::Network { camera, host, .. }) => Device::open_network(aravis, host, camera)
                .map_err(|reason| failed(format!("It cannot be opened at {camera}: {reason}."))),
            Some(Place::Usb { id }) => Device::open_usb(aravis, &id).map_err(|reason| {
                failed(format!("It cannot be opened: {reason}. Has this user the right to use it (udev rule)?"))
            }),
        }
    }
}

/// Searches until the driver is gone.
fn keep_searching(inner: &Weak<Inner>) {
    while let Some(inner) = inner.upgrade() {
        inner.search();
        // Without the library nothing will ever be found.
        if Aravis::get().is_err() || !inner.rests() {
            return;
        }
    }
}

impl Drop for GenicamDriver {
    fn drop(&mut self) {
        self.inner.lock().ended = true;
        self.inner.changed.notify_all();
    }
}

impl Driver for GenicamDriver {
    fn id(&self) -> u32 {
        5
    }

    fn cameras(&self) -> Vec<CameraListing> {
        // Where the network is searched, somebody has a camera there, and names it in the first document.
        let waits = |state: &mut State| state.watcher.is_some() && !state.searched && !self.inner.interfaces.is_empty();
        let waited = self.inner.changed.wait_timeout_while(self.inner.lock(), FIRST_SEARCH, waits);
        drop(waited);
        self.inner.roster.listings()
    }

    fn open(&self, name: &str) -> Result<Box<dyn Camera>, CameraError> {
        let failed = |reason: String| CameraError::Failed { camera: name.to_owned(), reason };
        let aravis = Aravis::get().map_err(failed)?;
        let inner = Arc::clone(&self.inner);
        let device = self.inner.device(aravis, name)?;
        let called = name.to_owned();
        let reopen = move || inner.device(aravis, &called);
        let camera = GenicamCamera::new(
            name,
            device,
            Arc::clone(&self.inner.roster),
            Box::new(reopen),
            Arc::clone(&self.inner.open),
        );
        Ok(Box::new(camera))
    }

    fn refresh(&self) {
        self.inner.search();
    }

    fn watch(&self, changed: ListChanged) {
        self.inner.lock().watcher = Some(changed);
        let inner = Arc::downgrade(&self.inner);
        let spawned = thread::Builder::new().name("zarrcam cameras".to_owned()).spawn(move || keep_searching(&inner));
        if spawned.is_err() {
            // They are found when somebody asks for a search.
            self.inner.lock().searched = true;
        }
    }

    fn advice(&self) -> Option<String> {
        let aravis = match Aravis::get() {
            Ok(aravis) => aravis,
            Err(reason) => {
                return Some(format!(
                    "Cameras with GigE Vision or USB3 Vision need the library Aravis 0.8, which is not here ({reason}). Install it and \
                     start zarrcam again: {INSTALL}."
                ));
            }
        };
        if self.inner.interfaces.is_empty() {
            return Some(format!(
                "Cameras were searched on USB alone (by Aravis {}). Those of the network are found with --camera-interface NAME, a \
                 network interface of this computer, or --camera-interface all.",
                aravis.version
            ));
        }
        let trouble = self.inner.lock().trouble.join(" ");
        (!trouble.is_empty()).then_some(trouble)
    }
}
