// pulumi-language-nodejs runs Node.js programs and policy packs for the Pulumi engine on machines
// where the official language host cannot be downloaded.
//
// It prints the port of its gRPC server and serves until the engine stops it or goes away. It runs
// TypeScript by Node's own type stripping, so a program declares `typescript: false`; what it does
// not implement (package generation, conversion, ts-node) it refuses by name.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

const engineCheckInterval = 10 * time.Second

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-language-nodejs:", err)
		os.Exit(1)
	}
}

func serve() error {
	flags := flag.NewFlagSet("pulumi-language-nodejs", flag.ExitOnError)
	flags.Bool("logtostderr", false, "accepted for the engine's sake, without effect")
	flags.Int("v", 0, "accepted for the engine's sake, without effect")
	flags.String("tracing", "", "accepted for the engine's sake, without effect")
	if err := flags.Parse(os.Args[1:]); err != nil {
		return err
	}
	engine := flags.Arg(0)
	if engine == "" {
		return fmt.Errorf("the engine's address is missing; this program is started by the pulumi CLI")
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := rpcutil.Healthcheck(ctx, engine, engineCheckInterval, stop); err != nil {
		return fmt.Errorf("cannot watch the engine at %s: %w", engine, err)
	}

	server := &host{engine: engine, stopped: ctx}
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Init: func(s *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(s, server)
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Println(handle.Port)
	select {
	case err := <-handle.Done:
		return err
	case <-ctx.Done():
		server.children.Wait()
		return nil
	}
}
