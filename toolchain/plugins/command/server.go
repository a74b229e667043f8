package main

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
	"slipway.dev/toolchain/plugins/internal/standin"
)

type server struct{ *standin.Base }

func typeOf(urn string) string { return string(resource.URN(urn).Type()) }

func (s *server) known(urn string) error {
	if _, known := shapes[typeOf(urn)]; !known {
		return s.Refuse("resource " + typeOf(urn))
	}
	return nil
}

func (s *server) Check(_ context.Context, request *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	if err := s.known(request.GetUrn()); err != nil {
		return nil, err
	}
	inputs, err := standin.Unmarshal(request.GetNews())
	if err != nil {
		return nil, err
	}
	checked, err := standin.Marshal(withDefaults(inputs))
	if err != nil {
		return nil, err
	}
	kind := typeOf(request.GetUrn())
	return &pulumirpc.CheckResponse{Inputs: checked, Failures: s.Base.Check(kind, shapes[kind], inputs)}, nil
}

func (s *server) Diff(_ context.Context, request *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	if err := s.known(request.GetUrn()); err != nil {
		return nil, err
	}
	olds, err := oldInputs(request.GetOldInputs(), request.GetOlds())
	if err != nil {
		return nil, err
	}
	news, err := standin.Unmarshal(request.GetNews())
	if err != nil {
		return nil, err
	}
	for _, ignored := range request.GetIgnoreChanges() {
		if old, present := olds[resource.PropertyKey(ignored)]; present {
			news[resource.PropertyKey(ignored)] = old
		}
	}
	return standin.Diff(olds, news, "triggers"), nil
}

func (s *server) Create(call context.Context, request *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	if err := s.known(request.GetUrn()); err != nil {
		return nil, err
	}
	inputs, err := standin.Unmarshal(request.GetProperties())
	if err != nil {
		return nil, err
	}
	id, err := resource.NewUniqueHex(resource.URN(request.GetUrn()).Name(), 8, 0)
	if err != nil {
		return nil, err
	}
	if request.GetPreview() {
		properties, err := standin.Marshal(withUnknownOutput(inputs))
		return &pulumirpc.CreateResponse{Id: id, Properties: properties}, err
	}
	state, err := decode(inputs)
	if err != nil {
		return nil, err
	}
	state.Stdout, state.Stderr = "", ""
	if err := s.runLine(call, request.GetUrn(), request.GetTimeout(), state, state.Create); err != nil {
		return nil, err
	}
	properties, err := standin.Marshal(withOutput(inputs, state))
	return &pulumirpc.CreateResponse{Id: id, Properties: properties}, err
}

func (s *server) Update(call context.Context, request *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	if err := s.known(request.GetUrn()); err != nil {
		return nil, err
	}
	olds, err := standin.Unmarshal(request.GetOlds())
	if err != nil {
		return nil, err
	}
	news, err := standin.Unmarshal(request.GetNews())
	if err != nil {
		return nil, err
	}
	if request.GetPreview() {
		properties, err := standin.Marshal(updatePreview(shapes[typeOf(request.GetUrn())], olds, news))
		return &pulumirpc.UpdateResponse{Properties: properties}, err
	}
	previous, err := decode(olds)
	if err != nil {
		return nil, err
	}
	state, err := decode(news)
	if err != nil {
		return nil, err
	}
	state.Stdout, state.Stderr = previous.Stdout, previous.Stderr
	line := state.Update
	if line == nil {
		line = state.Create
	}
	if err := s.runLine(call, request.GetUrn(), request.GetTimeout(), state, line); err != nil {
		return nil, err
	}
	properties, err := standin.Marshal(withOutput(news, state))
	return &pulumirpc.UpdateResponse{Properties: properties}, err
}

func (s *server) Delete(call context.Context, request *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	if err := s.known(request.GetUrn()); err != nil {
		return nil, err
	}
	properties, err := standin.Unmarshal(request.GetProperties())
	if err != nil {
		return nil, err
	}
	state, err := decode(properties)
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, s.runLine(call, request.GetUrn(), request.GetTimeout(), state, state.Delete)
}

// Read gives back what the engine already knows: nothing of the host is looked at.
func (s *server) Read(_ context.Context, request *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	if err := s.known(request.GetUrn()); err != nil {
		return nil, err
	}
	return &pulumirpc.ReadResponse{
		Id: request.GetId(), Properties: request.GetProperties(), Inputs: request.GetInputs(),
	}, nil
}

func (s *server) runLine(call context.Context, urn string, timeout float64, state *command, line *string) error {
	if line == nil {
		return nil
	}
	ctx, end := s.Context(call, timeout)
	defer end()
	if typeOf(urn) == localType {
		return state.runHere(ctx, &s.Log, urn, *line)
	}
	return state.run(ctx, &s.Log, urn, *line)
}

func oldInputs(inputs, state *structpb.Struct) (resource.PropertyMap, error) {
	if inputs != nil {
		return standin.Unmarshal(inputs)
	}
	olds, err := standin.Unmarshal(state)
	delete(olds, "stdout")
	delete(olds, "stderr")
	return olds, err
}

func withOutput(inputs resource.PropertyMap, state *command) resource.PropertyMap {
	outputs := inputs.Copy()
	outputs["stdout"] = resource.NewProperty(state.Stdout)
	outputs["stderr"] = resource.NewProperty(state.Stderr)
	return outputs
}
