// Kubeconfigs that lead to no real cluster.

/** One with a token, unless it is given otherwise. */
export const kubeconfig = ({ server = "https://127.0.0.1:1", cluster = "", user = "token: abc" } = {}) =>
  `apiVersion: v1\nkind: Config\ncurrent-context: a\nclusters:\n- name: a\n  cluster:\n    server: ${server}\n${cluster}contexts:\n- name: a\n  context: {cluster: a, user: a}\nusers:\n- name: a\n  user:\n    ${user}\n`;

/** One that would have a program run to sign in. */
export const withProgram = kubeconfig({ user: "exec:\n      apiVersion: client.authentication.k8s.io/v1\n      command: aws\n      args: [eks, get-token]" });
