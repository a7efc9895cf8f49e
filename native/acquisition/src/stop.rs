/// How a run is asked to end. Later variants are stronger, and a stronger one is never taken back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum StopRequest {
    /// Nothing was asked.
    #[default]
    None,
    /// `stop()`: capture ends at the limit; where there is none, now.
    Finish,
    /// `abort()`: capture ends now, all that was captured is stored.
    Now,
    /// `give_up()`: capture ends now, and what is not stored yet is lost.
    GiveUp,
}

/// When capture ends.
#[derive(Clone, Copy, Debug)]
pub struct StopCondition {
    frame_limit: Option<u64>,
    request: StopRequest,
}

impl StopCondition {
    /// `frame_limit`: frames of the array that the run fills; `None`: until stopped.
    pub fn new(frame_limit: Option<u64>) -> Self {
        Self { frame_limit, request: StopRequest::None }
    }

    /// Takes a request in; a weaker one than the last changes nothing.
    pub fn ask(&mut self, request: StopRequest) {
        self.request = self.request.max(request);
    }

    /// Whether capture ends before the frame that would go to `next_frame_index`.
    pub fn capture_ends(&self, next_frame_index: u64) -> bool {
        match (self.request, self.frame_limit) {
            (StopRequest::Now | StopRequest::GiveUp, _) | (StopRequest::Finish, None) => true,
            (_, Some(limit)) => next_frame_index >= limit,
            (StopRequest::None, None) => false,
        }
    }

    /// Whether what is not stored yet is given up.
    pub fn gives_up(&self) -> bool {
        self.request == StopRequest::GiveUp
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_waits_for_the_limit_and_ends_an_endless_run() {
        let mut limited = StopCondition::new(Some(3));
        limited.ask(StopRequest::Finish);
        assert!(!limited.capture_ends(2) && limited.capture_ends(3));
        let mut endless = StopCondition::new(None);
        assert!(!endless.capture_ends(u64::MAX));
        endless.ask(StopRequest::Finish);
        assert!(endless.capture_ends(0));
    }

    #[test]
    fn a_run_of_no_frames_ends_before_the_first() {
        assert!(StopCondition::new(Some(0)).capture_ends(0));
    }

    #[test]
    fn a_stronger_request_stays() {
        let mut condition = StopCondition::new(Some(3));
        condition.ask(StopRequest::Now);
        condition.ask(StopRequest::Finish);
        assert!(condition.capture_ends(0) && !condition.gives_up());
        condition.ask(StopRequest::GiveUp);
        condition.ask(StopRequest::Now);
        assert!(condition.gives_up());
    }
}
