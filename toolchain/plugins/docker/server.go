package main

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	"slipway.dev/toolchain/plugins/internal/standin"
)

const (
	registryImageFunction = "docker:index/getRegistryImage:getRegistryImage"
	imageType             = "docker:index/image:Image"
	inputsKey             = "__inputs"
)

var registryImageShape = standin.Shape{
	"name":               {Kind: standin.String, Required: true},
	"insecureSkipVerify": {Kind: standin.Bool},
}

type server struct {
	*standin.Base
	config config
}

func (s *server) known(urn string) error {
	if kind := string(resource.URN(urn).Type()); kind != imageType {
		return s.Refuse("resource " + kind)
	}
	return nil
}

func (s *server) CheckConfig(_ context.Context, request *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	news, err := standin.Unmarshal(request.GetNews())
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.CheckResponse{Inputs: request.GetNews()}
	if _, err := readConfig(s.Base, news); err != nil {
		response.Failures = append(response.Failures, &pulumirpc.CheckFailure{Reason: err.Error()})
		return response, nil
	}
	completed, err := withLogins(news)
	if err != nil {
		return nil, err
	}
	response.Inputs, err = standin.Marshal(completed)
	return response, err
}

func (s *server) DiffConfig(_ context.Context, request *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	olds, err := standin.Unmarshal(request.GetOldInputs())
	if err != nil {
		return nil, err
	}
	news, err := standin.Unmarshal(request.GetNews())
	if err != nil {
		return nil, err
	}
	return difference(compared(olds), compared(news)), nil
}

func (s *server) Configure(
	ctx context.Context, request *pulumirpc.ConfigureRequest,
) (*pulumirpc.ConfigureResponse, error) {
	s.Announce(ctx)
	arguments, err := standin.Unmarshal(request.GetArgs())
	if err != nil {
		return nil, err
	}
	if s.config, err = readConfig(s.Base, arguments); err != nil {
		return nil, err
	}
	return &pulumirpc.ConfigureResponse{AcceptSecrets: true, SupportsPreview: true}, nil
}

func (s *server) Invoke(call context.Context, request *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	if request.GetTok() != registryImageFunction {
		return nil, s.Refuse("function " + request.GetTok())
	}
	arguments, err := standin.Unmarshal(request.GetArgs())
	if err != nil {
		return nil, err
	}
	if failures := s.Base.Check(registryImageFunction, registryImageShape, arguments); len(failures) > 0 {
		return &pulumirpc.InvokeResponse{Failures: failures}, nil
	}
	var asked struct {
		Name               string `json:"name"`
		InsecureSkipVerify bool   `json:"insecureSkipVerify"`
	}
	if err := standin.Decode(arguments, []string{"name", "insecureSkipVerify"}, &asked); err != nil {
		return nil, err
	}
	ctx, end := s.Context(call, 0)
	defer end()
	image := parseReference(asked.Name)
	scheme, auth := s.config.login(image.Registry)
	digest, err := newRegistryClient(scheme, auth, asked.InsecureSkipVerify).digest(ctx, image)
	if err != nil {
		return nil, fmt.Errorf("invoking %s: %w", registryImageFunction, err)
	}
	result := resource.PropertyMap{
		"id":           resource.NewProperty(digest),
		"name":         resource.NewProperty(asked.Name),
		"sha256Digest": resource.NewProperty(digest),
	}
	if _, given := arguments["insecureSkipVerify"]; given {
		result["insecureSkipVerify"] = resource.NewProperty(asked.InsecureSkipVerify)
	}
	answer, err := standin.Marshal(result)
	return &pulumirpc.InvokeResponse{Return: answer}, err
}

func (s *server) Read(_ context.Context, request *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	if err := s.known(request.GetUrn()); err != nil {
		return nil, err
	}
	return &pulumirpc.ReadResponse{
		Id: request.GetId(), Properties: request.GetProperties(), Inputs: request.GetInputs(),
	}, nil
}

// Delete removes nothing, neither locally nor in a registry, as the official resource.
func (s *server) Delete(_ context.Context, request *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, s.known(request.GetUrn())
}
