# The image of Vantail: one binary, no shell, no root.
#
#   docker build -t vantail .        then docker-compose.yml, or the settings of .env.example one by one (`docker run --env-file`
#                                    keeps the quotes that a shell and compose take away)
#
# The queries recorded in `.sqlx` stand in for a database while it is built (`.cargo/config.toml`).

FROM rust:1.95-slim-bookworm AS build
WORKDIR /vantail

# The dependencies alone: a layer that only a change of Cargo.toml or Cargo.lock builds again. What Cargo looks for is there,
# empty; what it made of that is removed, so that the sources copied next are compiled whatever the clone did with dates.
COPY Cargo.toml Cargo.lock ./
COPY .cargo .cargo
RUN mkdir -p src tests/it tests/navigateur benches/pages \
 && echo 'fn main() {}' > src/main.rs \
 && touch src/lib.rs tests/it/main.rs tests/navigateur/main.rs benches/pages/main.rs benches/enumeration.rs \
 && cargo build --release --locked --bin vantail \
 && rm -r src tests benches \
 && find target/release -maxdepth 2 -name '*vantail*' -exec rm -r {} +

COPY . .
RUN cargo build --release --locked --bin vantail \
 && strip target/release/vantail

# glibc, libgcc, the certificate authorities, a user without rights (65532): nothing else.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /vantail/target/release/vantail /usr/local/bin/vantail
EXPOSE 8080
# The binary asks itself: there is no shell, and no curl, to do it.
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s CMD ["vantail", "ready"]
ENTRYPOINT ["vantail"]
CMD ["serve"]
