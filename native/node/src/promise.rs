use std::panic::{AssertUnwindSafe, catch_unwind};

use napi::bindgen_prelude::{Object, ToNapiValue};
use napi::{Env, JsDeferred, Result};
use zarrcam_runtime::{Callback, RuntimeError};

use crate::calls::CallPool;
use crate::json;

type Resolver<T> = Box<dyn FnOnce(Env) -> Result<T> + Send>;

/// A promise and the callback that settles it, from whichever thread. `convert` runs where the callback is called.
pub fn promise<T, V>(
    env: &Env,
    convert: impl FnOnce(T) -> Result<V> + Send + 'static,
) -> Result<(Callback<T>, Object<'_>)>
where
    T: 'static,
    V: ToNapiValue + Send + 'static,
{
    let (deferred, promise): (JsDeferred<V, Resolver<V>>, _) = env.create_deferred()?;
    let done: Callback<T> = Box::new(move |result| match result.map_err(json::error).and_then(convert) {
        Ok(value) => deferred.resolve(Box::new(move |_| Ok(value))),
        Err(error) => deferred.reject(error),
    });
    Ok((done, promise))
}

/// Work that may take a while, on a thread of a pool: never on the event loop or on one of libuv's four threads.
pub fn in_background<'env, T, V>(
    env: &'env Env,
    pool: &'static CallPool,
    work: impl FnOnce() -> std::result::Result<T, RuntimeError> + Send + 'static,
    convert: impl FnOnce(T) -> Result<V> + Send + 'static,
) -> Result<Object<'env>>
where
    T: 'static,
    V: ToNapiValue + Send + 'static,
{
    let (deferred, promise): (JsDeferred<V, Resolver<V>>, _) = env.create_deferred()?;
    let answer = move || match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(json::error).and_then(convert),
        Err(_) => Err(json::internal("The call ended unexpectedly; the process's log says where.")),
    };
    pool.run(move |taken| match taken.map_err(json::refused_call).and_then(|()| answer()) {
        Ok(value) => deferred.resolve(Box::new(move |_| Ok(value))),
        Err(error) => deferred.reject(error),
    });
    Ok(promise)
}
