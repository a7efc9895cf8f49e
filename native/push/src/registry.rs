use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zarrcam_camera::ListChanged;

use crate::description::Description;
use crate::memory::SharedMemory;
use crate::pusher::Pusher;
use crate::refusal::Refusal;

/// What all names of these cameras begin with.
pub const PREFIX: &str = "push: ";
/// So many programs push at a time.
pub const MOST_PUSHERS: usize = 32;

/// Who pushes now.
#[derive(Default)]
pub struct Registry {
    inner: Mutex<Inner>,
    /// Who wants to know when cameras come or go.
    watchers: Mutex<Vec<ListChanged>>,
}

#[derive(Default)]
struct Inner {
    pushers: Vec<Arc<Pusher>>,
    came: u32,
    /// Connections that have not greeted yet.
    greeting: usize,
    closed: bool,
}

impl Registry {
    /// A list is never half changed, so poison says nothing here.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// In the order in which they came.
    pub fn pushers(&self) -> Vec<Arc<Pusher>> {
        self.lock().pushers.clone()
    }

    /// Whoever has this camera.
    pub fn find(&self, name: &str) -> Option<Arc<Pusher>> {
        self.lock().pushers.iter().find(|pusher| pusher.name == name).cloned()
    }

    /// Room for one more connection, until [`admit`](Self::admit) or [`leave`](Self::leave).
    pub fn enter(&self) -> Result<(), Refusal> {
        let mut inner = self.lock();
        if inner.pushers.len() + inner.greeting >= MOST_PUSHERS {
            return Err(Refusal::TooMany(MOST_PUSHERS));
        }
        inner.greeting += 1;
        Ok(())
    }

    /// The connection that entered ends without having greeted.
    pub fn leave(&self) {
        self.lock().greeting -= 1;
    }

    /// The connection that entered is a camera now. Its name gets a number where it is taken.
    pub fn admit(&self, description: Description, memory: SharedMemory, socket: UnixStream) -> Arc<Pusher> {
        let mut inner = self.lock();
        inner.greeting -= 1;
        let name = free_name(&description.name, |name| inner.pushers.iter().any(|pusher| pusher.name == name));
        let pusher = Arc::new(Pusher::new(name, inner.came, description, memory, socket));
        inner.came = inner.came.wrapping_add(1);
        inner.pushers.push(Arc::clone(&pusher));
        if inner.closed {
            pusher.disconnect("the bridge ends".to_owned());
        }
        pusher
    }

    /// It is no camera any more.
    pub fn remove(&self, pusher: &Arc<Pusher>) {
        self.lock().pushers.retain(|other| !Arc::ptr_eq(other, pusher));
        self.tell();
    }

    /// `changed` is called when cameras come or go.
    pub fn watch(&self, changed: ListChanged) {
        self.watchers.lock().unwrap_or_else(PoisonError::into_inner).push(changed);
    }

    /// No lock of ours is held while somebody is told: he may ask for the list.
    pub fn tell(&self) {
        let watchers = self.watchers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        watchers.iter().for_each(|changed| changed());
    }

    /// Nobody is listened to any more.
    pub fn close(&self) {
        let mut inner = self.lock();
        inner.closed = true;
        for pusher in &inner.pushers {
            pusher.disconnect("the bridge ends".to_owned());
        }
    }
}

fn free_name(wanted: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number| format!("{PREFIX}{wanted} {number}"));
    let mut names = std::iter::once(format!("{PREFIX}{wanted}")).chain(numbered);
    names.find(|name| !is_taken(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let taken = ["push: a", "push: a 2", "push: b 2"];
        let free = |wanted| free_name(wanted, |name| taken.contains(&name));
        assert_eq!([free("a"), free("b"), free("c"), free("b 2")], ["push: a 3", "push: b", "push: c", "push: b 2 2"]);
    }
}
