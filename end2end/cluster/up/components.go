package up

import (
	"context"
	_ "embed"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

//go:embed stages/node.yaml
var nodeStages string

//go:embed stages/pod.yaml
var podStages string

//go:embed stages/failing.yaml
var failingStages string

//go:embed stages/logs.yaml
var podLogs string

// serviceCIDR and podCIDR are never routed; nothing runs behind them.
const (
	serviceCIDR = "10.96.0.0/16"
	podCIDR     = "10.244.0.0/16"
)

// plan is what was decided and written before the first program starts.
type plan struct {
	pki    pki
	users  []user
	server string // https://127.0.0.1:PORT

	etcdPort, peerPort, apiPort, kwokPort int
}

// prepare chooses ports and writes keys, tokens, kubeconfigs and kwok's stages.
func prepare(opt options) (*plan, error) {
	ports, err := freePorts(4)
	if err != nil {
		return nil, err
	}
	p := &plan{etcdPort: ports[0], peerPort: ports[1], apiPort: ports[2], kwokPort: ports[3]}
	if opt.port != 0 {
		p.apiPort = opt.port
	}
	p.server = "https://127.0.0.1:" + strconv.Itoa(p.apiPort)
	if p.pki, err = loadOrMakePKI(filepath.Join(opt.dir, "pki")); err != nil {
		return nil, err
	}
	if p.users, err = loadOrMakeUsers(filepath.Join(opt.dir, "tokens.csv")); err != nil {
		return nil, err
	}
	for _, u := range p.users {
		if err := writeKubeconfig(kubeconfigPath(opt.dir, u.name), p.server, p.pki.ca, u); err != nil {
			return nil, err
		}
	}
	if err := writeStages(opt.dir); err != nil {
		return nil, err
	}
	return p, nil
}

// writeStages writes what the nodes do with a pod, and the log that every pod has.
func writeStages(dir string) error {
	log := filepath.Join(dir, "pod.log")
	if err := os.WriteFile(log, []byte(sampleLog), 0o600); err != nil {
		return err
	}
	logs := fmt.Sprintf(podLogs, strconv.Quote(log))
	return os.WriteFile(filepath.Join(dir, "kwok.yaml"),
		[]byte(nodeStages+"---\n"+podStages+"---\n"+failingStages+"---\n"+logs), 0o600)
}

// sampleLog is in the format of the container runtime interface.
const sampleLog = `2026-01-01T00:00:00.000000000Z stdout F starting
2026-01-01T00:00:00.100000000Z stdout F listening on :8080
2026-01-01T00:00:00.200000000Z stderr F warning: this container is played by kwok
`

// start runs the programs in order, each once the one it needs answers.
func (p *plan) start(ctx context.Context, f *family, opt options) error {
	if err := f.start("etcd", f.self, p.etcd(opt.dir)...); err != nil {
		return err
	}
	if err := waitForHTTP(ctx, nil, p.etcdURL()+"/health"); err != nil {
		return fmt.Errorf("etcd: %w", err)
	}
	f.say("etcd answers")
	if err := f.start("kube-apiserver", f.self, p.apiserver(opt.dir)...); err != nil {
		return err
	}
	if err := waitForHTTP(ctx, p.pki.ca, p.server+"/readyz"); err != nil {
		return fmt.Errorf("kube-apiserver: %w", err)
	}
	f.say("kube-apiserver is ready on " + p.server)
	admin := kubeconfigPath(opt.dir, adminUser)
	if err := f.start("kube-controller-manager", f.self, p.controllers(opt.dir, admin)...); err != nil {
		return err
	}
	if err := f.start("kube-scheduler", f.self, "kube-scheduler", "--kubeconfig="+admin,
		"--leader-elect=false", "--bind-address=127.0.0.1", "--secure-port=0"); err != nil {
		return err
	}
	if err := f.start("kwok", opt.kwok, p.kwok(opt.dir, admin)...); err != nil {
		return err
	}
	if err := furnish(ctx, admin, opt.nodes); err != nil {
		return fmt.Errorf("nodes: %w", err)
	}
	f.say(fmt.Sprintf("%d nodes are ready", opt.nodes))
	return nil
}

func (p *plan) etcdURL() string { return "http://127.0.0.1:" + strconv.Itoa(p.etcdPort) }

func (p *plan) etcd(dir string) []string {
	peer := "http://127.0.0.1:" + strconv.Itoa(p.peerPort)
	return []string{
		"etcd", "--name=slipway", "--data-dir=" + filepath.Join(dir, "etcd"),
		"--listen-client-urls=" + p.etcdURL(), "--advertise-client-urls=" + p.etcdURL(),
		"--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer,
		"--initial-cluster=slipway=" + peer,
		"--unsafe-no-fsync",                                 // a crash of the machine may lose it; a crash of a process may not
		"--heartbeat-interval=20", "--election-timeout=100", // ms: it is alone and elects itself
		"--log-level=warn",
	}
}

func (p *plan) apiserver(dir string) []string {
	return []string{
		"kube-apiserver",
		"--etcd-servers=" + p.etcdURL(),
		"--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
		"--secure-port=" + strconv.Itoa(p.apiPort),
		"--endpoint-reconciler-type=none", // refuses loopback addresses otherwise
		"--service-cluster-ip-range=" + serviceCIDR,
		"--tls-cert-file=" + p.pki.servingCert, "--tls-private-key-file=" + p.pki.servingKey,
		"--token-auth-file=" + filepath.Join(dir, "tokens.csv"),
		"--authorization-mode=RBAC",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + p.pki.accountKey,
		"--service-account-signing-key-file=" + p.pki.accountKey,
		"--kubelet-preferred-address-types=InternalIP", // kwok answers for the kubelets
	}
}

func (p *plan) controllers(dir, kubeconfig string) []string {
	return []string{
		"kube-controller-manager", "--kubeconfig=" + kubeconfig,
		"--leader-elect=false", "--bind-address=127.0.0.1", "--secure-port=0",
		"--service-account-private-key-file=" + p.pki.accountKey,
		"--root-ca-file=" + p.pki.caFile,
		// Minutes are too long for tests that cut calls off, which leaves a quota charged for nothing.
		"--resource-quota-sync-period=15s",
	}
}

func (p *plan) kwok(dir, kubeconfig string) []string {
	address := "127.0.0.1:" + strconv.Itoa(p.kwokPort)
	return []string{
		"--config=" + filepath.Join(dir, "kwok.yaml"), "--kubeconfig=" + kubeconfig,
		"--manage-nodes-with-annotation-selector=" + fakeNode + "=fake",
		"--cidr=" + podCIDR, "--node-lease-duration-seconds=40",
		"--node-ip=127.0.0.1", "--node-port=" + strconv.Itoa(p.kwokPort), "--server-address=" + address,
	}
}

func (p *plan) report(dir string) report {
	line := report{
		Ready: true, Kubeconfig: kubeconfigPath(dir, adminUser), Server: p.server,
		CAData: base64.StdEncoding.EncodeToString(p.pki.ca), Users: map[string]access{},
	}
	for _, u := range p.users {
		line.Users[u.name] = access{Token: u.token, Kubeconfig: kubeconfigPath(dir, u.name)}
	}
	line.Token = line.Users[adminUser].Token
	return line
}
