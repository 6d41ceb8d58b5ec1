//! The annotations that Slipway honours, by their keys (Backstage, "Well-known annotations").

/// The location that the entity was read from.
pub const MANAGED_BY_LOCATION: &str = "backstage.io/managed-by-location";
/// The location that a person registered, from which the entity was reached.
pub const MANAGED_BY_ORIGIN_LOCATION: &str = "backstage.io/managed-by-origin-location";
/// `true` when no location names the entity any longer.
pub const ORPHAN: &str = "backstage.io/orphan";
/// Where people read the file.
pub const VIEW_URL: &str = "backstage.io/view-url";
/// Where people edit the file.
pub const EDIT_URL: &str = "backstage.io/edit-url";
/// Where the source code lives, as `type:target`.
pub const SOURCE_LOCATION: &str = "backstage.io/source-location";
/// Where the documentation lives, as `type:target`.
pub const TECHDOCS_REF: &str = "backstage.io/techdocs-ref";
/// The value of the label `backstage.io/kubernetes-id` on the entity's objects.
pub const KUBERNETES_ID: &str = "backstage.io/kubernetes-id";
/// A label selector for the entity's objects.
pub const KUBERNETES_LABEL_SELECTOR: &str = "backstage.io/kubernetes-label-selector";
/// `owner/repository` on GitHub.
pub const GITHUB_PROJECT_SLUG: &str = "github.com/project-slug";
/// `group/project` on GitLab.
pub const GITLAB_PROJECT_SLUG: &str = "gitlab.com/project-slug";
/// The name of the Argo CD application.
pub const ARGOCD_APP_NAME: &str = "argocd/app-name";
/// The integration key of a PagerDuty service.
pub const PAGERDUTY_INTEGRATION_KEY: &str = "pagerduty.com/integration-key";
/// The key of a SonarQube project.
pub const SONARQUBE_PROJECT_KEY: &str = "sonarqube.org/project-key";
/// `organisation/project` on Sentry.
pub const SENTRY_PROJECT_SLUG: &str = "sentry.io/project-slug";
/// The full name of a Jenkins job.
pub const JENKINS_JOB_FULL_NAME: &str = "jenkins.io/job-full-name";
