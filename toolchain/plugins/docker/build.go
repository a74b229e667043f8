package main

import (
	"context"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
	"slipway.dev/toolchain/plugins/internal/standin"
)

func (s *server) Diff(_ context.Context, request *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	if err := s.known(request.GetUrn()); err != nil {
		return nil, err
	}
	state, err := standin.Unmarshal(request.GetOlds())
	if err != nil {
		return nil, err
	}
	news, err := standin.Unmarshal(request.GetNews())
	if err != nil {
		return nil, err
	}
	olds := state
	if stored := standin.Plain(state[inputsKey]); stored.IsObject() {
		olds = stored.ObjectValue()
	}
	return difference(plain(olds), plain(news)), nil
}

func plain(properties resource.PropertyMap) resource.PropertyMap {
	return standin.Plain(resource.NewProperty(properties)).ObjectValue()
}

func (s *server) Create(call context.Context, request *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	name, state, err := s.produce(call, request.GetUrn(), request.GetProperties(), request.GetTimeout(), request.GetPreview())
	return &pulumirpc.CreateResponse{Id: name, Properties: state}, err
}

func (s *server) Update(call context.Context, request *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	_, state, err := s.produce(call, request.GetUrn(), request.GetNews(), request.GetTimeout(), request.GetPreview())
	return &pulumirpc.UpdateResponse{Properties: state}, err
}

// produce builds and pushes. A preview builds only with buildOnPreview and never pushes; without it the inputs are all
// that is known of the outputs.
func (s *server) produce(
	call context.Context, urn string, properties *structpb.Struct, timeout float64, preview bool,
) (string, *structpb.Struct, error) {
	if err := s.known(urn); err != nil {
		return "", nil, err
	}
	inputs, err := standin.Unmarshal(properties)
	if err != nil {
		return "", nil, err
	}
	wanted, err := decodeImage(inputs)
	if err != nil {
		return "", nil, err
	}
	if preview && (!wanted.BuildOnPreview || inputs.ContainsUnknowns()) {
		return "", properties, nil
	}
	ctx, end := s.Context(call, timeout)
	defer end()
	digest, err := s.buildAndPush(ctx, urn, wanted, preview)
	if err != nil {
		return "", nil, err
	}
	outputs := wanted.outputs()
	outputs["repoDigest"] = resource.NewProperty(digest)
	if preview {
		outputs["repoDigest"] = resource.MakeComputed(resource.NewProperty(""))
	}
	outputs[inputsKey] = resource.MakeSecret(resource.NewProperty(inputs))
	state, err := standin.Marshal(outputs)
	return wanted.ImageName, state, err
}

// buildAndPush answers the pushed image's repoDigest, or the local image's id when nothing is pushed.
func (s *server) buildAndPush(ctx context.Context, urn string, wanted *image, preview bool) (string, error) {
	docker := &cli{host: s.config.Host, report: func(line string) { s.Log.Status(ctx, urn, line) }}
	push := !wanted.SkipPush && !preview
	if wanted.Registry.Username != "" && (push || len(wanted.Build.CacheFrom.Images) > 0) {
		forget, err := docker.login(ctx, wanted)
		defer forget()
		if err != nil {
			return "", err
		}
	}
	s.Log.Status(ctx, urn, "Building the image")
	if err := docker.build(ctx, wanted); err != nil {
		return "", err
	}
	if push {
		s.Log.Status(ctx, urn, "Pushing Image to the registry")
		if _, err := docker.run(ctx, "", nil, "push", wanted.ImageName); err != nil {
			return "", err
		}
	}
	id, repoDigest, err := docker.inspect(ctx, wanted.ImageName)
	if err != nil {
		return "", err
	}
	if !push {
		return id, nil
	}
	if repoDigest == "" {
		return "", fmt.Errorf("the pushed image %s has no digest of its repository", wanted.ImageName)
	}
	return repoDigest, nil
}

// login uses a throwaway client configuration and the password by stdin; the returned function forgets both.
func (c *cli) login(ctx context.Context, wanted *image) (func(), error) {
	if c.host == "" {
		quiet := &cli{report: func(string) {}}
		if host, err := quiet.run(ctx, "", nil, "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"); err == nil {
			c.host = host
		}
	}
	folder, err := os.MkdirTemp("", "slipway-docker-")
	if err != nil {
		return func() {}, err
	}
	c.config = folder
	forget := func() { os.RemoveAll(folder) }
	server := wanted.Registry.Server
	if server == "" {
		server = parseReference(wanted.ImageName).Registry
	}
	quiet := &cli{host: c.host, config: folder, report: func(string) {}}
	_, err = quiet.run(ctx, wanted.Registry.Password, nil,
		"login", serverName(server), "--username", wanted.Registry.Username, "--password-stdin")
	return forget, err
}
