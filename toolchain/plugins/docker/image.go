package main

import (
	"context"
	"path"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"slipway.dev/toolchain/plugins/internal/standin"
)

var imageShape = standin.Shape{
	"imageName":      {Kind: standin.String, Required: true},
	"skipPush":       {Kind: standin.Bool},
	"buildOnPreview": {Kind: standin.Bool},
	"registry": {Kind: standin.Object, Fields: standin.Shape{
		"server":   {Kind: standin.String},
		"username": {Kind: standin.String},
		"password": {Kind: standin.String},
	}},
	"build": {Kind: standin.Object, Fields: standin.Shape{
		"context":        {Kind: standin.String},
		"dockerfile":     {Kind: standin.String},
		"args":           {Kind: standin.Strings},
		"target":         {Kind: standin.String},
		"platform":       {Kind: standin.String},
		"builderVersion": {Kind: standin.String},
		"contextDigest":  {Kind: standin.String},
		"cacheFrom": {Kind: standin.Object, Fields: standin.Shape{
			"images": {Kind: standin.List, Required: true},
		}},
	}},
}

type build struct {
	Context        string            `json:"context"`
	Dockerfile     string            `json:"dockerfile"`
	Args           map[string]string `json:"args"`
	Target         string            `json:"target"`
	Platform       string            `json:"platform"`
	BuilderVersion string            `json:"builderVersion"`
	CacheFrom      struct {
		Images []string `json:"images"`
	} `json:"cacheFrom"`
}

type image struct {
	ImageName      string `json:"imageName"`
	SkipPush       bool   `json:"skipPush"`
	BuildOnPreview bool   `json:"buildOnPreview"`
	Build          build  `json:"build"`
	Registry       struct {
		Server   string `json:"server"`
		Username string `json:"username"`
		Password string `json:"password"`
	} `json:"registry"`
}

var imageKeys = []string{"imageName", "skipPush", "buildOnPreview", "build", "registry"}

func decodeImage(inputs resource.PropertyMap) (*image, error) {
	decoded := &image{}
	if err := standin.Decode(inputs, imageKeys, decoded); err != nil {
		return nil, err
	}
	if decoded.Build.Context == "" {
		decoded.Build.Context = "."
	}
	if decoded.Build.Dockerfile == "" {
		decoded.Build.Dockerfile = path.Join(decoded.Build.Context, "Dockerfile")
	}
	return decoded, nil
}

func (s *server) Check(ctx context.Context, request *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	if err := s.known(request.GetUrn()); err != nil {
		return nil, err
	}
	inputs, err := standin.Unmarshal(request.GetNews())
	if err != nil {
		return nil, err
	}
	failures := s.Base.Check(imageType, imageShape, inputs)
	if version := builderVersion(inputs); version != "" && version != "BuilderV1" && version != "BuilderBuildKit" {
		failures = append(failures, &pulumirpc.CheckFailure{
			Property: "build.builderVersion",
			Reason:   "invalid Docker Builder version \"" + version + "\"; write BuilderV1 or BuilderBuildKit",
		})
	}
	if len(failures) == 0 {
		if inputs, err = s.complete(ctx, request.GetUrn(), inputs); err != nil {
			return nil, err
		}
	}
	checked, err := standin.Marshal(inputs)
	return &pulumirpc.CheckResponse{Inputs: checked, Failures: failures}, err
}

func builderVersion(inputs resource.PropertyMap) string {
	given := standin.Plain(inputs["build"])
	if !given.IsObject() || !given.ObjectValue()["builderVersion"].IsString() {
		return ""
	}
	return given.ObjectValue()["builderVersion"].StringValue()
}

func (i *image) outputs() resource.PropertyMap {
	dockerfile := i.Build.Dockerfile
	if relative, err := relativeTo(i.Build.Context, dockerfile); err == nil {
		dockerfile = relative
	}
	outputs := resource.PropertyMap{
		"imageName":      resource.NewProperty(i.ImageName),
		"baseImageName":  resource.NewProperty(i.ImageName),
		"registryServer": resource.NewProperty(i.Registry.Server),
		"context":        resource.NewProperty(i.Build.Context),
		"dockerfile":     resource.NewProperty(dockerfile),
	}
	if i.Build.Platform != "" {
		outputs["platform"] = resource.NewProperty(i.Build.Platform)
	}
	return outputs
}

func relativeTo(folder, file string) (string, error) {
	absoluteFolder, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	absoluteFile, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	relative, err := filepath.Rel(absoluteFolder, absoluteFile)
	return filepath.ToSlash(relative), err
}
