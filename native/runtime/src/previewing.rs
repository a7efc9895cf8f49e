//! Pictures and whole frames for whoever looks on.

use zarrcam_preview::PreviewRequest;

use crate::error::{Callback, RuntimeError};
use crate::preview::{ObservedFrame, Picture};
use crate::runtime::Runtime;

impl Runtime {
    /// The next picture of a stream, from the preview's own thread.
    pub fn next_preview(&self, request: PreviewRequest, after: Option<u64>, done: Callback<Picture>) {
        match self.check_stream(request.stream) {
            Ok(()) => self.inner.preview.next_picture(request, after, done),
            Err(error) => done(Err(error)),
        }
    }

    /// Ends the waits of a subscription, which are answered with [`Cancelled`](crate::ErrorCode::Cancelled).
    pub fn cancel_previews(&self, subscription: u32) {
        self.inner.preview.cancel(subscription);
    }

    /// The newest whole frame after `after`, copied: an observer holds no buffer, however slow it is.
    /// `cancel_previews` with its `subscription` ends the wait.
    pub fn next_frame(&self, stream: u32, after: Option<u64>, subscription: u32, done: Callback<ObservedFrame>) {
        match self.check_stream(stream) {
            Ok(()) => self.inner.preview.next_frame(stream, after, subscription, done),
            Err(error) => done(Err(error)),
        }
    }

    fn check_stream(&self, stream: u32) -> Result<(), RuntimeError> {
        self.inner.lock().stream(stream).map(|_| ())
    }
}
