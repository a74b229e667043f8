package standin

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// Base answers the parts of the provider protocol that need no knowledge of the resources.
type Base struct {
	pulumirpc.UnimplementedResourceProviderServer
	Name    string
	Version string
	Log     Log

	engine    string
	held      net.Listener
	announce  sync.Once
	cancelled context.Context
	cancelAll context.CancelFunc
}

// NewBase names the plugin and the version of the official plugin it stands in for.
func NewBase(name, version string) *Base {
	base := &Base{Name: name, Version: version}
	base.cancelled, base.cancelAll = context.WithCancel(context.Background())
	return base
}

// Refuse is the error for whatever the official plugin has and the stand-in has not.
func (b *Base) Refuse(what string) error {
	return status.Errorf(codes.NotFound, "%s", b.Refusal(what))
}

// Refusal is the text of Refuse.
func (b *Base) Refusal(what string) string {
	return fmt.Sprintf("%s is not implemented by Slipway's stand-in for the %s plugin; install the official plugin "+
		"(pulumi plugin install resource %s %s)", what, b.Name, b.Name, b.Version)
}

// Context ends with the call, with the provider's Cancel, or after the resource's custom timeout (seconds, 0: none).
func (b *Base) Context(call context.Context, timeout float64) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(call)
	stop := context.AfterFunc(b.cancelled, cancel)
	if timeout > 0 {
		var expire context.CancelFunc
		ctx, expire = context.WithTimeout(ctx, time.Duration(timeout*float64(time.Second)))
		return ctx, func() { stop(); expire(); cancel() }
	}
	return ctx, func() { stop(); cancel() }
}

func (b *Base) Attach(_ context.Context, request *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, b.Log.connect(request.GetAddress())
}

func (b *Base) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: b.Version}, nil
}

func (b *Base) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	b.cancelAll()
	return &emptypb.Empty{}, nil
}

func (b *Base) CheckConfig(_ context.Context, request *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: request.GetNews()}, nil
}

func (b *Base) DiffConfig(context.Context, *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return &pulumirpc.DiffResponse{}, nil
}

func (b *Base) Configure(ctx context.Context, _ *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	b.Announce(ctx)
	return &pulumirpc.ConfigureResponse{AcceptSecrets: true, SupportsPreview: true, AcceptResources: true}, nil
}

func (b *Base) Invoke(_ context.Context, request *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	return nil, b.Refuse("function " + request.GetTok())
}

func (b *Base) Call(_ context.Context, request *pulumirpc.CallRequest) (*pulumirpc.CallResponse, error) {
	return nil, b.Refuse("method " + request.GetTok())
}

func (b *Base) Construct(_ context.Context, request *pulumirpc.ConstructRequest) (*pulumirpc.ConstructResponse, error) {
	return nil, b.Refuse("component " + request.GetType())
}
