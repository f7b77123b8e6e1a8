package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a server that was started.
type process struct {
	command *exec.Cmd
	url     string
}

// start runs a program until its output has a line that ends in the URL at which it serves.
func start(ctx context.Context, in io.Reader, name string, args ...string) (*process, error) {
	command := exec.CommandContext(ctx, name, args...)
	command.Stdin, command.Stderr = in, os.Stderr
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = 10 * time.Second
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, url, found := strings.Cut(lines.Text(), " on http://"); found {
			go io.Copy(io.Discard, out)
			return &process{command, "http://" + url}, nil
		}
	}
	return nil, errors.Join(fmt.Errorf("%s did not say where it serves", name), command.Wait())
}

func (p *process) stop() {
	p.command.Process.Signal(syscall.SIGTERM)
	p.command.Wait()
}

// serveFloor answers every request with the bytes of in.
func serveFloor(in io.Reader, out io.Writer) error {
	body, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "the floor serves on http://%s\n", l.Addr())
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write(body)
	}))
}

func startFloor(ctx context.Context, body []byte) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(ctx, strings.NewReader(string(body)), self, "floor")
}

// processorTimes are how long processes have computed so far, by themselves and in the kernel. One that has ended is
// left out.
func processorTimes(pids []int) (map[int]time.Duration, error) {
	times := map[int]time.Duration{}
	for _, pid := range pids {
		fields, err := stat(pid)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, f := range fields[11:13] { // utime and stime, in hundredths
			ticks, err := strconv.ParseInt(f, 10, 64)
			if err != nil {
				return nil, err
			}
			times[pid] += time.Duration(ticks) * 10 * time.Millisecond
		}
	}
	return times, nil
}

// computed is how long processes have computed since before.
func computed(before map[int]time.Duration) (sum time.Duration, err error) {
	after, err := processorTimes(slices.Collect(maps.Keys(before)))
	for pid, time := range after {
		sum += time - before[pid]
	}
	return sum, err
}

// stat is /proc/PID/stat from the process's state on.
func stat(pid int) ([]string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, err
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return nil, fmt.Errorf("/proc/%d/stat is not as expected", pid)
	}
	return fields, nil
}

// resident is how many bytes of memory a process holds.
func resident(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text))
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize()), err
}

// family is a process and its children.
func family(parent int) ([]int, error) {
	paths, err := filepath.Glob("/proc/[0-9]*")
	all := []int{parent}
	for _, path := range paths {
		pid, _ := strconv.Atoi(filepath.Base(path))
		fields, err := stat(pid)
		if err == nil && fields[1] == strconv.Itoa(parent) {
			all = append(all, pid)
		}
	}
	return all, err
}
