//! Plain scalars by the core schema of YAML 1.2.2, section 10.3.2.

use serde_json::Number;

use super::Value;

/// The value of a scalar without quotes and tag.
pub fn plain(text: &str) -> Value {
    match text.as_bytes().first() {
        None => return Value::Null,
        Some(b'~' | b'n' | b'N') => {
            if matches!(text, "~" | "null" | "Null" | "NULL") {
                return Value::Null;
            }
        }
        Some(b't' | b'T' | b'f' | b'F') => {
            if let Some(value) = boolean(text) {
                return Value::Bool(value);
            }
        }
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => {
            if let Some(number) = integer(text).or_else(|| float(text)) {
                return Value::Number(number);
            }
        }
        Some(_) => {}
    }
    Value::Text(text.to_owned())
}

/// The value of a scalar with a tag of the core schema, such as `!!str`; `None` when the text does
/// not fit the tag. Tags of others are ignored, and the text kept.
pub fn tagged(suffix: &str, text: &str) -> Option<Value> {
    match suffix {
        "null" => matches!(text, "" | "~" | "null" | "Null" | "NULL").then_some(Value::Null),
        "bool" => boolean(text).map(Value::Bool),
        "int" => integer(text).map(Value::Number),
        "float" => float(text).map(Value::Number),
        _ => Some(Value::Text(text.to_owned())),
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

fn integer(text: &str) -> Option<Number> {
    let radix = |digits: &str, radix: u32| {
        digits
            .bytes()
            .all(|b| b.is_ascii_alphanumeric())
            .then(|| u64::from_str_radix(digits, radix).ok().map(Number::from))
            .flatten()
    };
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if let Ok(value) = text.parse::<i64>() {
        return Some(Number::from(value));
    }
    if let Ok(value) = text.strip_prefix('+').unwrap_or(text).parse::<u64>() {
        return Some(Number::from(value));
    }
    // Beyond 64 bits JSON readers round as well.
    text.parse::<f64>().ok().and_then(Number::from_f64)
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`. The infinities and not-a-number are
/// no JSON numbers and stay texts, so that nothing is lost.
fn float(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if !digits(whole) || !digits(fraction) || whole.is_empty() && fraction.is_empty() {
        return None;
    }
    if let Some(exponent) = exponent {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        if exponent.is_empty() || !digits(exponent) {
            return None;
        }
    }
    text.parse::<f64>().ok().and_then(Number::from_f64)
}
