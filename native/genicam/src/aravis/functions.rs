//! The functions of Aravis 0.8 and of GLib that are used. Their types are those of the headers of Aravis 0.8.26 (`arvcamera.h`, `arvdevice.h`,
//! `arvstream.h`, `arvbuffer.h`, `arvsystem.h`, `arvgc*.h`); all of them are in every 0.8.

use std::ffi::{c_char, c_int, c_uint, c_void};

use libloading::Library;

/// An object of GLib, behind a pointer.
pub type Object = *mut c_void;
/// A text that ends with 0.
pub type Text = *const c_char;

/// `GError`.
#[repr(C)]
pub struct GError {
    pub domain: u32,
    pub code: c_int,
    pub message: *mut c_char,
}

/// Where a call puts its error.
pub type ErrorOut = *mut *mut GError;

/// `GSList`.
#[repr(C)]
pub struct List {
    pub data: Object,
    pub next: *mut List,
}

/// What a signal calls.
pub type Callback = unsafe extern "C" fn(Object, *mut c_void);
/// What is called when a signal's data is not needed any more.
pub type Release = unsafe extern "C" fn(*mut c_void, *mut c_void);

macro_rules! functions {
    ($($name:ident: ($($argument:ty),*) $(-> $answer:ty)?;)*) => {
        /// The table.
        pub struct Functions {
            $(pub $name: unsafe extern "C" fn($($argument),*) $(-> $answer)?,)*
            /// Takes pairs of a name and a value, and a null at the end.
            pub g_object_set: unsafe extern "C" fn(Object, Text, ...),
        }

        impl Functions {
            /// The functions of this library and of those that it needs itself.
            ///
            /// # Safety
            /// The library is Aravis 0.8.
            pub unsafe fn of(library: &Library) -> Result<Self, libloading::Error> {
                // SAFETY: the library is what the caller says, and there the functions have these types.
                unsafe {
                    Ok(Self {
                        $($name: *library.get(concat!(stringify!($name), "\0").as_bytes())?,)*
                        g_object_set: *library.get(b"g_object_set\0")?,
                    })
                }
            }
        }
    };
}

functions! {
    g_object_unref: (Object);
    g_free: (*mut c_void);
    g_error_free: (*mut GError);
    g_inet_address_new_from_string: (Text) -> Object;
    g_signal_connect_data: (Object, Text, Callback, *mut c_void, Option<Release>, c_int) -> u64;
    g_type_check_instance_is_a: (Object, usize) -> c_int;

    arv_get_major_version: () -> c_uint;
    arv_get_minor_version: () -> c_uint;
    arv_get_micro_version: () -> c_uint;
    arv_disable_interface: (Text);
    arv_update_device_list: ();
    arv_get_n_devices: () -> c_uint;
    arv_get_device_id: (c_uint) -> Text;
    arv_get_device_vendor: (c_uint) -> Text;
    arv_get_device_model: (c_uint) -> Text;
    arv_get_device_serial_nbr: (c_uint) -> Text;

    arv_gv_device_new: (Object, Object, ErrorOut) -> Object;
    arv_gv_device_is_controller: (Object) -> c_int;
    arv_gv_device_set_stream_options: (Object, c_int);
    arv_gv_device_set_packet_size_adjustment: (Object, c_int);
    arv_gv_device_get_packet_size: (Object, ErrorOut) -> c_uint;
    arv_gv_device_set_packet_size: (Object, c_int, ErrorOut);
    arv_gv_device_auto_packet_size: (Object, ErrorOut) -> c_uint;
    arv_open_device: (Text, ErrorOut) -> Object;
    arv_uv_device_set_usb_mode: (Object, c_int);

    arv_camera_new_with_device: (Object, ErrorOut) -> Object;
    arv_camera_is_gv_device: (Object) -> c_int;
    arv_camera_is_uv_device: (Object) -> c_int;
    arv_camera_get_payload: (Object, ErrorOut) -> c_uint;
    arv_camera_create_stream: (Object, *mut c_void, *mut c_void, ErrorOut) -> Object;
    arv_camera_start_acquisition: (Object, ErrorOut);
    arv_camera_stop_acquisition: (Object, ErrorOut);
    arv_camera_is_frame_rate_available: (Object, ErrorOut) -> c_int;
    arv_camera_set_frame_rate: (Object, f64, ErrorOut);
    arv_camera_get_frame_rate: (Object, ErrorOut) -> f64;
    arv_camera_get_frame_rate_bounds: (Object, *mut f64, *mut f64, ErrorOut);

    arv_device_get_genicam: (Object) -> Object;
    arv_device_is_feature_available: (Object, Text, ErrorOut) -> c_int;
    arv_device_execute_command: (Object, Text, ErrorOut);
    arv_device_set_boolean_feature_value: (Object, Text, c_int, ErrorOut);
    arv_device_get_boolean_feature_value: (Object, Text, ErrorOut) -> c_int;
    arv_device_set_string_feature_value: (Object, Text, Text, ErrorOut);
    arv_device_get_string_feature_value: (Object, Text, ErrorOut) -> Text;
    arv_device_set_integer_feature_value: (Object, Text, i64, ErrorOut);
    arv_device_get_integer_feature_value: (Object, Text, ErrorOut) -> i64;
    arv_device_get_integer_feature_bounds: (Object, Text, *mut i64, *mut i64, ErrorOut);
    arv_device_get_integer_feature_increment: (Object, Text, ErrorOut) -> i64;
    arv_device_set_float_feature_value: (Object, Text, f64, ErrorOut);
    arv_device_get_float_feature_value: (Object, Text, ErrorOut) -> f64;
    arv_device_get_float_feature_bounds: (Object, Text, *mut f64, *mut f64, ErrorOut);
    arv_device_get_float_feature_increment: (Object, Text, ErrorOut) -> f64;
    arv_device_dup_available_enumeration_feature_values_as_strings: (Object, Text, *mut c_uint, ErrorOut) -> *mut Text;
    arv_device_dup_available_enumeration_feature_values_as_display_names: (Object, Text, *mut c_uint, ErrorOut) -> *mut Text;

    arv_gc_get_node: (Object, Text) -> Object;
    arv_gc_category_get_type: () -> usize;
    arv_gc_category_get_features: (Object) -> *const List;
    arv_gc_feature_node_get_type: () -> usize;
    arv_gc_feature_node_get_name: (Object) -> Text;
    arv_gc_feature_node_get_display_name: (Object) -> Text;
    arv_gc_feature_node_get_description: (Object) -> Text;
    arv_gc_feature_node_get_tooltip: (Object) -> Text;
    arv_gc_feature_node_get_visibility: (Object) -> c_int;
    arv_gc_feature_node_get_actual_access_mode: (Object) -> c_int;
    arv_gc_feature_node_is_available: (Object, ErrorOut) -> c_int;
    arv_gc_feature_node_is_implemented: (Object, ErrorOut) -> c_int;
    arv_gc_feature_node_is_locked: (Object, ErrorOut) -> c_int;
    arv_gc_enumeration_get_type: () -> usize;
    arv_gc_command_get_type: () -> usize;
    arv_gc_boolean_get_type: () -> usize;
    arv_gc_integer_get_type: () -> usize;
    arv_gc_integer_get_unit: (Object) -> Text;
    arv_gc_float_get_type: () -> usize;
    arv_gc_float_get_unit: (Object) -> Text;
    arv_gc_string_get_type: () -> usize;

    arv_stream_push_buffer: (Object, Object);
    arv_stream_timeout_pop_buffer: (Object, u64) -> Object;
    arv_stream_get_info_uint64_by_name: (Object, Text) -> u64;
    arv_buffer_new_allocate: (usize) -> Object;
    arv_buffer_get_status: (Object) -> c_int;
    arv_buffer_get_payload_type: (Object) -> c_int;
    arv_buffer_get_frame_id: (Object) -> u64;
    arv_buffer_get_timestamp: (Object) -> u64;
    arv_buffer_get_data: (Object, *mut usize) -> *const c_void;
    arv_buffer_get_image_pixel_format: (Object) -> u32;
    arv_buffer_get_image_width: (Object) -> c_int;
    arv_buffer_get_image_height: (Object) -> c_int;
}
