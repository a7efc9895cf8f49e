use std::ffi::{c_int, c_uint, c_void};
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::functions::{Functions, Object, Text};
use super::library::{Aravis, c_text, owned_text};

/// `ARV_GV_STREAM_OPTION_PACKET_SOCKET_DISABLED`: packet sockets, which root gets, see nothing on loopback.
const NO_PACKET_SOCKET: c_int = 1;
/// `ARV_GV_PACKET_SIZE_ADJUSTMENT_NEVER`: it is adjusted here, where what comes of it is looked at.
const NEVER_ADJUST: c_int = 0;
/// `ARV_UV_USB_MODE_ASYNC`: several transfers under way. The default of 0.8.28 and later.
const USB_ASYNCHRONOUS: c_int = 1;

/// The values of a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Numbers {
    pub low: f64,
    pub high: f64,
    /// 0: any between.
    pub step: f64,
}

/// A camera that is open. Its features are asked and set by their names; every call waits for the one before.
pub struct Device {
    pub(super) aravis: &'static Aravis,
    pub(super) camera: Object,
    pub(super) device: Object,
    calls: Mutex<()>,
    lost: Arc<AtomicBool>,
}

// SAFETY: the objects count their references atomically, and are used by one thread at a time: `calls` is held for every call.
unsafe impl Send for Device {}
// SAFETY: as above.
unsafe impl Sync for Device {}

unsafe extern "C" fn control_lost(_device: Object, lost: *mut c_void) {
    // SAFETY: `lost` is the flag that was handed over, and lives until `release`.
    unsafe { &*lost.cast::<AtomicBool>() }.store(true, Ordering::SeqCst);
}

unsafe extern "C" fn release(lost: *mut c_void, _closure: *mut c_void) {
    // SAFETY: it was made by `Arc::into_raw`, and is released once.
    drop(unsafe { Arc::from_raw(lost.cast::<AtomicBool>()) });
}

#[expect(clippy::undocumented_unsafe_blocks, reason = "`call` says for all that go through it why they are sound")]
impl Device {
    /// The GigE Vision camera of this address, by this address of this computer.
    pub fn open_network(aravis: &'static Aravis, host: Ipv4Addr, camera: Ipv4Addr) -> Result<Self, String> {
        let functions = &aravis.functions;
        // SAFETY: the addresses are texts that end with 0, and are ours to unref.
        let device = unsafe {
            let [host, camera] =
                [host, camera].map(|ip| (functions.g_inet_address_new_from_string)(c_text(&ip.to_string()).as_ptr()));
            let opened = aravis.checked(|error| (functions.arv_gv_device_new)(host, camera, error));
            [host, camera]
                .into_iter()
                .filter(|object| !object.is_null())
                .for_each(|object| (functions.g_object_unref)(object));
            opened?
        };
        if device.is_null() {
            return Err("it does not answer".to_owned());
        }
        let open = Self::around(aravis, device)?;
        // SAFETY: the device is one of GigE Vision.
        unsafe {
            if (functions.arv_gv_device_is_controller)(open.device) == 0 {
                return Err("another program has it: end that one first".to_owned());
            }
            if host.is_loopback() {
                (functions.arv_gv_device_set_stream_options)(open.device, NO_PACKET_SOCKET);
            }
            (functions.arv_gv_device_set_packet_size_adjustment)(open.device, NEVER_ADJUST);
        }
        Ok(open)
    }

    /// The USB3 Vision camera that Aravis calls so.
    pub fn open_usb(aravis: &'static Aravis, id: &str) -> Result<Self, String> {
        let functions = &aravis.functions;
        // SAFETY: the id is a text that ends with 0.
        let device = aravis.checked(|error| unsafe { (functions.arv_open_device)(c_text(id).as_ptr(), error) })?;
        if device.is_null() {
            return Err("it is not there any more".to_owned());
        }
        let open = Self::around(aravis, device)?;
        // SAFETY: asked before, so that the device is one of USB3 Vision.
        unsafe {
            if (functions.arv_camera_is_uv_device)(open.camera) != 0 {
                (functions.arv_uv_device_set_usb_mode)(open.device, USB_ASYNCHRONOUS);
            }
        }
        Ok(open)
    }

    fn around(aravis: &'static Aravis, device: Object) -> Result<Self, String> {
        let functions = &aravis.functions;
        // SAFETY: the device is whole. The camera refers to it, and so do we until `drop`.
        unsafe {
            let camera = aravis.checked(|error| (functions.arv_camera_new_with_device)(device, error));
            let camera = camera.and_then(|camera| {
                (!camera.is_null()).then_some(camera).ok_or_else(|| "its description cannot be read".to_owned())
            });
            let camera = camera.inspect_err(|_| (functions.g_object_unref)(device))?;
            let lost = Arc::<AtomicBool>::default();
            let data = Arc::into_raw(Arc::clone(&lost)).cast_mut().cast();
            (functions.g_signal_connect_data)(device, c"control-lost".as_ptr(), control_lost, data, Some(release), 0);
            Ok(Self { aravis, camera, device, calls: Mutex::new(()), lost })
        }
    }

    /// Whether it has gone: its cable was pulled, or somebody took it.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::SeqCst)
    }

    pub(super) fn lost_flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.lost)
    }

    /// Nothing is half done where a call panics, so poison says nothing here.
    pub(super) fn lock(&self) -> MutexGuard<'_, ()> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn functions(&self) -> &'static Functions {
        &self.aravis.functions
    }

    /// Whether it is a camera of the network.
    pub fn is_network(&self) -> bool {
        // SAFETY: the camera is open.
        unsafe { (self.functions().arv_camera_is_gv_device)(self.camera) != 0 }
    }

    /// Whether there is a feature of this name that can be used now.
    pub fn has(&self, name: &str) -> bool {
        let _calls = self.lock();
        let name = c_text(name);
        // SAFETY: the device is open, the name ends with 0.
        let asked = self.aravis.checked(|error| unsafe {
            (self.functions().arv_device_is_feature_available)(self.device, name.as_ptr(), error)
        });
        asked.is_ok_and(|available| available != 0)
    }

    /// Does what a command does.
    pub fn execute(&self, name: &str) -> Result<(), String> {
        self.call(name, |f, device, name, error| unsafe { (f.arv_device_execute_command)(device, name, error) })
    }

    /// Whether it is on.
    pub fn flag(&self, name: &str) -> Result<bool, String> {
        let get = |f: &Functions, device, name, error| unsafe {
            (f.arv_device_get_boolean_feature_value)(device, name, error)
        };
        self.call(name, get).map(|flag| flag != 0)
    }

    /// Switches it on or off.
    pub fn set_flag(&self, name: &str, value: bool) -> Result<(), String> {
        self.call(name, |f, device, name, error| unsafe {
            (f.arv_device_set_boolean_feature_value)(device, name, value.into(), error)
        })
    }

    /// A text, or the name of a choice.
    pub fn text(&self, name: &str) -> Result<String, String> {
        // Copied before the next call can change it.
        self.call(name, |f, device, name, error| unsafe {
            owned_text((f.arv_device_get_string_feature_value)(device, name, error))
        })
        .map(Option::unwrap_or_default)
    }

    /// Sets a text, or a choice by its name.
    pub fn set_text(&self, name: &str, value: &str) -> Result<(), String> {
        let value = c_text(value);
        self.call(name, |f, device, name, error| unsafe {
            (f.arv_device_set_string_feature_value)(device, name, value.as_ptr(), error)
        })
    }

    /// A whole number.
    pub fn integer(&self, name: &str) -> Result<i64, String> {
        self.call(name, |f, device, name, error| unsafe {
            (f.arv_device_get_integer_feature_value)(device, name, error)
        })
    }

    /// Sets a whole number.
    pub fn set_integer(&self, name: &str, value: i64) -> Result<(), String> {
        self.call(name, |f, device, name, error| unsafe {
            (f.arv_device_set_integer_feature_value)(device, name, value, error)
        })
    }

    /// The values of a whole number.
    pub fn integers(&self, name: &str) -> Result<Numbers, String> {
        let (mut low, mut high) = (0, 0);
        self.call(name, |f, device, name, error| unsafe {
            (f.arv_device_get_integer_feature_bounds)(device, name, &raw mut low, &raw mut high, error);
        })?;
        let step = self.call(name, |f, device, name, error| unsafe {
            (f.arv_device_get_integer_feature_increment)(device, name, error)
        });
        Ok(Numbers { low: low as f64, high: high as f64, step: step.unwrap_or(1).max(1) as f64 })
    }

    /// A number.
    pub fn float(&self, name: &str) -> Result<f64, String> {
        self.call(name, |f, device, name, error| unsafe { (f.arv_device_get_float_feature_value)(device, name, error) })
    }

    /// Sets a number.
    pub fn set_float(&self, name: &str, value: f64) -> Result<(), String> {
        self.call(name, |f, device, name, error| unsafe {
            (f.arv_device_set_float_feature_value)(device, name, value, error)
        })
    }

    /// The values of a number.
    pub fn floats(&self, name: &str) -> Result<Numbers, String> {
        let (mut low, mut high) = (0.0, 0.0);
        self.call(name, |f, device, name, error| unsafe {
            (f.arv_device_get_float_feature_bounds)(device, name, &raw mut low, &raw mut high, error);
        })?;
        let step = self.call(name, |f, device, name, error| unsafe {
            (f.arv_device_get_float_feature_increment)(device, name, error)
        });
        // Where it has none, GenApi gives the smallest number that there is.
        let step = step.ok().filter(|step| step.is_finite() && *step > 1e-12).unwrap_or(0.0);
        Ok(Numbers { low, high, step })
    }

    /// The choices that there are now, as they are written, and as people call them.
    pub fn choices(&self, name: &str) -> Result<Vec<(String, String)>, String> {
        let written =
            self.list(name, self.functions().arv_device_dup_available_enumeration_feature_values_as_strings)?;
        let shown = self
            .list(name, self.functions().arv_device_dup_available_enumeration_feature_values_as_display_names)
            .ok()
            .filter(|shown| shown.len() == written.len());
        let shown = shown.unwrap_or_else(|| written.clone());
        Ok(written.into_iter().zip(shown).collect())
    }

    fn list(
        &self,
        name: &str,
        ask: unsafe extern "C" fn(Object, Text, *mut c_uint, super::functions::ErrorOut) -> *mut Text,
    ) -> Result<Vec<String>, String> {
        let mut count = 0;
        self.call(name, |f, device, name, error| unsafe {
            let texts = ask(device, name, &raw mut count, error);
            if texts.is_null() {
                return Vec::new();
            }
            let owned = (0..count as usize).filter_map(|at| owned_text(*texts.add(at))).collect();
            (f.g_free)(texts.cast());
            owned
        })
    }

    /// Frames a second, in whatever way this camera says it; `None`: it says it in none.
    pub fn frame_rates(&self) -> Option<Numbers> {
        let _calls = self.lock();
        let functions = self.functions();
        // SAFETY: the camera is open; the numbers are ours.
        unsafe {
            let available =
                self.aravis.checked(|error| (functions.arv_camera_is_frame_rate_available)(self.camera, error));
            if available.is_ok_and(|available| available == 0) {
                return None;
            }
            let (mut low, mut high) = (0.0, 0.0);
            let asked = self.aravis.checked(|error| {
                (functions.arv_camera_get_frame_rate_bounds)(self.camera, &raw mut low, &raw mut high, error);
            });
            asked.ok().filter(|()| high > 0.0 && low <= high).map(|()| Numbers { low, high, step: 0.0 })
        }
    }

    /// Frames a second.
    pub fn frame_rate(&self) -> Result<f64, String> {
        let _calls = self.lock();
        // SAFETY: the camera is open.
        self.aravis.checked(|error| unsafe { (self.functions().arv_camera_get_frame_rate)(self.camera, error) })
    }

    /// Sets frames a second; makes of Aravis switch on what a maker wants switched on for it.
    pub fn set_frame_rate(&self, fps: f64) -> Result<(), String> {
        let _calls = self.lock();
        // SAFETY: the camera is open.
        self.aravis.checked(|error| unsafe { (self.functions().arv_camera_set_frame_rate)(self.camera, fps, error) })
    }

    /// Bytes of a frame on the cable.
    pub fn payload_bytes(&self) -> Result<usize, String> {
        let _calls = self.lock();
        // SAFETY: the camera is open.
        let payload =
            self.aravis.checked(|error| unsafe { (self.functions().arv_camera_get_payload)(self.camera, error) });
        payload.map(|bytes| bytes as usize)
    }

    /// Bytes of a packet, of a camera of the network.
    pub fn packet_bytes(&self) -> Result<u32, String> {
        let _calls = self.lock();
        // SAFETY: the device is one of GigE Vision, says the caller.
        self.aravis.checked(|error| unsafe { (self.functions().arv_gv_device_get_packet_size)(self.device, error) })
    }

    /// Sets bytes of a packet.
    pub fn set_packet_bytes(&self, bytes: u32) -> Result<(), String> {
        let _calls = self.lock();
        let bytes = c_int::try_from(bytes).unwrap_or(c_int::MAX);
        // SAFETY: as above.
        self.aravis
            .checked(|error| unsafe { (self.functions().arv_gv_device_set_packet_size)(self.device, bytes, error) })
    }

    /// Tries which packets come through whole, sets the largest, and says it.
    pub fn probe_packet_bytes(&self) -> Result<u32, String> {
        let _calls = self.lock();
        // SAFETY: as above.
        self.aravis.checked(|error| unsafe { (self.functions().arv_gv_device_auto_packet_size)(self.device, error) })
    }

    /// Begins to send frames.
    pub fn start(&self) -> Result<(), String> {
        let _calls = self.lock();
        // SAFETY: the camera is open.
        self.aravis.checked(|error| unsafe { (self.functions().arv_camera_start_acquisition)(self.camera, error) })
    }

    /// Ends it.
    pub fn stop(&self) -> Result<(), String> {
        let _calls = self.lock();
        // SAFETY: the camera is open.
        self.aravis.checked(|error| unsafe { (self.functions().arv_camera_stop_acquisition)(self.camera, error) })
    }

    /// A call about one feature. The call itself is unsafe: the functions want an open device, a name that ends with 0 and a
    /// place for an error, and get them.
    fn call<T>(
        &self,
        name: &str,
        call: impl FnOnce(&Functions, Object, Text, super::functions::ErrorOut) -> T,
    ) -> Result<T, String> {
        let _calls = self.lock();
        let name = c_text(name);
        self.aravis.checked(|error| call(self.functions(), self.device, name.as_ptr(), error))
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        // SAFETY: both references are ours, and nobody has them any more.
        unsafe {
            (self.functions().g_object_unref)(self.camera);
            (self.functions().g_object_unref)(self.device);
        }
    }
}
