use super::library::{Aravis, owned_text};

/// A USB3 Vision camera that is plugged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsbCamera {
    /// What Aravis calls it.
    pub id: String,
    pub vendor: String,
    pub model: String,
    pub serial: String,
}

impl Aravis {
    /// The USB3 Vision cameras that are plugged in and may be opened by who runs this. Asks no network. One thread at a time: the list
    /// is Aravis' own.
    pub fn usb_cameras(&self) -> Vec<UsbCamera> {
        let functions = &self.functions;
        // SAFETY: the list changes only here; its texts live until then.
        unsafe {
            (functions.arv_update_device_list)();
            (0..(functions.arv_get_n_devices)())
                .filter_map(|number| {
                    let id = owned_text((functions.arv_get_device_id)(number))?;
                    let [vendor, model, serial] = [
                        functions.arv_get_device_vendor,
                        functions.arv_get_device_model,
                        functions.arv_get_device_serial_nbr,
                    ]
                    .map(|field| owned_text(field(number)).unwrap_or_default());
                    Some(UsbCamera { id, vendor, model, serial })
                })
                .collect()
        }
    }
}
