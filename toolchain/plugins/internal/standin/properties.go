package standin

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"google.golang.org/protobuf/types/known/structpb"
)

var marshalOptions = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true, SkipNulls: true}

// Unmarshal keeps secrets and unknowns marked and drops nulls.
func Unmarshal(properties *structpb.Struct) (resource.PropertyMap, error) {
	return plugin.UnmarshalProperties(properties, marshalOptions)
}

// Marshal is the way back of Unmarshal.
func Marshal(properties resource.PropertyMap) (*structpb.Struct, error) {
	return plugin.MarshalProperties(properties, marshalOptions)
}

// Plain takes the secret markers off, at every depth; unknowns stay.
func Plain(value resource.PropertyValue) resource.PropertyValue {
	switch {
	case value.IsSecret():
		return Plain(value.SecretValue().Element)
	case value.IsOutput() && value.OutputValue().Known:
		return Plain(value.OutputValue().Element)
	case value.IsArray():
		plain := make([]resource.PropertyValue, len(value.ArrayValue()))
		for index, element := range value.ArrayValue() {
			plain[index] = Plain(element)
		}
		return resource.NewProperty(plain)
	case value.IsObject():
		plain := resource.PropertyMap{}
		for key, element := range value.ObjectValue() {
			plain[key] = Plain(element)
		}
		return resource.NewProperty(plain)
	}
	return value
}

// Decode reads the named properties into a struct with json tags; unknowns read as absent.
func Decode(properties resource.PropertyMap, keys []string, target any) error {
	known := map[string]any{}
	for _, key := range keys {
		if value, present := properties[resource.PropertyKey(key)]; present {
			if kept, ok := withoutUnknowns(Plain(value)); ok {
				known[key] = kept.Mappable()
			}
		}
	}
	text, err := json.Marshal(known)
	if err != nil {
		return fmt.Errorf("properties cannot be read: %w", err)
	}
	return json.Unmarshal(text, target)
}

func withoutUnknowns(value resource.PropertyValue) (resource.PropertyValue, bool) {
	switch {
	case value.IsComputed(), value.IsOutput():
		return value, false
	case value.IsArray():
		var known []resource.PropertyValue
		for _, element := range value.ArrayValue() {
			if kept, ok := withoutUnknowns(element); ok {
				known = append(known, kept)
			}
		}
		return resource.NewProperty(known), true
	case value.IsObject():
		known := resource.PropertyMap{}
		for key, element := range value.ObjectValue() {
			if kept, ok := withoutUnknowns(element); ok {
				known[key] = kept
			}
		}
		return resource.NewProperty(known), true
	}
	return value, true
}
