/// A clock that only goes forward. Where the standard library has none (wasm), whoever has one hands it in.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// us since any moment.
    pub now_us: fn() -> f64,
    /// Its steps, us: browsers make them coarse.
    pub resolution_us: f64,
}

impl Clock {
    /// This machine's.
    pub const fn system() -> Self {
        fn now_us() -> f64 {
            static ORIGIN: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
            ORIGIN.elapsed().as_nanos() as f64 / 1e3
        }
        Self { now_us, resolution_us: 0.1 }
    }

    /// us since any moment.
    pub fn now_us(self) -> f64 {
        (self.now_us)()
    }
}
