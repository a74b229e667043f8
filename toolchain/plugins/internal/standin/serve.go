// Package standin holds what Slipway's stand-in Pulumi plugins have in common: the plugin protocol around a
// provider, the engine's log, property marshalling, and the refusal of everything that is not implemented.
package standin

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

const maxMessageBytes = 400 * 1024 * 1024

// Main serves the provider on a free loopback port, which it prints on stdout as the plugin protocol asks, and
// exits when the engine that started it is gone. The engine's address is the last argument; without one the
// plugin waits for Attach.
func Main(base *Base, server pulumirpc.ResourceProviderServer) {
	if err := serve(base, server, engineAddress(os.Args[1:])); err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-resource-%s (stand-in): %s\n", base.Name, err)
		os.Exit(1)
	}
}

func engineAddress(arguments []string) string {
	if len(arguments) == 0 {
		return ""
	}
	last := arguments[len(arguments)-1]
	if strings.HasPrefix(last, "-") {
		return ""
	}
	return last
}

func serve(base *Base, server pulumirpc.ResourceProviderServer, engine string) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("no loopback port to listen on: %w", err)
	}
	grpcServer := grpc.NewServer(grpc.MaxRecvMsgSize(maxMessageBytes), grpc.MaxSendMsgSize(maxMessageBytes))
	pulumirpc.RegisterResourceProviderServer(grpcServer, server)

	base.engine = engine
	if engine != "" {
		if err := base.Log.connect(engine); err != nil {
			return fmt.Errorf("no connection to the engine at %s: %w", engine, err)
		}
		ctx, gone := context.WithCancel(context.Background())
		if err := rpcutil.Healthcheck(ctx, engine, 5*time.Minute, gone); err != nil {
			return fmt.Errorf("no health check of the engine at %s: %w", engine, err)
		}
		go func() {
			<-ctx.Done()
			base.cancelAll()
			grpcServer.Stop()
		}()
	}

	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	return grpcServer.Serve(listener)
}
