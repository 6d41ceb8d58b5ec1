//! Reads the colours that programs write for terminals (ECMA-48 section 8.3.117, SGR), so that a log reads as it does there.
//!
//! Everything else that a terminal would obey (cursor, title, links) is dropped, and so are control characters.

/// How the text stands at a point of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pen {
    bold: bool,
    faint: bool,
    italic: bool,
    underline: bool,
    reverse: bool,
    /// 0 to 7: black, red, green, yellow, blue, magenta, cyan, white.
    colour: Option<u8>,
}

/// A piece of text that stands in one way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Piece {
    /// Classes of `log.css`; empty for plain text.
    pub class: String,
    /// The text.
    pub text: String,
}

/// Cuts a line into pieces. The pen goes on from line to line.
pub fn pieces(line: &str, pen: &mut Pen) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut text = String::new();
    let mut chars = line.trim_end_matches(['\r', '\n']).chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => match chars.next() {
                Some('[') => {
                    let (parameters, last) = control(&mut chars);
                    if last == Some('m') {
                        push(&mut out, &mut text, *pen);
                        pen.apply(&parameters);
                    }
                }
                Some(']') => skip_string(&mut chars),
                _ => {}
            },
            // A carriage return writes over the line: what stands before it is gone. So progress bars show their last state.
            '\r' => {
                text.clear();
                out.clear();
            }
            '\t' => text.push('\t'),
            c if c.is_control() => {}
            c => text.push(c),
        }
    }
    push(&mut out, &mut text, *pen);
    out
}

/// A control sequence, up to its last byte (0x40 to 0x7e).
fn control(chars: &mut impl Iterator<Item = char>) -> (String, Option<char>) {
    let mut parameters = String::new();
    for c in chars {
        if matches!(c, '\u{40}'..='\u{7e}') {
            return (parameters, Some(c));
        }
        parameters.push(c);
    }
    (parameters, None)
}

/// An operating system command: up to BEL or ST.
fn skip_string(chars: &mut impl Iterator<Item = char>) {
    let mut escaped = false;
    for c in chars {
        if c == '\u{7}' || (escaped && c == '\\') {
            return;
        }
        escaped = c == '\u{1b}';
    }
}

fn push(out: &mut Vec<Piece>, text: &mut String, pen: Pen) {
    if !text.is_empty() {
        out.push(Piece { class: pen.class(), text: std::mem::take(text) });
    }
}

impl Pen {
    fn apply(&mut self, parameters: &str) {
        let mut codes = parameters.split([';', ':']).map(|code| code.parse::<u16>().unwrap_or(0));
        while let Some(code) = codes.next() {
            match code {
                0 => *self = Pen::default(),
                1 => self.bold = true,
                2 => self.faint = true,
                3 => self.italic = true,
                4 => self.underline = true,
                7 => self.reverse = true,
                22 => (self.bold, self.faint) = (false, false),
                23 => self.italic = false,
                24 => self.underline = false,
                27 => self.reverse = false,
                30..=37 => self.colour = Some((code - 30) as u8),
                90..=97 => self.colour = Some((code - 90) as u8),
                39 => self.colour = None,
                // 256 colours: the first sixteen are the eight, twice; the others are left out. 24 bits are left out.
                38 | 48 => match codes.next() {
                    Some(5) => {
                        let index = codes.next().unwrap_or(16);
                        if code == 38 {
                            self.colour = (index < 16).then_some((index % 8) as u8);
                        }
                    }
                    Some(2) => {
                        codes.by_ref().take(3).for_each(drop);
                    }
                    _ => {}
                },
                _ => {}
            }
        }
    }

    fn class(self) -> String {
        let flags = [
            (self.bold, "b"),
            (self.faint, "d"),
            (self.italic, "i"),
            (self.underline, "u"),
            (self.reverse, "r"),
        ];
        let mut class: Vec<String> =
            flags.iter().filter(|(on, _)| *on).map(|(_, class)| (*class).to_owned()).collect();
        class.extend(self.colour.map(|colour| format!("c{colour}")));
        class.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(line: &str) -> Vec<(String, String)> {
        pieces(line, &mut Pen::default()).into_iter().map(|piece| (piece.class, piece.text)).collect()
    }

    fn expect(line: &str, expected: &[(&str, &str)]) {
        let expected: Vec<(String, String)> =
            expected.iter().map(|(class, text)| ((*class).to_owned(), (*text).to_owned())).collect();
        assert_eq!(plain(line), expected, "{line:?}");
    }

    #[test]
    fn colours_are_classes_and_all_else_is_dropped() {
        expect("ready", &[("", "ready")]);
        expect("\u{1b}[32mready\u{1b}[0m in 6 s", &[("c2", "ready"), ("", " in 6 s")]);
        expect("\u{1b}[1;31mfailed\u{1b}[22m still red", &[("b c1", "failed"), ("c1", " still red")]);
        expect("\u{1b}[93mbright\u{1b}[39m", &[("c3", "bright")]);
        expect("\u{1b}[38;5;2mgreen\u{1b}[m plain", &[("c2", "green"), ("", " plain")]);
        expect("\u{1b}[38;5;208morange", &[("", "orange")]);
        expect("\u{1b}[38;2;255;0;0mred\u{1b}[0m", &[("", "red")]);
        expect("\u{1b}[48;5;1mx", &[("", "x")]);
        expect("\u{1b}[2K\u{1b}[1Gpulling", &[("", "pulling")]);
        expect("\u{1b}]8;;https://example.com\u{1b}\\link\u{1b}]8;;\u{7}", &[("", "link")]);
        expect("a\u{0}b\u{7}c\td", &[("", "abc\td")]);
        expect("", &[]);
    }

    #[test]
    fn a_progress_bar_shows_its_last_state() {
        expect("10 %\r50 %\r100 %\r\n", &[("", "100 %")]);
    }

    #[test]
    fn what_is_cut_off_harms_nothing() {
        for line in ["\u{1b}", "\u{1b}[", "\u{1b}[31", "\u{1b}]0;title", "\u{1b}[38;5", "\u{1b}[38;2;1"] {
            assert_eq!(plain(&format!("x{line}")), [(String::new(), "x".to_owned())], "{line:?}");
        }
    }

    #[test]
    fn the_pen_goes_on_over_lines() {
        let mut pen = Pen::default();
        pieces("\u{1b}[31mfirst", &mut pen);
        assert_eq!(pieces("second", &mut pen), [Piece { class: "c1".to_owned(), text: "second".to_owned() }]);
    }
}
