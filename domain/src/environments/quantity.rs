//! Kubernetes quantities (k8s.io/apimachinery, `resource.Quantity`): "250m", "1.5", "512Mi".

/// Cores in thousandths, rounded up, as the scheduler counts them.
pub fn milli_cpu(text: &str) -> Option<u64> {
    parse(text).map(|value| (value * 1000.0).ceil() as u64)
}

/// Bytes, rounded up.
pub fn bytes(text: &str) -> Option<u64> {
    parse(text).map(|value| value.ceil() as u64)
}

/// "250m", "1", "1500m".
pub fn cpu_text(milli: u64) -> String {
    if milli.is_multiple_of(1000) { (milli / 1000).to_string() } else { format!("{milli}m") }
}

/// The largest binary unit that says it exactly: "2Gi", "512Mi", "1500".
pub fn bytes_text(bytes: u64) -> String {
    for (unit, size) in [("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)] {
        if bytes > 0 && bytes.is_multiple_of(size) {
            return format!("{}{unit}", bytes / size);
        }
    }
    bytes.to_string()
}

fn parse(text: &str) -> Option<f64> {
    let cut = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, suffix) = text.split_at(cut);
    let factor = match suffix {
        "" => 1.0,
        "n" => 1e-9,
        "u" => 1e-6,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "E" => 1e18,
        "Ki" => 1024.0,
        "Mi" => 1024.0 * 1024.0,
        "Gi" => 1024.0 * 1024.0 * 1024.0,
        "Ti" => 1024f64.powi(4),
        "Pi" => 1024f64.powi(5),
        "Ei" => 1024f64.powi(6),
        _ if suffix.starts_with(['e', 'E']) => {
            let exponent: i32 = suffix[1..].parse().ok()?;
            10f64.powi(exponent)
        }
        _ => return None,
    };
    if !number.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let value = number.parse::<f64>().ok()? * factor;
    // Trim the dust of binary fractions: 0.3 cores are 300 thousandths, not 301.
    let value = if factor < 1.0 { (value * 1e9).round() / 1e9 } else { value };
    (value.is_finite() && value < 9e15).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_read_and_print_as_kubernetes_does() {
        for (text, milli) in
            [("250m", 250), ("1", 1000), ("0.5", 500), ("1.5", 1500), ("100u", 1), ("0", 0), ("0.3", 300)]
        {
            assert_eq!(milli_cpu(text), Some(milli), "{text}");
        }
        for (text, size) in [
            ("512Mi", 536_870_912),
            ("2Gi", 2_147_483_648),
            ("1G", 1_000_000_000),
            ("1e3", 1000),
            ("1500", 1500),
        ] {
            assert_eq!(bytes(text), Some(size), "{text}");
        }
        for text in ["", "Mi", "-1", "1X", "a", "1 Mi", "nan", "inf"] {
            assert_eq!(bytes(text), None, "{text}");
        }
        assert_eq!([cpu_text(1500), cpu_text(2000)], ["1500m", "2"]);
        assert_eq!(
            [bytes_text(2 << 30), bytes_text(512 << 20), bytes_text(1500), bytes_text(0)],
            ["2Gi", "512Mi", "1500", "0"]
        );
    }
}
