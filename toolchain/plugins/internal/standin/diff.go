package standin

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

var kinds = map[plugin.DiffKind]pulumirpc.PropertyDiff_Kind{
	plugin.DiffAdd:           pulumirpc.PropertyDiff_ADD,
	plugin.DiffAddReplace:    pulumirpc.PropertyDiff_ADD_REPLACE,
	plugin.DiffDelete:        pulumirpc.PropertyDiff_DELETE,
	plugin.DiffDeleteReplace: pulumirpc.PropertyDiff_DELETE_REPLACE,
	plugin.DiffUpdate:        pulumirpc.PropertyDiff_UPDATE,
	plugin.DiffUpdateReplace: pulumirpc.PropertyDiff_UPDATE_REPLACE,
}

// Diff compares inputs; a change of a property named in replaces asks for a replacement, any other for an update.
func Diff(olds, news resource.PropertyMap, replaces ...string) *pulumirpc.DiffResponse {
	difference := olds.Diff(news, resource.IsInternalPropertyKey, isVersion)
	response := &pulumirpc.DiffResponse{
		Changes:         pulumirpc.DiffResponse_DIFF_NONE,
		HasDetailedDiff: true,
		DetailedDiff:    map[string]*pulumirpc.PropertyDiff{},
	}
	if difference == nil || !difference.AnyChanges() {
		return response
	}
	response.Changes = pulumirpc.DiffResponse_DIFF_SOME
	changed, replaced := map[string]bool{}, map[string]bool{}
	for path, detail := range plugin.NewDetailedDiffFromObjectDiff(difference, true) {
		head, kind := headOf(path), detail.Kind
		for _, name := range replaces {
			if name == head {
				kind = kind.AsReplace()
				replaced[head] = true
			}
		}
		changed[head] = true
		response.DetailedDiff[path] = &pulumirpc.PropertyDiff{Kind: kinds[kind], InputDiff: detail.InputDiff}
	}
	for name := range changed {
		response.Diffs = append(response.Diffs, name)
	}
	for name := range replaced {
		response.Replaces = append(response.Replaces, name)
	}
	return response
}

func headOf(path string) string {
	if end := strings.IndexAny(path, ".["); end > 0 {
		return path[:end]
	}
	return path
}

func isVersion(key resource.PropertyKey) bool { return key == "version" }
