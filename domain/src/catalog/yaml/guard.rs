//! The parser's input, which ends early when the parser holds too much before it says anything.
//!
//! A flow collection (`[…]`, `{…}`) might turn out to be a key, so the parser keeps all its tokens
//! until it closes: a file of five megabytes could make it hold half a gigabyte. The parser asks
//! for four characters ahead once for each token, and that is what is counted here.

use std::cell::Cell;

use saphyr_parser::{Input, StrInput, input::SkipTabs};

/// Tokens that the parser may hold between two events; one takes about a hundred bytes. It also
/// asks ahead for each line of a text block, so this is above the lines of the largest files.
const MAX_AHEAD: usize = 400_000;

/// How far the parser went since the last event.
#[derive(Debug, Default)]
pub struct Ahead(Cell<usize>);

impl Ahead {
    pub fn reset(&self) {
        self.0.set(0);
    }

    /// Whether the input was ended early.
    pub fn is_exceeded(&self) -> bool {
        self.0.get() > MAX_AHEAD
    }
}

pub struct Guarded<'a> {
    inner: StrInput<'a>,
    ahead: &'a Ahead,
}

impl<'a> Guarded<'a> {
    pub fn new(text: &'a str, ahead: &'a Ahead) -> Self {
        Guarded { inner: StrInput::new(text), ahead }
    }
}

/// All but `lookahead` is the string input's own, also where the trait has a slower default.
impl Input for Guarded<'_> {
    #[inline]
    fn lookahead(&mut self, count: usize) {
        if count == 4 {
            self.ahead.0.set(self.ahead.0.get() + 1);
            if self.ahead.is_exceeded() {
                self.inner = StrInput::new("");
            }
        }
        self.inner.lookahead(count);
    }
    #[inline]
    fn buflen(&self) -> usize {
        self.inner.buflen()
    }
    #[inline]
    fn bufmaxlen(&self) -> usize {
        self.inner.bufmaxlen()
    }
    #[inline]
    fn buf_is_empty(&self) -> bool {
        self.inner.buf_is_empty()
    }
    #[inline]
    fn raw_read_ch(&mut self) -> char {
        self.inner.raw_read_ch()
    }
    #[inline]
    fn raw_read_non_breakz_ch(&mut self) -> Option<char> {
        self.inner.raw_read_non_breakz_ch()
    }
    #[inline]
    fn skip(&mut self) {
        self.inner.skip();
    }
    #[inline]
    fn skip_n(&mut self, count: usize) {
        self.inner.skip_n(count);
    }
    #[inline]
    fn peek(&self) -> char {
        self.inner.peek()
    }
    #[inline]
    fn peek_nth(&self, n: usize) -> char {
        self.inner.peek_nth(n)
    }
    #[inline]
    fn peek_opt(&self) -> Option<char> {
        self.inner.peek_opt()
    }
    #[inline]
    fn look_ch(&mut self) -> char {
        self.inner.look_ch()
    }
    #[inline]
    fn next_char_is(&self, c: char) -> bool {
        self.inner.next_char_is(c)
    }
    #[inline]
    fn nth_char_is(&self, n: usize, c: char) -> bool {
        self.inner.nth_char_is(n, c)
    }
    #[inline]
    fn next_2_are(&self, c1: char, c2: char) -> bool {
        self.inner.next_2_are(c1, c2)
    }
    #[inline]
    fn next_3_are(&self, c1: char, c2: char, c3: char) -> bool {
        self.inner.next_3_are(c1, c2, c3)
    }
    #[inline]
    fn next_is_document_indicator(&self) -> bool {
        self.inner.next_is_document_indicator()
    }
    #[inline]
    fn next_is_document_start(&self) -> bool {
        self.inner.next_is_document_start()
    }
    #[inline]
    fn next_is_document_end(&self) -> bool {
        self.inner.next_is_document_end()
    }
    #[inline]
    fn skip_ws_to_eol(&mut self, skip_tabs: SkipTabs) -> (usize, Result<SkipTabs, &'static str>) {
        self.inner.skip_ws_to_eol(skip_tabs)
    }
    #[inline]
    fn next_can_be_plain_scalar(&self, in_flow: bool) -> bool {
        self.inner.next_can_be_plain_scalar(in_flow)
    }
    #[inline]
    fn next_is_blank_or_break(&self) -> bool {
        self.inner.next_is_blank_or_break()
    }
    #[inline]
    fn next_is_blank_or_breakz(&self) -> bool {
        self.inner.next_is_blank_or_breakz()
    }
    #[inline]
    fn next_is_blank(&self) -> bool {
        self.inner.next_is_blank()
    }
    #[inline]
    fn next_is_break(&self) -> bool {
        self.inner.next_is_break()
    }
    #[inline]
    fn next_is_breakz(&self) -> bool {
        self.inner.next_is_breakz()
    }
    #[inline]
    fn next_is_z(&self) -> bool {
        self.inner.next_is_z()
    }
    #[inline]
    fn next_is_flow(&self) -> bool {
        self.inner.next_is_flow()
    }
    #[inline]
    fn next_is_digit(&self) -> bool {
        self.inner.next_is_digit()
    }
    #[inline]
    fn next_is_alpha(&self) -> bool {
        self.inner.next_is_alpha()
    }
    #[inline]
    fn skip_while_non_breakz(&mut self) -> usize {
        self.inner.skip_while_non_breakz()
    }
    #[inline]
    fn skip_while_blank(&mut self) -> usize {
        self.inner.skip_while_blank()
    }
    #[inline]
    fn fetch_while_is_alpha(&mut self, out: &mut String) -> usize {
        self.inner.fetch_while_is_alpha(out)
    }
    #[inline]
    fn fetch_while_is_yaml_non_space(&mut self, out: &mut String) -> usize {
        self.inner.fetch_while_is_yaml_non_space(out)
    }
}
