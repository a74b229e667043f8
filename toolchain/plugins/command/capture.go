package main

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// capture keeps stdout, stderr and both in order of arrival, and reports complete lines while they come.
type capture struct {
	mutex  sync.Mutex
	stdout bytes.Buffer
	stderr bytes.Buffer
	both   bytes.Buffer
	line   bytes.Buffer
	report progress
}

func newCapture(report progress) *capture { return &capture{report: report} }

func (c *capture) writer(stream *bytes.Buffer, logged bool) io.Writer {
	return captureWriter{capture: c, stream: stream, logged: logged}
}

// flush reports a last line that has no newline.
func (c *capture) flush() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.line.Len() > 0 {
		c.report(c.line.String())
		c.line.Reset()
	}
}

type captureWriter struct {
	capture *capture
	stream  *bytes.Buffer
	logged  bool
}

func (w captureWriter) Write(data []byte) (int, error) {
	c := w.capture
	c.mutex.Lock()
	defer c.mutex.Unlock()
	w.stream.Write(data)
	c.both.Write(data)
	if !w.logged {
		return len(data), nil
	}
	c.line.Write(data)
	for {
		end := bytes.IndexByte(c.line.Bytes(), '\n')
		if end < 0 {
			return len(data), nil
		}
		c.report(strings.TrimSuffix(string(c.line.Next(end)), "\r"))
		c.line.Next(1)
	}
}
