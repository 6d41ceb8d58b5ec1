//! The receipt of a destroy: what was deleted, what was asked afterwards, and what the answers were.
//!
//! A receipt says "gone" only if every question was answered and every answer was empty.

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
}

/// What a receipt proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Gone,
    Remains,
    /// A question had no answer, or none was asked: nothing is proven.
    NotKnown,
}

impl Receipt {
    pub fn verdict(&self) -> Verdict {
        if self.remaining().next().is_some() {
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

    /// The sentence at the head of the receipt.
    pub fn sentence(&self) -> String {
        let asked = match self.questions.len() {
            1 => "1 question".to_owned(),
            number => format!("{number} questions"),
        };
        match self.verdict() {
            Verdict::Gone => format!(
                "Nothing is left of {}: {asked} to {}, every answer empty.",
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
        }
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
