package up

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
)

// Ports are taken below the kernel's range for outgoing connections (from 32768,
// ip_local_port_range), so that no connection of another test takes one between
// the look and the child's own listen.
const lowestPort, highestPort = 20000, 32000

// freePorts returns n different ports on which nothing listens now.
func freePorts(n int) ([]int, error) {
	ports := make([]int, 0, n)
	// All listeners stay open until the last is found, so that none is found twice.
	for tries := 0; tries < 1000 && len(ports) < n; tries++ {
		port := lowestPort + rand.IntN(highestPort-lowestPort)
		listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err != nil {
			continue
		}
		defer listener.Close()
		ports = append(ports, port)
	}
	if len(ports) < n {
		return nil, errors.New("no free ports on 127.0.0.1")
	}
	return ports, nil
}
