use std::{io, net::TcpListener};

/// A TCP port of 127.0.0.1 nobody listens on at this moment. Another process may take it before it is used: whoever starts a
/// server on it tries again with another.
///
/// # Errors
/// When the machine has no free port.
pub fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
