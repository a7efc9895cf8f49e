use std::sync::Arc;

use napi::bindgen_prelude::{Buffer, Object};
use napi::{Env, JsDeferred, Result};
use napi_derive::napi;

use crate::calls::FRAMES;
use crate::json;

type Resolver = Box<dyn FnOnce(Env) -> Result<u32> + Send>;

/// Reads every frame of a recording, as the bytes of the protocol's records.
#[napi]
pub struct FrameReader {
    reader: Arc<zarrcam_runtime::FrameReader>,
}

impl FrameReader {
    pub fn from_core(reader: zarrcam_runtime::FrameReader) -> Result<Self> {
        Ok(Self { reader: Arc::new(reader) })
    }
}

#[napi]
impl FrameReader {
    /// The copy is made by a thread of its own pool; the wait before it holds none.
    #[napi]
    pub fn read<'env>(&self, env: &'env Env, into: Buffer) -> Result<Object<'env>> {
        let (deferred, promise): (JsDeferred<u32, Resolver>, _) = env.create_deferred()?;
        let reader = Arc::clone(&self.reader);
        self.reader.when_ready(Box::new(move |ready| match ready {
            Err(error) => deferred.reject(json::error(error)),
            Ok(()) => FRAMES.run(move |taken| match taken {
                Err(refused) => deferred.reject(json::refused_call(refused)),
                Ok(()) => {
                    let mut into = into;
                    let bytes = reader.read(&mut into) as u32;
                    deferred.resolve(Box::new(move |_| Ok(bytes)));
                }
            }),
        }));
        Ok(promise)
    }

    #[napi]
    pub fn close(&self) {
        self.reader.close();
    }
}
