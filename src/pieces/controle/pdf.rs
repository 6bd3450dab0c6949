/// Version at the head; `startxref` and `%%EOF` at the end, with blanks only behind. Between them nothing is interpreted.
pub(super) fn entier(octets: &[u8]) -> bool {
    let version = octets.get(5..8);
    if !matches!(version, Some([m, b'.', n]) if m.is_ascii_digit() && n.is_ascii_digit()) {
        return false;
    }
    let fin = octets
        .iter()
        .rposition(|o| !matches!(o, b'\n' | b'\r' | b' ' | b'\t' | 0))
        .map_or(0, |rang| rang + 1);
    let Some(corps) = octets[..fin].strip_suffix(b"%%EOF") else {
        return false;
    };
    let queue = &corps[corps.len().saturating_sub(1_024)..];
    queue.windows(9).any(|f| f == b"startxref")
}
