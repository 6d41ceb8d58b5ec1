package up

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"time"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/component-base/version"
)

// poll is how often a thing that is not ready yet is looked at again.
const poll = 50 * time.Millisecond

// fakeNode is the annotation by which kwok knows the nodes it plays.
const fakeNode = "kwok.x-k8s.io/node"

// until asks again and again until the answer is yes, or ctx ends: then it gives
// the cause of that end, with the last reason for the no.
func until(ctx context.Context, ask func() (bool, error)) error {
	for {
		yes, err := ask()
		if yes {
			return nil
		}
		select {
		case <-ctx.Done():
			if err == nil {
				return context.Cause(ctx)
			}
			return fmt.Errorf("%w (last answer: %v)", context.Cause(ctx), err)
		case <-time.After(poll):
		}
	}
}

// waitForHTTP waits until the address answers 200; ca is the authority, nil for plain HTTP.
func waitForHTTP(ctx context.Context, ca []byte, url string) error {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}
	client := &http.Client{Transport: transport, Timeout: 5 * time.Second}
	return until(ctx, func() (bool, error) {
		answer, err := client.Get(url)
		if err != nil {
			return false, err
		}
		_ = answer.Body.Close()
		return answer.StatusCode == http.StatusOK, fmt.Errorf("%s: %s", url, answer.Status)
	})
}

// furnish makes the nodes and waits until a pod could run: every node is Ready
// and free of taints, and the default service account exists.
func furnish(ctx context.Context, kubeconfig string, nodes int) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	for i := range nodes {
		_, err := client.CoreV1().Nodes().Create(ctx, newNode(i), meta.CreateOptions{})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			return err
		}
	}
	if err := until(ctx, func() (bool, error) {
		list, err := client.CoreV1().Nodes().List(ctx, meta.ListOptions{})
		if err != nil {
			return false, err
		}
		for _, node := range list.Items {
			if !usable(node) {
				return false, fmt.Errorf("%s is not ready", node.Name)
			}
		}
		return true, nil
	}); err != nil {
		return err
	}
	return until(ctx, func() (bool, error) {
		_, err := client.CoreV1().ServiceAccounts("default").Get(ctx, "default", meta.GetOptions{})
		return err == nil, err
	})
}

func newNode(i int) *v1.Node {
	name := fmt.Sprintf("node-%d", i+1)
	size := v1.ResourceList{
		v1.ResourceCPU:              resource.MustParse("8"),
		v1.ResourceMemory:           resource.MustParse("16Gi"),
		v1.ResourceEphemeralStorage: resource.MustParse("100Gi"),
		v1.ResourcePods:             resource.MustParse("110"),
	}
	return &v1.Node{
		ObjectMeta: meta.ObjectMeta{
			Name:        name,
			Annotations: map[string]string{fakeNode: "fake"},
			Labels:      map[string]string{v1.LabelHostname: name, v1.LabelOSStable: "linux", v1.LabelArchStable: "amd64"},
		},
		Status: v1.NodeStatus{
			Capacity: size, Allocatable: size,
			NodeInfo: v1.NodeSystemInfo{
				KubeletVersion: version.Get().GitVersion, OperatingSystem: "linux", Architecture: "amd64",
			},
		},
	}
}

func usable(node v1.Node) bool {
	if len(node.Spec.Taints) > 0 {
		return false
	}
	for _, c := range node.Status.Conditions {
		if c.Type == v1.NodeReady {
			return c.Status == v1.ConditionTrue
		}
	}
	return false
}
