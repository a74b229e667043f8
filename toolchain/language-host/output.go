package main

import (
	"sync"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// pluginOutput sends what a plugin prints on both its streams over one gRPC stream.
type pluginOutput struct {
	mutex  sync.Mutex
	stream grpc.ServerStreamingServer[pulumirpc.RunPluginResponse]
}

type writer func([]byte) error

func (w writer) Write(data []byte) (int, error) {
	return len(data), w(data)
}

func (o *pluginOutput) send(message *pulumirpc.RunPluginResponse) error {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.stream.Send(message)
}

func (o *pluginOutput) writer(wrap func([]byte) *pulumirpc.RunPluginResponse) writer {
	return func(data []byte) error { return o.send(wrap(data)) }
}

func toStdout(data []byte) *pulumirpc.RunPluginResponse {
	return &pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stdout{Stdout: data}}
}

func toStderr(data []byte) *pulumirpc.RunPluginResponse {
	return &pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stderr{Stderr: data}}
}
