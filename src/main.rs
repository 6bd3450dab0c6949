use std::process::ExitCode;

fn main() -> ExitCode {
    vantail::commandes::executer()
}
