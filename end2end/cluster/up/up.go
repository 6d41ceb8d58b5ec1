// Package up starts a whole Kubernetes cluster on loopback as children of this
// process and stops them again. It is the one launcher of every test.
//
// Invariants: nothing listens beyond 127.0.0.1; everything it writes is below
// --dir; no child outlives it, however it ends; stdout carries one JSON line.
package up

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

type options struct {
	dir      string
	port     int
	nodes    int
	kwok     string
	timeout  time.Duration
	lifeline bool
}

// report is the line on stdout that says the cluster can be used.
type report struct {
	Ready      bool              `json:"ready"`
	Kubeconfig string            `json:"kubeconfig"`
	Server     string            `json:"server"`
	Token      string            `json:"token"`
	CAData     string            `json:"ca_data"`
	Users      map[string]access `json:"users"`
	Pids       map[string]int    `json:"pids"`
	Millis     int64             `json:"started_in_ms"`
}

// access is how one user of the token file gets in.
type access struct {
	Token      string `json:"token"`
	Kubeconfig string `json:"kubeconfig"`
}

// errStop is the cause of an end that was asked for.
var errStop = errors.New("asked to stop")

// Main runs `up` and returns the exit status: 0 after an end that was asked for.
func Main(args []string) int {
	opt, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err == nil {
		err = run(opt)
	}
	if err != nil && !errors.Is(err, errStop) {
		fmt.Fprintln(os.Stderr, "slipway-cluster:", err)
		return 1
	}
	return 0
}

func parse(args []string) (options, error) {
	var opt options
	set := flag.NewFlagSet("slipway-cluster up", flag.ContinueOnError)
	set.StringVar(&opt.dir, "dir", "", "folder for data, keys, logs and the kubeconfig (required); started again on the same one, the cluster goes on")
	set.IntVar(&opt.port, "port", 0, "port of the API server on 127.0.0.1; 0 takes a free one")
	set.IntVar(&opt.nodes, "nodes", 2, "how many nodes to play, 8 cores, 16 GiB and 110 pods each")
	set.StringVar(&opt.kwok, "kwok", "", "the kwok binary (default: the one beside this program)")
	set.DurationVar(&opt.timeout, "timeout", 2*time.Minute, "give up when the cluster is not ready by then")
	set.BoolVar(&opt.lifeline, "stdin-lifeline", false, "stop when standard input ends, so that a killed parent leaves nothing behind")
	if err := set.Parse(args); err != nil {
		return opt, err
	}
	if set.NArg() > 0 {
		return opt, fmt.Errorf("unexpected argument %q", set.Arg(0))
	}
	if opt.dir == "" {
		return opt, errors.New("--dir is required")
	}
	var err error
	if opt.dir, err = filepath.Abs(opt.dir); err != nil {
		return opt, err
	}
	return opt, nil
}

func run(opt options) error {
	start := time.Now()
	ctx, end := context.WithCancelCause(context.Background())
	defer end(errStop)
	watchForEnd(opt.lifeline, end)

	self, err := os.Executable()
	if err != nil {
		return err
	}
	if opt.kwok == "" {
		opt.kwok = filepath.Join(filepath.Dir(self), "kwok")
	}
	if _, err := os.Stat(opt.kwok); err != nil {
		return fmt.Errorf("kwok plays the nodes and is needed beside %s: %w", self, err)
	}
	unlock, err := takeFolder(opt.dir)
	if err != nil {
		return err
	}
	defer unlock()
	plan, err := prepare(opt)
	if err != nil {
		return err
	}

	family := &family{dir: opt.dir, self: self, begun: start, died: end}
	defer family.stop()
	ready, stopWaiting := context.WithTimeoutCause(ctx, opt.timeout,
		fmt.Errorf("not ready within %s; see %s", opt.timeout, filepath.Join(opt.dir, "logs")))
	defer stopWaiting()
	if err := plan.start(ready, family, opt); err != nil {
		return err
	}

	line := plan.report(opt.dir)
	line.Pids = family.pids()
	line.Millis = time.Since(start).Milliseconds()
	if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
		return fmt.Errorf("cannot print that it is ready: %w", err)
	}
	<-ctx.Done()
	return context.Cause(ctx)
}

// watchForEnd calls end at the first signal, and at the end of stdin if that is the lifeline.
func watchForEnd(lifeline bool, end context.CancelCauseFunc) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	go func() {
		<-signals
		end(errStop)
	}()
	if lifeline {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			end(errStop)
		}()
	}
}

// takeFolder makes the folder and holds it: two clusters on one would destroy it.
func takeFolder(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Join(dir, "logs"), 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("another cluster runs in %s", dir)
	}
	return func() { _ = lock.Close() }, nil
}
