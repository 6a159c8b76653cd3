package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// progress tells how far a compilation is. The compiler names each package that it has to compile
// on a line of its own (go build -v); every other line is a message.
type progress struct {
	out   io.Writer
	what  string
	began time.Time
	every time.Duration

	mu         sync.Mutex
	compiled   int
	downloaded int
	last       string
	messages   []string
}

// compile runs the command, reports in between, and says at the end how long it took and whether
// there was anything to compile. On failure it prints what the compiler said.
func (p *progress) compile(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout = os.Stdout
	pipe, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		lines := bufio.NewScanner(pipe)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			p.line(lines.Text())
		}
	}()
	p.report(read)
	if err := cmd.Wait(); err != nil {
		p.say("%s", strings.Join(p.messages, "\n"))
		return err
	}
	p.say("%s", p.result())
	return nil
}

// line files one line of the compiler's.
func (p *progress) line(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case strings.HasPrefix(text, "go: downloading "):
		p.downloaded++
		p.last = strings.TrimPrefix(text, "go: ")
	case text != "" && !strings.ContainsAny(text, " \t:#"):
		p.compiled++
		p.last = text
	default:
		p.messages = append(p.messages, text)
	}
}

// report says every so often how far it is, until done is closed.
func (p *progress) report(done <-chan struct{}) {
	tick := time.NewTicker(p.every)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
			p.say("%s", p.status())
		}
	}
}

func (p *progress) status() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := fmt.Sprintf("building %s: %.0f s, %d packages compiled", p.what, time.Since(p.began).Seconds(), p.compiled)
	if p.downloaded > 0 {
		text += fmt.Sprintf(", %d modules downloaded", p.downloaded)
	}
	if p.last != "" {
		text += ", now " + p.last
	}
	return text
}

// coldFrom is the number of compiled packages from which a build counts as cold: the caches held
// little or nothing of what we depend on.
const coldFrom = 200

func (p *progress) result() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	kind := "warm"
	if p.compiled >= coldFrom {
		kind = "cold, the next one takes seconds"
	}
	return fmt.Sprintf("built %s in %.1f s (%s: %d packages compiled)", p.what, time.Since(p.began).Seconds(), kind, p.compiled)
}

func (p *progress) say(format string, args ...any) { _, _ = fmt.Fprintf(p.out, format+"\n", args...) }
