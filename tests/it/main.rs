mod courrier;

mod support {
    pub mod smtp;
}
