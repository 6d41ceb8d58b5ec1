//! The receipt of a destroy: what was deleted, what was asked afterwards, and what the answers were.
//!
//! A receipt says "gone" only if every question was answered and every answer was empty. Where nobody could ask, it says so: that
//! nothing was ever made, or that an administrator gave it up and what is left is not known.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::kinds;

/// One object as an inventory lists it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Listed {
    pub kind: String,
    pub name: String,
    /// None for an object of the cluster itself, such as the namespace.
    pub namespace: Option<String>,
}

/// One question to the cluster, as it was asked, and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// "namespaces named env-a-1234", "deployments with label slipway.dev/environment=…".
    pub asked: String,
    pub answer: Answer,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// What was found; empty when nothing is left.
    Found(Vec<Listed>),
    /// The cluster's own words.
    NoAnswer(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub environment: String,
    pub cluster: String,
    pub namespace: String,
    /// What existed when the destroy began.
    pub deleted: Vec<Listed>,
    pub questions: Vec<Question>,
    pub checked_at: Timestamp,
    /// It is certain that no call took hold that makes anything of it, and the cluster cannot be asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub never_made: bool,
    /// Set where nobody could check and somebody gave it up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_up: Option<GivenUp>,
}

/// Who had Slipway stop looking after an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenUp {
    /// The name of whoever did.
    pub by: String,
    /// Whether a namespace may have been made for it.
    pub perhaps_made: bool,
}

/// What a receipt proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Gone,
    Remains,
    /// A question had no answer, or none was asked: nothing is proven.
    NotKnown,
    /// Nothing was ever made, so there was nothing to ask for.
    NeverMade,
}

impl Receipt {
    pub fn verdict(&self) -> Verdict {
        if self.given_up.is_some() {
            Verdict::NotKnown
        } else if self.never_made {
            Verdict::NeverMade
        } else if self.remaining().next().is_some() {
            Verdict::Remains
        } else if self.questions.is_empty()
            || self.questions.iter().any(|question| matches!(question.answer, Answer::NoAnswer(_)))
        {
            Verdict::NotKnown
        } else {
            Verdict::Gone
        }
    }

    pub fn remaining(&self) -> impl Iterator<Item = &Listed> {
        self.questions.iter().flat_map(|question| match &question.answer {
            Answer::Found(list) => list.as_slice(),
            _ => &[],
        })
    }

    /// What is left to do by hand, where nobody could check.
    pub fn by_hand(&self) -> Option<String> {
        let perhaps_made = self.given_up.as_ref().is_some_and(|given_up| given_up.perhaps_made);
        perhaps_made.then(|| {
            format!("If the cluster still exists, delete the namespace {} there yourself.", self.namespace)
        })
    }

    /// The sentence at the head of the receipt.
    pub fn sentence(&self) -> String {
        if let Some(GivenUp { by, .. }) = &self.given_up {
            return format!(
                "It is not known whether anything is left of {} in {}: Slipway could not check. {by} gave it up.",
                self.environment, self.cluster
            );
        }
        let asked = match self.questions.len() {
            1 => "1 question".to_owned(),
            number => format!("{number} questions"),
        };
        match self.verdict() {
            Verdict::Gone => format!(
                "Nothing is left of {}: {asked} to {}, every answer empty.",
                self.environment, self.cluster
            ),
            Verdict::NeverMade => format!(
                "Nothing was ever created of {} in {}, so there was nothing to ask for.",
                self.environment, self.cluster
            ),
            Verdict::Remains => {
                let first: Vec<String> = self.remaining().take(3).map(Listed::words).collect();
                let more = self.remaining().count().saturating_sub(3);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                format!("Still in {}: {}{more}.", self.cluster, first.join(", "))
            }
            Verdict::NotKnown => {
                let silent = self.questions.iter().find_map(|question| match &question.answer {
                    Answer::NoAnswer(words) => Some(format!("{} did not answer: {words}", question.asked)),
                    _ => None,
                });
                let silent = silent.unwrap_or_else(|| "nothing was asked".to_owned());
                format!("It is not known whether anything is left: {}.", silent.trim_end_matches('.'))
            }
        }
    }
}

impl Listed {
    /// "deployment web".
    pub fn words(&self) -> String {
        format!("{} {}", kinds::words(&self.kind), self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(kind: &str, name: &str) -> Listed {
        Listed { kind: kind.into(), name: name.into(), namespace: Some("env-a-1".into()) }
    }

    fn receipt(answers: Vec<Answer>) -> Receipt {
        let question = |(i, answer)| Question { asked: format!("question {i}"), answer };
        Receipt {
            environment: "payments-pr-311".into(),
            cluster: "staging".into(),
            namespace: "env-a-1".into(),
            deleted: vec![
                listed("Pod", "a"),
                listed("Pod", "b"),
                listed("Ingress", "web"),
                listed("NetworkPolicy", "x"),
                listed("NetworkPolicy", "y"),
                listed("Widget", "w"),
            ],
            questions: answers.into_iter().enumerate().map(question).collect(),
            checked_at: "2026-11-23T10:00:00Z".parse().unwrap(),
            never_made: false,
            given_up: None,
        }
    }

    #[test]
    fn what_was_given_up_is_never_called_gone() {
        let silent = vec![Answer::NoAnswer("The cluster does not answer".into())];
        for answers in [silent, vec![Answer::Found(Vec::new())]] {
            for perhaps_made in [true, false] {
                let given_up = Some(GivenUp { by: "Ada".into(), perhaps_made });
                let receipt = Receipt { given_up, ..receipt(answers.clone()) };
                assert_eq!(receipt.verdict(), Verdict::NotKnown);
                assert_eq!(
                    receipt.sentence(),
                    "It is not known whether anything is left of payments-pr-311 in staging: Slipway could not check. \
                     Ada gave it up."
                );
                let by_hand = "If the cluster still exists, delete the namespace env-a-1 there yourself.";
                assert_eq!(receipt.by_hand().as_deref(), perhaps_made.then_some(by_hand));
            }
        }
    }

    #[test]
    fn what_was_never_made_says_that_nothing_was_asked() {
        let receipt = Receipt { never_made: true, deleted: Vec::new(), ..receipt(Vec::new()) };
        assert_eq!(receipt.verdict(), Verdict::NeverMade);
        assert_eq!(
            receipt.sentence(),
            "Nothing was ever created of payments-pr-311 in staging, so there was nothing to ask for."
        );
        assert_eq!(receipt.by_hand(), None);
    }

    #[test]
    fn a_receipt_of_before_is_still_read() {
        let of_before = serde_json::json!({
            "environment": "a", "cluster": "staging", "namespace": "env-a-1", "deleted": [],
            "questions": [{ "asked": "namespaces", "answer": { "found": [] } }], "checked_at": "2026-11-23T10:00:00Z",
        });
        let receipt: Receipt = serde_json::from_value(of_before.clone()).unwrap();
        assert_eq!((receipt.verdict(), receipt.by_hand()), (Verdict::Gone, None));
        assert_eq!(serde_json::to_value(&receipt).unwrap(), of_before, "and written as it was");
    }

    #[test]
    fn gone_is_said_only_when_every_answer_is_empty() {
        let found = |n: usize| Answer::Found((0..n).map(|i| listed("Pod", &format!("p{i}"))).collect());
        for (answers, verdict, sentence) in [
            (
                vec![found(0), found(0)],
                Verdict::Gone,
                "Nothing is left of payments-pr-311: 2 questions to staging, every answer empty.",
            ),
            (vec![found(0), found(1)], Verdict::Remains, "Still in staging: pod p0."),
            (vec![found(5)], Verdict::Remains, "Still in staging: pod p0, pod p1, pod p2 and 2 more."),
            (
                vec![found(0), Answer::NoAnswer("forbidden.".into())],
                Verdict::NotKnown,
                "It is not known whether anything is left: question 1 did not answer: forbidden.",
            ),
            (vec![], Verdict::NotKnown, "It is not known whether anything is left: nothing was asked."),
        ] {
            let receipt = receipt(answers);
            assert_eq!((receipt.verdict(), receipt.sentence().as_str()), (verdict, sentence));
        }
    }
}
