use std::sync::Arc;

use napi::bindgen_prelude::{Function, Object};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Result, Status};
use napi_derive::napi;
use zarrcam_config::{DeviceKind, Use};
use zarrcam_runtime::{LiveRange, PreviewRequest, Runtime, Start};

use crate::calls::{ENDS, OPERATIONS, QUESTIONS, READS, RECOVERIES};
use crate::drivers::drivers;
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
        let options = json::read("options", &options_json)?;
        let callback: EventCallback =
            on_event.build_threadsafe_function().weak::<true>().callee_handled::<false>().build()?;
        let events = Arc::new(move |event: zarrcam_acquisition::Event| {
            if let Ok(text) = json::text(&event) {
                callback.call(text, ThreadsafeFunctionCallMode::NonBlocking);
            }
        });
        Ok(Self { runtime: Runtime::new(options, drivers(), events) })
    }

    #[napi]
    pub fn devices(&self) -> Result<String> {
        json::text(&self.runtime.devices())
    }

    #[napi]
    pub fn select(&self, kind: String, name: Option<String>) -> Result<Option<String>> {
        let kind: DeviceKind = json::word("kind", &kind)?;
        let found = self.runtime.select(kind, name.as_deref()).map_err(json::error)?;
        found.map(|found| json::text(&found)).transpose()
    }

    #[napi]
    pub fn select_one_of(&self, kind: String, names: Vec<String>) -> Result<Option<String>> {
        let kind: DeviceKind = json::word("kind", &kind)?;
        let found = self.runtime.select_one_of(kind, &names).map_err(json::error)?;
        found.map(|found| json::text(&found)).transpose()
    }

    #[napi]
    pub fn configuration(&self) -> Result<String> {
        json::text(&self.runtime.configuration())
    }

    #[napi]
    pub fn capabilities(&self) -> Result<String> {
        json::text(&self.runtime.capabilities())
    }

    #[napi]
    pub fn state(&self) -> String {
        format!("{:?}", self.runtime.state())
    }

    #[napi]
    pub fn stats(&self) -> Result<String> {
        json::text(&self.runtime.stats())
    }

    #[napi]
    pub fn losses(&self, stream: u32, from: f64, count: f64) -> Result<String> {
        let (from, count) = (json::whole("from", from)?, json::whole("count", count)?);
        json::text(&self.runtime.losses(stream, from, count).map_err(json::error)?)
    }

    #[napi]
    pub fn execute_trigger(&self, stream: u32) -> Result<()> {
        self.runtime.execute_trigger(stream).map_err(json::error)
    }

    #[napi]
    pub fn set_configuration<'env>(
        &self,
        env: &'env Env,
        configuration_json: String,
        revision: Option<f64>,
        changed_by: Option<String>,
    ) -> Result<Object<'env>> {
        let document: serde_json::Value = json::read("configuration", &configuration_json)?;
        let revision = revision.map(|number| json::whole("revision", number)).transpose()?;
        let runtime = self.runtime.clone();
        in_background(
            env,
            &OPERATIONS,
            move || runtime.set_configuration(&document, revision, changed_by.as_deref().unwrap_or("script")),
            |applied| json::text(&applied),
        )
    }

    #[napi]
    pub fn validate<'env>(&self, env: &'env Env, configuration_json: String) -> Result<Object<'env>> {
        let document: serde_json::Value = json::read("configuration", &configuration_json)?;
        let runtime = self.runtime.clone();
        in_background(env, &QUESTIONS, move || Ok(runtime.validate(&document)), |validation| json::text(&validation))
    }

    #[napi]
    pub fn suggest<'env>(&self, env: &'env Env, stream: u32, r#use: String) -> Result<Object<'env>> {
        let wanted: Use = json::word("use", &r#use)?;
        let runtime = self.runtime.clone();
        in_background(env, &QUESTIONS, move || runtime.suggest(stream, wanted), |suggestion| json::text(&suggestion))
    }

    #[napi]
    pub fn next_name<'env>(&self, env: &'env Env, uri: String, taken: Vec<String>) -> Result<Object<'env>> {
        let runtime = self.runtime.clone();
        in_background(env, &QUESTIONS, move || Ok(runtime.next_name(&uri, &taken)), Ok)
    }

    #[napi]
    pub fn start<'env>(&self, env: &'env Env, options_json: String) -> Result<Object<'env>> {
        let how: Start = json::read("options", &options_json)?;
        let runtime = self.runtime.clone();
        in_background(env, &OPERATIONS, move || runtime.start_with(how), |started| json::text(&started))
    }

    #[napi]
    pub fn stop<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        let (done, promise) = promise(env, |summary| json::text(&summary))?;
        self.runtime.stop(done);
        Ok(promise)
    }

    #[napi]
    pub fn abort<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        let (done, promise) = promise(env, |summary| json::text(&summary))?;
        self.runtime.abort(done);
        Ok(promise)
    }

    #[napi]
    pub fn give_up<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        let (done, promise) = promise(env, |summary| json::text(&summary))?;
        self.runtime.give_up(done);
        Ok(promise)
    }

    #[napi]
    pub fn measure_speed<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        let runtime = self.runtime.clone();
        in_background(env, &OPERATIONS, move || runtime.measure_speed(), |report| json::text(&report))
    }

    #[napi]
    pub fn speed(&self) -> Result<String> {
        json::text(&self.runtime.speed())
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
    pub fn datasets<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        let runtime = self.runtime.clone();
        in_background(env, &QUESTIONS, move || runtime.datasets(), |datasets| json::text(&datasets))
    }

    #[napi]
    pub fn datasets_left_out<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        let runtime = self.runtime.clone();
        in_background(env, &QUESTIONS, move || runtime.datasets_left_out(), |left_out| json::text(&left_out))
    }

    #[napi]
    pub fn dataset_info<'env>(&self, env: &'env Env, path: String) -> Result<Object<'env>> {
        let runtime = self.runtime.clone();
        in_background(env, &QUESTIONS, move || runtime.dataset_info(&path), |info| json::text(&info))
    }

    #[napi]
    pub fn dataset_losses<'env>(&self, env: &'env Env, path: String, from: f64, count: f64) -> Result<Object<'env>> {
        let (from, count) = (json::whole("from", from)?, json::whole("count", count)?);
        let runtime = self.runtime.clone();
        in_background(env, &QUESTIONS, move || runtime.dataset_losses(&path, from, count), |page| json::text(&page))
    }

    #[napi]
    pub fn dataset_settings<'env>(&self, env: &'env Env, path: String) -> Result<Object<'env>> {
        let runtime = self.runtime.clone();
        in_background(env, &QUESTIONS, move || runtime.dataset_settings(&path), |settings| json::text(&settings))
    }

    #[napi]
    pub fn recover<'env>(&self, env: &'env Env, path: String) -> Result<Object<'env>> {
        let runtime = self.runtime.clone();
        in_background(env, &RECOVERIES, move || runtime.recover(&path), |recovery| json::text(&recovery))
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
