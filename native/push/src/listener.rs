//! The thread that lets programs in.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::greeting::read_greeting;
use crate::place::Place;
use crate::refusal::Refusal;
use crate::registry::Registry;
use crate::wire::FromBridge;

/// A bridge that found the place taken looks again so often; one that has it, whether it is still there.
const LOOKS_AGAIN_S: i64 = 1;
const LOOKS_AFTER_S: i64 = 30;
/// When no connection can be taken (no descriptors are left), it is tried again after so long.
const PAUSE: Duration = Duration::from_millis(200);

/// Listens until it is dropped.
pub struct Listener {
    /// Closed, it wakes the thread.
    wake: Option<UnixStream>,
    thread: Option<thread::JoinHandle<()>>,
    state: Arc<Mutex<State>>,
}

/// Whether programs can come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum State {
    #[default]
    Listens,
    /// Another bridge of this user does.
    ElsewhereIn(PathBuf),
    /// It cannot, and why.
    Cannot(String),
}

impl Listener {
    /// Listens in this folder, now or as soon as nobody else does.
    pub fn start(folder: PathBuf, registry: Arc<Registry>) -> Self {
        let state = Arc::new(Mutex::new(State::Listens));
        let place = try_place(&folder, &state);
        let Ok((wake, woken)) = UnixStream::pair() else {
            *lock(&state) = State::Cannot("there is no socket left".to_owned());
            return Self { wake: None, thread: None, state };
        };
        let thread_state = Arc::clone(&state);
        let thread = thread::Builder::new()
            .name("push-listener".to_owned())
            .spawn(move || listen(&folder, place, &woken, &registry, &thread_state));
        if let Err(error) = &thread {
            *lock(&state) = State::Cannot(error.to_string());
        }
        Self { wake: Some(wake), thread: thread.ok(), state }
    }

    pub fn state(&self) -> State {
        lock(&self.state).clone()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn try_place(folder: &Path, state: &Mutex<State>) -> Option<Place> {
    let (found, place) = match Place::take(folder) {
        Ok(Some(place)) => (State::Listens, Some(place)),
        Ok(None) => (State::ElsewhereIn(folder.to_owned()), None),
        Err(reason) => (State::Cannot(reason), None),
    };
    *lock(state) = found;
    place
}

fn listen(folder: &Path, mut place: Option<Place>, woken: &UnixStream, registry: &Arc<Registry>, state: &Mutex<State>) {
    loop {
        let mut polled = vec![PollFd::new(woken, PollFlags::IN)];
        polled.extend(place.as_ref().map(|place| PollFd::new(&place.listener, PollFlags::IN)));
        let looks_in_s = if place.is_some() { LOOKS_AFTER_S } else { LOOKS_AGAIN_S };
        let _ = poll(&mut polled, Some(&Timespec { tv_sec: looks_in_s, tv_nsec: 0 }));
        let came = |at: usize| polled.get(at).is_some_and(|polled| !polled.revents().is_empty());
        let (ends, connects) = (came(0), came(1));
        if ends {
            return;
        }
        match &place {
            Some(there) if connects => match there.listener.accept() {
                Ok((socket, _)) => let_in(socket, registry),
                Err(_) => thread::sleep(PAUSE),
            },
            Some(there) if there.is_there() => {}
            _ => {
                // The old socket goes before the new one comes: they have one name.
                drop(place.take());
                place = try_place(folder, state);
            }
        }
    }
}

/// A program has a thread of its own, which ends with it.
fn let_in(socket: UnixStream, registry: &Arc<Registry>) {
    if let Err(refusal) = registry.enter() {
        return refuse(&socket, &refusal);
    }
    let for_thread = Arc::clone(registry);
    let started = thread::Builder::new().name("push".to_owned()).spawn(move || serve(socket, &for_thread));
    if started.is_err() {
        registry.leave();
    }
}

fn serve(socket: UnixStream, registry: &Registry) {
    let greeted = read_greeting(&socket).and_then(|greeting| Ok((greeting, socket.try_clone()?)));
    let ((description, memory), own) = match greeted {
        Ok(greeted) => greeted,
        Err(refusal) => {
            registry.leave();
            return refuse(&socket, &refusal);
        }
    };
    let pusher = registry.admit(description, memory, own);
    pusher.say(&FromBridge::Welcome { name: &pusher.name });
    registry.tell();
    pusher.serve();
    registry.remove(&pusher);
}

fn refuse(mut socket: &UnixStream, refusal: &Refusal) {
    // Its own buffer has room for one message; that of a program that sends signals at us need not.
    let _ = socket.set_write_timeout(Some(PAUSE));
    let _ = socket.write_all(&FromBridge::Refused { reason: &refusal.to_string() }.bytes());
}
