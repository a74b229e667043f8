package standin

import (
	"context"
	"fmt"
	"os"
	"sync"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Log sends diagnostics to the engine, or to stderr when no engine is attached.
type Log struct {
	mutex  sync.Mutex
	engine pulumirpc.EngineClient
}

func (l *Log) connect(address string) error {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.engine = pulumirpc.NewEngineClient(connection)
	return nil
}

// Status shows a line of progress beside the resource; it leaves no trace in the final output.
func (l *Log) Status(ctx context.Context, urn, message string) {
	l.send(ctx, &pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_INFO, Urn: urn, Message: message, Ephemeral: true})
}

// Info is kept in the final output.
func (l *Log) Info(ctx context.Context, urn, message string) {
	l.send(ctx, &pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_INFO, Urn: urn, Message: message})
}

// Warning is kept in the final output.
func (l *Log) Warning(ctx context.Context, urn, message string) {
	l.send(ctx, &pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_WARNING, Urn: urn, Message: message})
}

// Error is kept in the final output and makes the run fail.
func (l *Log) Error(ctx context.Context, urn, message string) {
	l.send(ctx, &pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_ERROR, Urn: urn, Message: message})
}

func (l *Log) send(ctx context.Context, request *pulumirpc.LogRequest) {
	l.mutex.Lock()
	engine := l.engine
	l.mutex.Unlock()
	if engine == nil {
		fmt.Fprintln(os.Stderr, request.Message)
		return
	}
	if _, err := engine.Log(context.WithoutCancel(ctx), request); err != nil {
		fmt.Fprintf(os.Stderr, "engine log: %s: %s\n", err, request.Message)
	}
}
