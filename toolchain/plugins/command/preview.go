package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"slipway.dev/toolchain/plugins/internal/standin"
)

// updatePreview is what an update will leave, as far as it can be told: the new inputs, and the output of the last run
// unless one of the state's inputs is gone, changed or unknown. An input that the state has not yet counts only when it
// is unknown.
func updatePreview(shape standin.Shape, state, inputs resource.PropertyMap) resource.PropertyMap {
	for name := range shape {
		key := resource.PropertyKey(name)
		old, present := state[key]
		if isUnknown(inputs[key]) || (present && !old.DeepEquals(inputs[key])) {
			return withUnknownOutput(inputs)
		}
	}
	outputs := inputs.Copy()
	outputs["stdout"], outputs["stderr"] = state["stdout"], state["stderr"]
	return outputs
}

func isUnknown(value resource.PropertyValue) bool {
	if value.IsSecret() {
		return isUnknown(value.SecretValue().Element)
	}
	return value.IsComputed() || (value.IsOutput() && !value.OutputValue().Known)
}

func withUnknownOutput(inputs resource.PropertyMap) resource.PropertyMap {
	outputs := inputs.Copy()
	outputs["stdout"] = resource.MakeComputed(resource.NewProperty(""))
	outputs["stderr"] = resource.MakeComputed(resource.NewProperty(""))
	return outputs
}
