package main

import (
	"bufio"
	"bytes"
	"io"
	"sync"
)

// capture keeps stdout, stderr and both in order of arrival, and reports complete lines while they come.
//
// As in the official plugin the lines pass a pipe whose reader gives up at a line of bufio.MaxScanTokenSize (64 KiB) or
// more. Nobody reads the pipe from then on, so the next write to it never returns, and the run never ends.
type capture struct {
	stdout bytes.Buffer
	stderr bytes.Buffer
	both   lockedBuffer
	lines  *io.PipeWriter
	told   chan struct{}
}

func newCapture(report progress) *capture {
	reader, writer := io.Pipe()
	c := &capture{lines: writer, told: make(chan struct{})}
	go func() {
		defer close(c.told)
		for scanner := bufio.NewScanner(reader); scanner.Scan(); {
			report(scanner.Text())
		}
	}()
	return c
}

func (c *capture) writer(stream *bytes.Buffer, logged bool) io.Writer {
	if logged {
		return io.MultiWriter(stream, &c.both, c.lines)
	}
	return io.MultiWriter(stream, &c.both)
}

// end waits until all that arrived has been reported.
func (c *capture) end() {
	c.lines.Close()
	<-c.told
}

// lockedBuffer takes what two streams write at a time.
type lockedBuffer struct {
	mutex  sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(data []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.Write(data)
}

func (b *lockedBuffer) String() string { return b.buffer.String() }
