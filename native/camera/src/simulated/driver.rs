use super::SimulatedKind;
use super::features::Simulated;
use crate::software::SoftwareCamera;
use crate::{Camera, CameraError, CameraListing, Clock, Driver};

/// The simulated cameras, under Acquire's names and numbers.
pub struct SimulatedDriver;

impl Driver for SimulatedDriver {
    fn id(&self) -> u32 {
        0
    }

    fn cameras(&self) -> Vec<CameraListing> {
        let listed =
            |(number, kind): (u32, SimulatedKind)| CameraListing::new(kind.name(), number, description(kind)).shared();
        (0..).zip(SimulatedKind::ALL).map(listed).collect()
    }

    fn open(&self, name: &str) -> Result<Box<dyn Camera>, CameraError> {
        let simulated = Simulated::named(name, Clock::system());
        let simulated = simulated.ok_or_else(|| CameraError::unknown(name, &self.cameras()))?;
        Ok(Box::new(SoftwareCamera::new(simulated)))
    }
}

fn description(kind: SimulatedKind) -> &'static str {
    match kind {
        SimulatedKind::UniformRandom => "Noise that is different in every frame and the same in every run.",
        SimulatedKind::RadialSin => "Moving rings: a sine of the squared distance from the centre.",
        SimulatedKind::Empty => "Black frames, as fast as possible unless an exposure is set.",
    }
}
