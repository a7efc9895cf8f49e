use std::thread;

use napi::bindgen_prelude::{Object, ToNapiValue};
use napi::{Env, JsDeferred, Result};
use zarrcam_runtime::{Done, RuntimeError};

use crate::json;

type Resolver<T> = Box<dyn FnOnce(Env) -> Result<T> + Send>;

/// A promise and the callback that settles it, from whichever thread. `convert` runs where the callback is called.
pub fn promise<T, V>(env: &Env, convert: impl FnOnce(T) -> Result<V> + Send + 'static) -> Result<(Done<T>, Object<'_>)>
where
    T: 'static,
    V: ToNapiValue + Send + 'static,
{
    let (deferred, promise): (JsDeferred<V, Resolver<V>>, _) = env.create_deferred()?;
    let done: Done<T> = Box::new(move |result| match result.map_err(json::error).and_then(convert) {
        Ok(value) => deferred.resolve(Box::new(move |_| Ok(value))),
        Err(error) => deferred.reject(error),
    });
    Ok((done, promise))
}

/// Work that may take a while, on a thread of its own: never on the event loop or on one of libuv's four threads.
pub fn in_background<'env, T, V>(
    env: &'env Env,
    work: impl FnOnce() -> std::result::Result<T, RuntimeError> + Send + 'static,
    convert: impl FnOnce(T) -> Result<V> + Send + 'static,
) -> Result<Object<'env>>
where
    T: 'static,
    V: ToNapiValue + Send + 'static,
{
    let (done, promise) = promise(env, convert)?;
    thread::Builder::new()
        .name("zarrcam call".to_owned())
        .spawn(move || done(work()))
        .map_err(|error| napi::Error::from_reason(format!("no thread for the call: {error}")))?;
    Ok(promise)
}
