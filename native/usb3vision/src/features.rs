//! A camera's features by name. What was written is read back: the camera may have made something else of it.

use std::cell::RefCell;

use viva_genapi::{AccessMode, FeatureState, FeatureValue, GenApiError, Node, NodeMap, RegisterIo, ValueRange};
use viva_u3v::{ControlChannel, UsbTransfer};
use zarrcam_config::Range;

use crate::Usb3VisionError;

/// The camera's memory, where its features lie.
pub struct Registers<T: UsbTransfer>(pub RefCell<ControlChannel<T>>);

/// A register of a camera is not longer.
const LONGEST_REGISTER: usize = 1 << 20;

impl<T: UsbTransfer> RegisterIo for Registers<T> {
    fn read(&self, address: u64, bytes: usize) -> Result<Vec<u8>, GenApiError> {
        if bytes > LONGEST_REGISTER {
            return Err(GenApiError::io(format!("a register of {bytes} bytes")));
        }
        self.0.borrow_mut().read_mem(address, bytes).map_err(GenApiError::io)
    }

    fn write(&self, address: u64, bytes: &[u8]) -> Result<(), GenApiError> {
        self.0.borrow_mut().write_mem(address, bytes).map_err(GenApiError::io)
    }
}

/// The features of an open camera.
pub struct Features<'a> {
    /// As its description has them.
    pub nodes: &'a mut NodeMap,
    /// The way to them.
    pub io: &'a dyn RegisterIo,
}

/// A number that was read back is the one that was written, where it is as near: clocks of cameras are coarse.
const NEAR: f64 = 0.01;

impl Features<'_> {
    /// The first of these names that the camera has, and can use now.
    pub fn first(&self, names: &[&'static str]) -> Option<&'static str> {
        names.iter().copied().find(|name| self.state(name).is_some())
    }

    /// What is to be known of a feature; none: it is not there, or cannot be used now.
    pub fn state(&self, name: &str) -> Option<FeatureState> {
        self.nodes.node(name)?;
        self.nodes.feature_state(name, self.io).ok().filter(|state| state.is_available)
    }

    /// Whether it can be written now.
    pub fn is_writable(&self, name: &str) -> bool {
        self.state(name).is_some_and(|state| matches!(state.access, Some(AccessMode::RW | AccessMode::WO)))
    }

    /// A number that it has.
    pub fn number(&self, name: &str) -> Option<f64> {
        number_of(&self.state(name)?.value)
    }

    /// Its ends and its step.
    pub fn range(&self, name: &str) -> Option<Range> {
        let state = self.state(name)?;
        let writable = matches!(state.access, Some(AccessMode::RW | AccessMode::WO));
        let value = number_of(&state.value)?;
        let ValueRange { min, max, inc } = state.range.unwrap_or(ValueRange { min: value, max: value, inc: None });
        let is_whole = matches!(state.value, FeatureValue::Integer(_));
        let step = inc.unwrap_or(if is_whole { 1.0 } else { 0.0 });
        Some(Range { low: min, high: max.max(min), step, writable })
    }

    /// The entries that an enumeration takes now.
    pub fn entries(&self, name: &str) -> Vec<String> {
        self.state(name).and_then(|state| state.enum_entries).unwrap_or_default()
    }

    /// Writes a number and reads it back. `unit` stands behind numbers in messages.
    pub fn set_number(
        &mut self,
        field: &'static str,
        name: &str,
        value: f64,
        unit: &str,
    ) -> Result<(), Usb3VisionError> {
        let wanted = format!("{value}{unit} was asked for");
        let is_float = matches!(self.state(name).map(|state| state.value), Some(FeatureValue::Float(_)));
        let written = if is_float {
            self.nodes.set_float(name, value, self.io)
        } else {
            self.nodes.set_integer(name, value.round() as i64, self.io)
        };
        written.map_err(|error| Usb3VisionError::refused(field, name, &wanted, &error))?;
        let state = self
            .nodes
            .feature_state(name, self.io)
            .map_err(|error| Usb3VisionError::refused(field, name, &wanted, &error))?;
        let Some(has) = number_of(&state.value) else { return Ok(()) };
        let step = state.range.and_then(|range| range.inc).unwrap_or(0.0);
        let tolerance = if is_float { step.max(value.abs() * NEAR) } else { 0.0 };
        if (has - value).abs() <= tolerance {
            return Ok(());
        }
        Err(Usb3VisionError::feature(field, format!("{name}: {wanted}, and the camera has {has}{unit}.")))
    }

    /// Chooses an entry of an enumeration and reads it back.
    pub fn choose(&mut self, field: &'static str, name: &str, entry: &str) -> Result<(), Usb3VisionError> {
        let wanted = format!("{entry} was asked for");
        let refused = |error: &GenApiError| Usb3VisionError::refused(field, name, &wanted, error);
        if self.nodes.get_enum(name, self.io).is_ok_and(|has| has == entry) {
            return Ok(());
        }
        self.nodes.set_enum(name, entry, self.io).map_err(|error| refused(&error))?;
        let has = self.nodes.get_enum(name, self.io).map_err(|error| refused(&error))?;
        if has == entry {
            return Ok(());
        }
        Err(Usb3VisionError::feature(field, format!("{name}: {wanted}, and the camera has {has}.")))
    }

    /// Switches a feature that is on or off, whatever it is made of.
    pub fn switch(&mut self, field: &'static str, name: &str, on: bool) -> Result<(), Usb3VisionError> {
        let written = match self.nodes.node(name) {
            Some(Node::Boolean(_)) => self.nodes.set_bool(name, on, self.io),
            Some(Node::Enum(_)) => self.nodes.set_enum(name, if on { "On" } else { "Off" }, self.io),
            _ => self.nodes.set_integer(name, i64::from(on), self.io),
        };
        let wanted = if on { "on was asked for" } else { "off was asked for" };
        written.map_err(|error| Usb3VisionError::refused(field, name, wanted, &error))
    }

    /// Carries out a command.
    pub fn command(&mut self, name: &str) -> Result<(), Usb3VisionError> {
        let done = self.nodes.exec_command(name, self.io);
        done.map_err(|error| Usb3VisionError::refused("", name, "it was to be carried out", &error))
    }
}

fn number_of(value: &FeatureValue) -> Option<f64> {
    match value {
        FeatureValue::Integer(value) => Some(*value as f64),
        FeatureValue::Float(value) => Some(*value),
        _ => None,
    }
}
