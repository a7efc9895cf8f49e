use std::sync::Arc;

use napi::bindgen_prelude::{Function, Object};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Result, Status};
use napi_derive::napi;
use zarrcam_runtime::{Call, FramesRequest, LiveRange, PreviewRequest, Runtime, RuntimeOptions};

use crate::calls::{ENDS, OPERATIONS, QUESTIONS, READS, REPAIRS};
use crate::drivers::drivers;
use crate::frames::FrameReader;
use crate::json;
use crate::picture::{LiveReading, ObservedFrame, Picture};
use crate::promise::{in_background, promise};

/// Does not keep Node alive.
type EventCallback = ThreadsafeFunction<String, (), String, Status, false, true>;

#[napi]
pub struct NativeRuntime {
    runtime: Runtime,
}

#[napi]
impl NativeRuntime {
    #[napi(constructor)]
    pub fn new(options_json: String, on_event: Function<'_, String, ()>) -> Result<Self> {
        let options: RuntimeOptions = json::read("options", &options_json)?;
        let callback: EventCallback =
            on_event.build_threadsafe_function().weak::<true>().callee_handled::<false>().build()?;
        let events = Arc::new(move |event: zarrcam_acquisition::Event| {
            if let Ok(text) = json::text(&event) {
                callback.call(text, ThreadsafeFunctionCallMode::NonBlocking);
            }
        });
        let drivers = drivers(&options);
        Ok(Self { runtime: Runtime::new(options, drivers, events) })
    }

    #[napi]
    pub fn call<'env>(&self, env: &'env Env, method: String, params_json: String) -> Result<Object<'env>> {
        match self.runtime.call(&method, &params_json).map_err(json::error)? {
            Call::Question(work) => in_background(env, &QUESTIONS, work, Ok),
            Call::Operation(work) => in_background(env, &OPERATIONS, work, Ok),
            Call::Repair(work) => in_background(env, &REPAIRS, work, Ok),
            Call::AtOnce(work) => {
                let (done, promise) = promise(env, Ok)?;
                done(work());
                Ok(promise)
            }
            Call::WhenDone(begin) => {
                let (done, promise) = promise(env, Ok)?;
                begin(done);
                Ok(promise)
            }
        }
    }

    #[napi]
    pub fn snap<'env>(&self, env: &'env Env, stream: u32) -> Result<Object<'env>> {
        let (done, promise) = promise(env, Picture::from_core)?;
        self.runtime.snap(PreviewRequest { stream, full: true, ..PreviewRequest::default() }, done);
        Ok(promise)
    }

    #[napi]
    pub fn next_preview<'env>(&self, env: &'env Env, request_json: String, after: Option<f64>) -> Result<Object<'env>> {
        let request = json::read("request", &request_json)?;
        let after = after.map(|number| json::whole("after", number)).transpose()?;
        let (done, promise) = promise(env, Picture::from_core)?;
        self.runtime.next_preview(request, after, done);
        Ok(promise)
    }

    #[napi]
    pub fn cancel_previews(&self, subscription: u32) {
        self.runtime.cancel_previews(subscription);
    }

    #[napi]
    pub fn next_frame<'env>(
        &self,
        env: &'env Env,
        stream: u32,
        after: Option<f64>,
        subscription: u32,
    ) -> Result<Object<'env>> {
        let after = after.map(|number| json::whole("after", number)).transpose()?;
        let (done, promise) = promise(env, ObservedFrame::from_core)?;
        self.runtime.next_frame(stream, after, subscription, done);
        Ok(promise)
    }

    #[napi]
    pub fn open_frames<'env>(&self, env: &'env Env, request_json: String) -> Result<Object<'env>> {
        let request: FramesRequest = json::read("request", &request_json)?;
        let runtime = self.runtime.clone();
        in_background(env, &QUESTIONS, move || runtime.open_frames(request), FrameReader::from_core)
    }

    #[napi]
    pub fn read_live<'env>(
        &self,
        env: &'env Env,
        dataset: String,
        key: String,
        range_json: String,
    ) -> Result<Object<'env>> {
        let range: LiveRange = json::read("range", &range_json)?;
        let runtime = self.runtime.clone();
        in_background(env, &READS, move || runtime.read_live(&dataset, &key, range), LiveReading::from_core)
    }

    #[napi]
    pub fn close<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        let runtime = self.runtime.clone();
        in_background(
            env,
            &ENDS,
            move || {
                runtime.close();
                Ok(())
            },
            Ok,
        )
    }
}
