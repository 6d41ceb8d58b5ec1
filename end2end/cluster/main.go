// slipway-cluster is a real Kubernetes control plane in one file, for tests and
// for `make cluster`. Each upstream program is a subcommand that runs its own
// unchanged command tree; `up` starts them all on loopback and waits with them.
package main

import (
	"fmt"
	"os"
	"runtime"
	_ "time/tzdata" // CronJobs may name a time zone

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	"k8s.io/component-base/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"

	"slipway.dev/end2end/cluster/up"
)

const usage = `slipway-cluster COMMAND [FLAG]...

  up                        start a whole cluster and keep it until told to stop (up --help)
  kubectl                   the Kubernetes client
  etcd, kube-apiserver, kube-controller-manager, kube-scheduler
                            the upstream programs, with their own flags
  version                   the Kubernetes version built in
`

func main() {
	if len(os.Args) < 2 {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	command := os.Args[1]
	// The upstream commands read os.Args themselves.
	os.Args = append([]string{command}, os.Args[2:]...)
	switch command {
	case "up":
		// Children ask to be killed when the *thread* that started them ends, so
		// they are all started by the main thread, which ends with the process.
		runtime.LockOSThread()
		os.Exit(up.Main(os.Args[1:]))
	case "etcd":
		etcdmain.Main(os.Args)
	case "kube-apiserver":
		os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
	case "kube-controller-manager":
		os.Exit(cli.Run(controllers.NewControllerManagerCommand()))
	case "kube-scheduler":
		os.Exit(cli.Run(scheduler.NewSchedulerCommand()))
	case "kubectl":
		if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
			kubectlutil.CheckErr(err)
		}
	case "version":
		fmt.Println(version.Get().GitVersion)
	case "help", "-h", "--help":
		fmt.Print(usage)
	default:
		fmt.Fprintf(os.Stderr, "slipway-cluster: no command %q\n\n%s", command, usage)
		os.Exit(2)
	}
}
