package up

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// grace is how long a child may take to end before it is killed. Everything here
// is thrown away or journalled, so a kill loses nothing.
const grace = 5 * time.Second

// logTail is how much of a dead child's log goes into the error, in bytes.
const logTail = 2000

// child is one running program of the cluster.
type child struct {
	name    string
	log     string
	process *os.Process
	gone    chan struct{} // closed when the process was reaped
}

// family is the running programs in the order of their start.
type family struct {
	dir      string
	self     string // this program, re-executed for the upstream ones
	begun    time.Time
	died     context.CancelCauseFunc // told when one ends that should not
	children []*child
}

// start runs a program of the cluster. Only the main thread may call it: the
// kernel kills the child when the thread that started it ends (prctl(2), PR_SET_PDEATHSIG).
func (f *family) start(name, program string, args ...string) error {
	path := filepath.Join(f.dir, "logs", name+".log")
	log, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = log, log
	// An own environment: no proxy, no KUBECONFIG, no ~/.kwok of the user's.
	cmd.Env = []string{"HOME=" + f.dir, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir()}
	cmd.Dir = f.dir
	// An own process group: Ctrl-C reaches this process alone, which stops them in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", name, err)
	}
	c := &child{name: name, log: path, process: cmd.Process, gone: make(chan struct{})}
	f.children = append(f.children, c)
	go func() {
		err := cmd.Wait()
		close(c.gone)
		// After an end that was asked for, the first cause stands and this one is ignored.
		f.died(fmt.Errorf("%s ended by itself (%v); the end of %s:\n%s", name, err, path, tail(path)))
	}()
	return nil
}

// stop ends the children, the last started first, each before the one it needs.
func (f *family) stop() {
	f.died(errStop)
	for i := len(f.children) - 1; i >= 0; i-- {
		c := f.children[i]
		_ = c.process.Signal(syscall.SIGTERM)
		select {
		case <-c.gone:
		case <-time.After(grace):
			_ = c.process.Kill()
			<-c.gone
		}
	}
}

// say tells on stderr how far the start is.
func (f *family) say(what string) {
	fmt.Fprintf(os.Stderr, "%5.1f s  %s\n", time.Since(f.begun).Seconds(), what)
}

func (f *family) pids() map[string]int {
	pids := map[string]int{"up": os.Getpid()}
	for _, c := range f.children {
		pids[c.name] = c.process.Pid
	}
	return pids
}

func tail(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	if len(text) > logTail {
		text = text[len(text)-logTail:]
		if cut := bytes.IndexByte(text, '\n'); cut >= 0 {
			text = text[cut+1:]
		}
	}
	return string(text)
}
