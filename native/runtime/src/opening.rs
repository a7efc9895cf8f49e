//! A runtime begins: what killed processes left is removed, and a page finds a configuration that could record at once.

use std::sync::{Arc, Condvar, Mutex};

use serde_json::to_value;
use zarrcam_camera::Drivers;
use zarrcam_checking::first_configuration;
use zarrcam_storage::LiveDatasets;

use crate::devices::Devices;
use crate::exclusive::Exclusive;
use crate::frame_waiters::FrameWaiters;
use crate::names::NameSpace;
use crate::preview::Preview;
use crate::runtime::{EventSink, Inner, Runtime, RuntimeOptions, State};
use crate::speed::sweep_below;

impl Runtime {
    /// `drivers`: where its cameras come from; [`Drivers::built_in`] has those that need no hardware.
    pub fn new(options: RuntimeOptions, drivers: Drivers, events: EventSink) -> Self {
        let working_dir = options.working_dir.or_else(|| std::env::current_dir().ok()).unwrap_or_default();
        let names = match options.data_dir {
            Some(data_dir) => NameSpace { base: working_dir.join(data_dir), confined: true },
            None => NameSpace { base: working_dir, confined: false },
        };
        if names.confined {
            sweep_below(&names.base);
        }
        let inner = Inner {
            names,
            devices: Devices::new(drivers),
            preview: Arc::new(Preview::new()),
            frame_waiters: FrameWaiters::default(),
            live: LiveDatasets::new(),
            left_out: Mutex::default(),
            events,
            exclusive: Exclusive::default(),
            state: Mutex::new(State::default()),
            session_ended: Condvar::new(),
        };
        let runtime = Self { inner: Arc::new(inner) };
        runtime.tell_of_cameras();
        if options.set_up {
            runtime.set_initial_configuration();
        }
        runtime
    }

    /// A simulated camera and a name that is free. Where even that cannot be applied, nothing is set up.
    fn set_initial_configuration(&self) {
        let configuration = first_configuration(&self.inner.names);
        if let Ok(document) = to_value(&configuration) {
            // Refused only where a default has become invalid, and `config` tests that none has.
            let _ = self.set_configuration(&document, None, "zarrcam");
        }
    }
}
