/// The process itself: jobs, imports, the command line. It reads everything and signs as « Système ».
pub struct Systeme {
    _prive: (),
}

impl Systeme {
    /// Built by the commands and the jobs, never from a request: no extractor exists for it.
    pub fn processus() -> Self {
        Self { _prive: () }
    }
}
